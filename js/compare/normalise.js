// A trace as rows that can be compared with another's: random values are tokens, descriptions are structure,
// errors are their names, and what the network decides stands in lanes of its own, since nothing orders
// it against the calls of script.

import { sdpStructure } from './sdp-structure.js';
import { statsShape } from './stats-shape.js';
import { Tokens } from './tokens.js';

/** @typedef {import('./recorder.js').Entry} Entry */
/** @typedef {import('./recorder.js').Trace} Trace */
/** @typedef {{ tokens: Tokens, common: (entry: string) => boolean, ordered: boolean, seen: Map<string, string> }} By */

/**
 * @typedef {object} Row
 * @property {string} lane
 * @property {string} step that the scenario was at
 * @property {string} key what is aligned: two rows with one key speak of the same thing
 * @property {any} value what is compared
 * @property {boolean} [together] in one task with the row before it
 */

/** The lane of what belongs to a connection, by the event or state. */
const kLanes = new Map([
  ['negotiationneeded', 'needed'],
  ['icecandidate', 'gathering'],
  ['icecandidateerror', 'errors'],
  ['icegatheringstatechange', 'gathering'],
  ['iceGatheringState', 'gathering'],
  ['iceconnectionstatechange', 'ice'],
  ['iceConnectionState', 'ice'],
  ['connectionstatechange', 'connection'],
  ['connectionState', 'connection'],
  ['datachannel', 'channel'],
]);

/** Lanes in which the network decides how often something happens. */
const kRepeating = new Set(['gathering', 'pairs']);

/** The lane of what an object of that kind does. */
const kObjectLanes = /** @type {[RegExp, string][]} */ ([
  [/^channel/, 'channel'],
  [/^(?:dtls|ice|sctp)/, 'transport'],
  [/^track/, 'media'],
]);

/**
 * @param {Trace} trace
 * @param {object} options
 * @param {Set<string>} options.common of both implementations' profiles
 * @param {readonly string[]} [options.lanes] besides the main one
 * @param {boolean} [options.tasks] say which rows share a task
 * @returns {Row[]}
 */
export function normalise(trace, { common, lanes = [], tasks = false }) {
  const tokens = new Tokens();
  const isCommon = (/** @type {string} */ entry) => trace.profile.length === 0 || common.has(entry);
  // Otherwise the order is the implementation's own preference (RFC 9429 section 5.2.1).
  const ordered = trace.entries.some(({ name }) => name === 'setCodecPreferences');
  const by = { tokens, common: isCommon, ordered, seen: new Map() };
  const plain = (/** @type {any} */ value) => plainValue(value, by);
  /** @type {Map<string, number>} */
  const ordinals = new Map();
  /** @type {Map<number, string>} */
  const callNames = new Map();
  /** @type {Map<string, Row[]>} */
  const byLane = new Map();
  /** @type {Set<string>} */
  const completed = new Set();
  let step = '';
  /** @type {number | undefined} */
  let lastTask;

  for (const entry of trace.entries) {
    const own = laneOf(entry);
    // It is ordered with the calls, where a scenario asks for it.
    const kind = own === 'needed' && lanes.includes('needed') ? 'main' : own;
    const asked = kind === 'pairs' ? 'transport' : kind;
    if (kind !== 'main' && !lanes.includes(asked)) continue;
    if (entry.kind === 'step') step = entry.name ?? '';
    if (entry.kind === 'call') {
      const name = `${entry.on}.${entry.name}`;
      const ordinal = (ordinals.get(name) ?? 0) + 1;
      ordinals.set(name, ordinal);
      callNames.set(Number(entry.call), ordinal === 1 ? name : `${name} #${ordinal}`);
    }
    // Whether ICE is completed depends on when the other side's last candidate comes.
    const object = `${entry.on} ${kind}`;
    if (entry.kind === 'state' && entry.value === 'completed') completed.add(object);
    else if (entry.kind === 'state') completed.delete(object);
    if (completed.has(object)) continue;
    const row = rowOf(entry, { plain, callName: callNames.get(Number(entry.call)) });
    if (!row) continue;
    const lane = kind === 'main' ? 'main' : `${entry.on} ${kind}`;
    const rows = byLane.get(lane) ?? [];
    byLane.set(lane, rows);
    const last = rows.at(-1);
    if (kRepeating.has(kind) && last && isSame(last, row)) continue;
    /** @type {Row} */
    const made = { lane, step: kind === 'main' ? step : '', ...row };
    if (tasks && kind === 'main' && ['settle', 'event'].includes(entry.kind)) {
      made.together = entry.task === lastTask;
      lastTask = entry.task;
    }
    rows.push(made);
  }
  const main = byLane.get('main') ?? [];
  byLane.delete('main');
  return [main, ...[...byLane].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows)].flat();
}

