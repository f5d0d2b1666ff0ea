// The compare page: scenarios of js/compare in this browser, its own implementation beside the package.

import { compareScenario, explain, knownDifferences, scenarios } from '/js/compare/index.js';
import { Report } from '/js/compare/report/report.js';
import { fetchCredentials, kRelayUrl, watchRelay } from '../relay.js';

/** @typedef {import('../../js/compare/scenario.js').Scenario} Scenario */

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const select = $('controls').elements.group;

/** Whose known differences hold here. */
const browser = /firefox/i.test(navigator.userAgent) ? 'firefox' : 'chromium';
const browserName = navigator.userAgent.match(/(Firefox|Edg|Chrome|Safari)\/(\d+)/);
const sides = /** @type {[string, string]} */ ([
  browserName ? `${browserName[1].replace('Edg', 'Edge')} ${browserName[2]}` : 'this browser',
  'webrtc-wasm',
]);

/** @type {any[]} */
let results = [];
let isStopped = false;

/**
 * @param {string} title
 * @param {string} text
 */
function notify(title, text) {
  const strong = document.createElement('strong');
  strong.textContent = title;
  $('notice').replaceChildren(strong, ` ${text}`);
  $('notice').hidden = false;
}

function fillGroups() {
  const counts = new Map();
  for (const { group } of scenarios) counts.set(group, (counts.get(group) ?? 0) + 1);
  const option = (/** @type {string} */ value, /** @type {string} */ text) => {
    const made = document.createElement('option');
    made.value = value;
    made.textContent = text;
    return made;
  };
  select.append(
    ...[...counts].map(([group, count]) => option(group, `${group} (${count})`)),
    option('', `everything (${scenarios.length})`),
  );
}

/** @param {boolean} isRunning */
function setRunning(isRunning) {
  $('run').disabled = isRunning;
  select.disabled = isRunning;
  $('stop').disabled = !isRunning;
  $('save').disabled = isRunning || results.length === 0;
  document.documentElement.dataset.state = isRunning ? 'running' : 'done';
}

/** @param {readonly Scenario[]} chosen */
async function run(chosen) {
  const ours = await import('/js/index.js');
  // Once for all: hundreds of connections would ask more often than the server answers.
  const { username, password } = await fetchCredentials();
  ours.configure({ relay: { url: kRelayUrl, username, credential: password } });
  const report = new Report($('report'), { known: knownDifferences, sides });
  results = [];
  $('progress').max = chosen.length;
  for (const [index, scenario] of chosen.entries()) {
    if (isStopped) break;
    $('progress').value = index;
    $('progress-text').textContent = scenario.name;
    const implementations = { native: globalThis, 'webrtc-wasm': ours };
    const comparison = await compareScenario(scenario, implementations);
    const result = explain(comparison, browser, knownDifferences);
    results.push(result);
    report.add(result);
    if (index % 20 === 19) await collect();
  }
  $('progress').value = results.length;
  const { same } = report.counts;
  $('progress-text').textContent = `${results.length} compared, ${same} the same`;
}

/**
 * Gives the browser a reason to collect what is closed: a page may make five hundred connections, and those
 * count until then.
 */
async function collect() {
  for (let i = 0; i < 8; i++) {
    new Uint8Array(32_000_000).fill(1);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

$('controls').addEventListener('submit', async (/** @type {Event} */ event) => {
  event.preventDefault();
  isStopped = false;
  $('notice').hidden = true;
  setRunning(true);
  const group = select.value;
  try {
    await run(scenarios.filter((one) => group === '' || one.group === group));
  } catch (error) {
    notify('That did not work.', /** @type {Error} */ (error).message);
  }
  setRunning(false);
});

$('stop').addEventListener('click', () => {
  isStopped = true;
});

$('save').addEventListener('click', () => {
  const blob = new Blob([JSON.stringify({ browser: navigator.userAgent, results }, null, 1)]);
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = 'compare.json';
  anchor.click();
  URL.revokeObjectURL(anchor.href);
});

fillGroups();
if (typeof globalThis.RTCPeerConnection === 'undefined') {
  notify('This browser has no WebRTC of its own.', 'There is nothing to compare with.');
  $('run').disabled = true;
}
await watchRelay();
document.documentElement.dataset.ready = '';
