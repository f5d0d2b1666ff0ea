// What two traces of one scenario do not share, as plain JSON.

import { align } from './align.js';
import { normalise } from './normalise.js';
import { commonProfile } from './profile.js';

/** @typedef {import('./normalise.js').Row} Row */
/** @typedef {import('./recorder.js').Trace} Trace */

/**
 * One thing that differs.
 * @typedef {object} Difference
 * @property {string} path lane, row and member: `main › settled pc1.createOffer › rejected.name`
 * @property {string} step of the scenario
 * @property {any} left `undefined` is `null` here, and `absent` says so
 * @property {any} right
 * @property {'changed' | 'left only' | 'right only' | 'task'} kind
 */

/**
 * @typedef {object} ComparedRow
 * @property {string} lane
 * @property {string} step
 * @property {string} key
 * @property {'same' | 'changed' | 'left only' | 'right only'} status
 * @property {any} [left]
 * @property {any} [right]
 * @property {number[]} differences indexes into the comparison's
 */

/**
 * @typedef {object} Comparison
 * @property {string} scenario
 * @property {string} spec
 * @property {string} group
 * @property {boolean} same
 * @property {Difference[]} differences
 * @property {ComparedRow[]} rows
 */

/** A member that one side does not have. */
export const kAbsent = '(absent)';

/**
 * @param {Trace} left
 * @param {Trace} right
 * @param {{ name: string, spec: string, group: string, lanes: readonly string[], tasks: boolean }} scenario
 * @returns {Comparison}
 */
export function diffTraces(left, right, scenario) {
  const common = commonProfile(left.profile, right.profile);
  const options = { common, lanes: scenario.lanes, tasks: scenario.tasks };
  const rows = [normalise(left, options), normalise(right, options)];
  /** @type {Comparison} */
  const comparison = {
    scenario: scenario.name,
    spec: scenario.spec,
    group: scenario.group,
    same: true,
    differences: [],
    rows: [],
  };
  for (const lane of new Set(rows.flat().map((row) => row.lane))) {
    const [ours, theirs] = rows.map((side) => side.filter((row) => row.lane === lane));
    const pairs = align(
      ours.map((row) => row.key),
      theirs.map((row) => row.key),
    );
    for (const [i, j] of pairs) compareRows(ours[i], theirs[j], comparison);
  }
  comparison.same = comparison.differences.length === 0;
  return comparison;
}

/**
 * @param {Row | undefined} left
 * @param {Row | undefined} right
 * @param {Comparison} comparison
 */
function compareRows(left, right, { differences, rows }) {
  const { lane, step, key } = /** @type {Row} */ (left ?? right);
  const first = differences.length;
  const path = `${lane} › ${key}`;
  if (!left || !right) {
    differences.push({
      path,
      step,
      left: left ? left.value : kAbsent,
      right: right ? right.value : kAbsent,
      kind: left ? 'left only' : 'right only',
    });
  } else {
    for (const found of diffValues(left.value, right.value)) {
      const at = found.path === '' ? path : `${path} › ${found.path}`;
      differences.push({ path: at, step, left: found.left, right: found.right, kind: 'changed' });
    }
    if (left.together !== right.together) {
      const task = (/** @type {boolean | undefined} */ together) =>
        together ? 'the same task' : 'a task of its own';
      differences.push({
        path: `${path} › task`,
        step,
        left: task(left.together),
        right: task(right.together),
        kind: 'task',
      });
    }
  }
  const own = differences.slice(first).map((_, index) => first + index);
  const status =
    own.length === 0 ? 'same' : !right ? 'left only' : !left ? 'right only' : 'changed';
  rows.push({
    lane,
    step,
    key,
    status,
    left: left?.value,
    // What is the same is kept once.
    ...(status === 'same' ? {} : { right: right?.value }),
    differences: own,
  });
}

/**
 * The members in which two JSON values differ.
 * @param {any} left
 * @param {any} right
 * @param {string} [path]
 * @returns {{ path: string, left: any, right: any }[]}
 */
export function diffValues(left, right, path = '') {
  if (Array.isArray(left) && Array.isArray(right)) return diffLists(left, right, path);
  if (isPlain(left) && isPlain(right)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return names.flatMap((name) => diffValues(left[name], right[name], member(path, name)));
  }
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  return [{ path, left: left ?? orAbsent(left), right: right ?? orAbsent(right) }];
}

/** @param {any} value */
const orAbsent = (value) => (value === undefined ? kAbsent : value);

/** @param {any} value */
const isPlain = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** @param {string} path @param {string | number} name */
const member = (path, name) => (path === '' ? String(name) : `${path}.${name}`);

/**
 * Lists of things with names (codecs, sections) are aligned by those; others as they are.
 * @param {any[]} left
 * @param {any[]} right
 * @param {string} path
 */
function diffLists(left, right, path) {
  const keyOf = (/** @type {any} */ item) => {
    if (isPlain(item)) return String(item.identity ?? item.kind ?? '');
    return Array.isArray(item) ? 'list' : JSON.stringify(item);
  };
  /** @type {{ path: string, left: any, right: any }[]} */
  const found = [];
  for (const [i, j] of align(left.map(keyOf), right.map(keyOf))) {
    const name = i >= 0 ? left[i] : right[j];
    const label = isPlain(name) && name.identity ? name.identity : i >= 0 ? i : j;
    found.push(...diffValues(left[i], right[j], `${path}[${label}]`));
  }
  return found;
}