/** @param {Row} row @param {{ key: string, value: any }} other */
const isSame = (row, other) =>
  row.key === other.key && JSON.stringify(row.value) === JSON.stringify(other.value);

/** @param {Entry} entry */
function laneOf({ kind, on, name }) {
  if (kind !== 'event' && kind !== 'state') return 'main';
  if (on?.startsWith('pc')) return kLanes.get(name ?? '') ?? 'main';
  // Nothing orders what a transport gathers against what it checks.
  if (/^gatheringstate/i.test(name ?? '')) return 'gathering';
  if (name === 'selectedcandidatepairchange') return 'pairs';
  return kObjectLanes.find(([pattern]) => pattern.test(on ?? ''))?.[1] ?? 'main';
}

/**
 * @param {Entry} entry
 * @param {{ plain: (value: any) => any, callName?: string }} by
 * @returns {{ key: string, value: any } | undefined} nothing for what says nothing
 */
function rowOf({ kind, on, name, value }, { plain, callName }) {
  switch (kind) {
    case 'call':
      return { key: `call ${callName}`, value: plain(value) };
    case 'return':
      if (value?.$value === 'undefined') return undefined;
      return { key: `result ${callName}`, value: { returned: plain(value) } };
    case 'throw':
      return { key: `result ${callName}`, value: { threw: plain(value) } };
    case 'settle':
      return { key: `settled ${callName}`, value: { [value.how]: plain(value.value) } };
    case 'event':
      return { key: `event ${name} at ${on}`, value: plain(value) };
    case 'state':
      return { key: `state ${on}.${name}`, value };
    case 'note':
      return { key: on ? `${name} of ${on}` : `note ${name}`, value: plain(value) };
    default:
      return { key: kind === 'step' ? `step ${name}` : kind, value: plain(value ?? null) };
  }
}

/**
 * @param {any} value as describe.js made it
 * @param {By} by
 * @returns {any}
 */
function plainValue(value, by) {
  if (Array.isArray(value)) return value.map((part) => plainValue(part, by));
  if (value === null || typeof value !== 'object') return value;
  if ('$ref' in value) return value.$ref;
  if ('$value' in value) return value.$value;
  if ('$sdp' in value) return descriptionOf(value.$sdp, by);
  if ('$candidate' in value) return 'a candidate';
  if ('$token' in value) return by.tokens.of(value.kind, value.$token);
  if ('$error' in value) return plainError(value.$error);
  if ('$stats' in value) return statsShape(value.$stats);
  if (isCandidate(value)) return 'a candidate';
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, plainValue(part, by)]),
  );
}

/**
 * A description in full where it appears first, and by its number from then on: it is compared once.
 * @param {string} sdp
 * @param {By} by
 */
function descriptionOf(sdp, by) {
  const structure = sdpStructure(sdp, by);
  if (typeof structure === 'string') return structure;
  const text = JSON.stringify(structure);
  const known = by.seen.get(text);
  if (known) return known;
  by.seen.set(text, `description ${by.seen.size + 1}`);
  return structure;
}

/** Where a candidate is and who it belongs to, is the network's business. @param {any} value */
const isCandidate = (value) => Boolean(value.candidate?.$candidate) && 'sdpMid' in value;

/** Messages are for people: that there is one is all that can be asked. @param {any} error */
function plainError({ name, class: type, message, ...rest }) {
  return { name, class: type, message: message === '' ? 'none' : 'some', ...rest };
}
