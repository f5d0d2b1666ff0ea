// npm run compare [-- [--only <pattern>] [--browser chromium|firefox] [--verbose] [--no-build]]
//
// Runs the scenarios of js/compare/scenarios on native and on webrtc-wasm in headless browsers, and writes
// what differs to build/compare: one JSON file for each browser, and index.html, a report that needs
// nothing else. A difference that js/compare/known-differences.js does not explain makes the exit code 1.

import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { knownDifferences, scenarios, summarise } from '../js/compare/index.js';
import { build } from './build.mjs';
import { openBrowser } from './compare/browsers.mjs';
import { writeReport } from './compare/report.mjs';
import { startServer } from './compare/serve.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, runMain, say } from './lib/run.mjs';

const kBrowsers = /** @type {('chromium' | 'firefox')[]} */ (['chromium', 'firefox']);
const kDirectory = inRoot('build/compare');

/** @typedef {{ browser: string, version: string, results: any[], unused: string[] }} BrowserResults */

/**
 * @param {'chromium' | 'firefox'} name
 * @param {any[]} chosen scenarios
 * @param {any} server
 * @param {boolean} verbose
 * @returns {Promise<BrowserResults>}
 */
async function runBrowser(name, chosen, server, verbose) {
  const driver = await openBrowser(name, server);
  const results = [];
  try {
    for (const { name: scenario } of chosen) {
      const { traces, ...result } = await driver.compare(scenario);
      if (verbose && !result.same) printDifferences(result);
      if (process.env.COMPARE_TRACES) {
        mkdirSync(`${kDirectory}/traces`, { recursive: true });
        const file = `${kDirectory}/traces/${name} ${scenario.replace(/\W+/g, '-')}.json`;
        writeFileSync(file, JSON.stringify(traces, null, 1));
      }
      results.push(result);
    }
    const used = new Set(results.flatMap(({ known }) => known));
    const unused = knownDifferences
      .filter(({ id, browsers }) => browsers.includes(name) && !used.has(id))
      .map(({ id }) => id);
    return { browser: name, version: driver.version, results, unused };
  } finally {
    await driver.close();
  }
}

/** @param {any} result */
function printDifferences({ scenario, differences, known }) {
  const text = (/** @type {any} */ value) => {
    const json = JSON.stringify(value) ?? 'undefined';
    return json.length > 160 ? `${json.slice(0, 160)}…` : json;
  };
  for (const [index, { path, step, left, right }] of differences.entries()) {
    if (known[index] !== null) continue;
    say(`  ${scenario}${step ? ` [${step}]` : ''}\n    ${path}`);
    say(`      native      ${text(left)}\n      webrtc-wasm ${text(right)}`);
  }
}

/** @param {string | undefined} pattern @returns {any[]} */
function choose(pattern) {
  if (pattern === undefined) return [...scenarios];
  let wanted;
  try {
    wanted = new RegExp(pattern, 'i');
  } catch (error) {
    throw new UserError(`--only: ${/** @type {Error} */ (error).message}`);
  }
  const chosen = scenarios.filter(({ name, group }) => wanted.test(`${group}: ${name}`));
  if (chosen.length === 0) throw new UserError(`--only: no scenario is called like ${pattern}`);
  return chosen;
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      browser: { type: 'string', multiple: true },
      verbose: { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const names = values.browser ?? kBrowsers;
  for (const name of names) {
    if (!kBrowsers.includes(/** @type {any} */ (name))) {
      throw new UserError(`--browser: ${name} is neither ${kBrowsers.join(' nor ')}`);
    }
  }
  const chosen = choose(values.only);
  if (values.build) await build();
  const server = await startServer();
  /** @type {BrowserResults[]} */
  const all = [];
  try {
    for (const name of /** @type {('chromium' | 'firefox')[]} */ (names)) {
      all.push(await runBrowser(name, chosen, server, values.verbose));
    }
  } finally {
    await server.close();
  }
  mkdirSync(kDirectory, { recursive: true });
  for (const { browser, version, results } of all) {
    const file = `${kDirectory}/${browser}.json`;
    writeFileSync(file, JSON.stringify({ browser, version, results }, null, 1));
  }
  await writeReport(`${kDirectory}/index.html`, all);
  for (const { browser, version, results, unused } of all) {
    const counts = summarise(results);
    say(
      `${browser} ${version}: ${counts.scenarios} scenarios, ${counts.same} same, ` +
        `${counts.explained} differ as explained, ${counts.unexplained} unexplained`,
    );
    if (values.only === undefined && unused.length > 0) {
      say(`  no longer seen, of known-differences.js: ${unused.join(', ')}`);
    }
    if (counts.unexplained > 0) process.exitCode = 1;
  }
  say(`report: build/compare/index.html`);
});
