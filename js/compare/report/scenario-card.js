// One scenario of the report: a line that opens.

import { el, link } from './dom.js';
import { sideBySide } from './side-by-side.js';
import { kStandings, specName } from './words.js';

/**
 * @param {any} result an explained comparison
 * @param {object} by
 * @param {import('./words.js').Standing} by.standing
 * @param {Map<string, any>} by.known differences by id
 * @param {[string, string]} by.sides what the two implementations are called
 * @returns {HTMLElement}
 */
export function scenarioCard(result, { standing, known, sides }) {
  const count = result.differences.length;
  const card = el(
    'details.scenario',
    { 'data-standing': standing },
    el(
      'summary',
      null,
      el('span.mark', { 'aria-hidden': 'true' }),
      el('span.name', null, result.scenario),
      count > 0 && el('span.count', null, `${count} ${count === 1 ? 'difference' : 'differences'}`),
      el('span.pill', null, kStandings[standing].label),
    ),
  );
  // Most are never looked into.
  card.addEventListener('toggle', () => {
    const isOpen = /** @type {HTMLDetailsElement} */ (card).open;
    if (isOpen && card.childElementCount === 1) card.append(cardBody(result, known, sides));
  });
  return card;
}

/**
 * @param {any} result
 * @param {Map<string, any>} known
 * @param {[string, string]} sides
 */
function cardBody(result, known, sides) {
  const reasons = [...new Set(result.known)].map((id) =>
    reason(id, known.get(/** @type {any} */ (id))),
  );
  const body = el(
    'div.body',
    null,
    el('p.asks', null, 'Asks about ', link(result.spec, specName(result.spec))),
    ...reasons,
  );
  const table = el('div.trace', { 'data-show': result.same ? 'all' : 'differing' });
  table.append(
    el('div.sides', { 'aria-hidden': 'true' }, ...sides.map((side) => el('b', null, side))),
  );
  let lane = '';
  for (const row of result.rows) {
    if (row.lane !== lane) {
      lane = row.lane;
      if (lane !== 'main') table.append(el('h4.lane', null, lane));
    }
    if (row.key.startsWith('step ')) {
      table.append(el('h4.step', { 'data-status': row.status }, row.key.slice(5)));
      continue;
    }
    table.append(traceRow(row, result, sides));
  }
  if (!result.same) {
    const more = el(
      'button.quiet',
      { type: 'button', 'aria-pressed': 'false' },
      'Show the whole trace',
    );
    more.addEventListener('click', () => {
      const isAll = table.dataset.show === 'all';
      table.dataset.show = isAll ? 'differing' : 'all';
      more.setAttribute('aria-pressed', String(!isAll));
      more.textContent = isAll ? 'Show the whole trace' : 'Show what differs';
    });
    body.append(more);
  }
  body.append(table);
  return body;
}

/** @param {string | null} id @param {any} entry */
function reason(id, entry) {
  if (!entry) {
    return el(
      'div.reason',
      { 'data-standing': 'unexplained' },
      el('b', null, kStandings.unexplained.long),
      el('p', null, id ?? 'Not among the known differences.'),
    );
  }
  return el(
    'div.reason',
    { 'data-standing': entry.verdict },
    el('b', null, kStandings[/** @type {import('./words.js').Standing} */ (entry.verdict)].long),
    el('p', null, entry.why, ' ', link(entry.spec, specName(entry.spec))),
    el('p.witnesses', null, 'web-platform-tests: ', ...witnessesOf(entry)),
  );
}

/** @param {any} entry */
function witnessesOf({ wpt = [], testimonies = [] }) {
  if (wpt.length === 0) return ['none'];
  return wpt.map((/** @type {string} */ subtest, /** @type {number} */ index) => {
    const said = testimonies[index];
    const outcome = said ? ` webrtc-wasm ${said.ours}, Chromium ${said.chromium}` : '';
    return el('span.witness', null, el('code', null, subtest), outcome);
  });
}

/**
 * @param {any} row
 * @param {any} result
 * @param {[string, string]} sides
 */
function traceRow(row, result, sides) {
  const { status, key, left, right } = row;
  const marks = [];
  if (status === 'left only') marks.push(el('span.only', null, `${sides[0]} only`));
  if (status === 'right only') marks.push(el('span.only', null, `${sides[1]} only`));
  for (const index of row.differences) {
    const { kind, left: own, right: other } = result.differences[index];
    if (kind === 'task')
      marks.push(el('span.only', null, `${sides[0]}: ${own}, ${sides[1]}: ${other}`));
  }
  const says = [left, right].some((value) => value !== undefined && !isNothing(value));
  const values =
    status === 'left only' ? [left, undefined] : [left, status === 'same' ? left : right];
  return el(
    'div.row',
    { 'data-status': status },
    el('div.key', null, el('code', null, key), ...marks),
    says && sideBySide(values[0], values[1]),
  );
}

/** @param {any} value */
const isNothing = (value) =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
