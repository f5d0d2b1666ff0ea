// Live values as plain ones, for a trace. What a later stage has to look at again is marked by a key that
// begins with a dollar sign:
//   $ref        an object that the trace has a name for
//   $sdp        the text of a description
//   $candidate  the line of a candidate
//   $error      what was thrown
//   $token      text that is random by design, and of what kind

import { interfaceOf, watchedInterfaces } from './interfaces.js';

const kDepth = 6;

/** Members by whose name alone their values are known to be random. */
const kRandomMembers = new Map([
  ['usernameFragment', 'ufrag'],
  ['password', 'pwd'],
  ['ufrag', 'ufrag'],
  ['mid', 'mid'],
  ['sdpMid', 'mid'],
  ['ssrc', 'ssrc'],
  ['transactionId', 'transaction'],
  ['cname', 'cname'],
]);

/**
 * @param {any} value
 * @param {(object: any) => string} nameOf gives an object its name, and has it watched from then on
 * @returns {any} JSON
 */
export function describe(value, nameOf, depth = 0) {
  if (value === undefined) return { $value: 'undefined' };
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : { $value: String(value) };
  }
  if (typeof value === 'function') return { $value: 'function' };
  if (typeof value !== 'object') return { $value: String(value) };
  if (depth > kDepth) return { $value: 'too deep' };
  const inner = (/** @type {any} */ part) => describe(part, nameOf, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (isError(value)) return { $error: describeError(value) };
  const type = interfaceOf(value);
  if (type in watchedInterfaces) return { $ref: nameOf(value) };
  if (value instanceof ArrayBuffer) return { $value: `${value.byteLength} bytes` };
  if (ArrayBuffer.isView(value)) return { $value: `${value.byteLength} bytes` };
  if (typeof Blob === 'function' && value instanceof Blob) {
    return { $value: `a Blob of ${value.size} bytes` };
  }
  if (type === 'Date') return { $value: 'a Date' };
  if (type === 'RTCStatsReport') return { $value: 'a report' };
  if (type === 'RTCIceCandidate') return describeCandidate(value);
  if (typeof value.sdp === 'string') {
    return { type: inner(value.type), sdp: { $sdp: value.sdp } };
  }
  /** @type {Record<string, any>} */
  const plain = {};
  for (const key of memberNames(value, type)) {
    const member = value[key];
    if (typeof member === 'function') continue;
    plain[key] = describeMember(key, member, inner);
  }
  return plain;
}

/**
 * @param {string} key
 * @param {any} member
 * @param {(part: any) => any} inner
 */
function describeMember(key, member, inner) {
  if (key === 'candidate' && typeof member === 'string' && member !== '') {
    return { $candidate: member };
  }
  const kind = kRandomMembers.get(key);
  if (kind && member !== null && member !== undefined && member !== '') {
    return { $token: String(member), kind };
  }
  return inner(member);
}

/**
 * Dictionaries have members of their own; interfaces have theirs as accessors of the prototype.
 * @param {any} value
 * @param {string} type
 */
function memberNames(value, type) {
  if (type === 'Object') return Object.keys(value);
  const names = new Set();
  let prototype = Object.getPrototypeOf(value);
  while (prototype && prototype !== Object.prototype) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get && !name.startsWith('on')) names.add(name);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...names];
}

/** @param {any} candidate */
function describeCandidate(candidate) {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  const text = candidate.candidate;
  return {
    candidate: text === '' ? '' : { $candidate: text },
    sdpMid: sdpMid === null ? null : { $token: String(sdpMid), kind: 'mid' },
    sdpMLineIndex,
    usernameFragment: usernameFragment ? { $token: usernameFragment, kind: 'ufrag' } : null,
  };
}

/** @param {any} value */
function isError(value) {
  if (value instanceof Error) return true;
  return typeof DOMException === 'function' && value instanceof DOMException;
}

/**
 * @param {any} error
 * @returns {{ name: string, class: string, message: string, errorDetail?: string, [member: string]: any }}
 */
export function describeError(error) {
  if (!isError(error)) return { name: String(error), class: typeof error, message: '' };
  /** @type {any} */
  const plain = { name: String(error.name), class: classOf(error), message: String(error.message) };
  if (typeof error.errorDetail === 'string') {
    plain.errorDetail = error.errorDetail;
    for (const name of ['sdpLineNumber', 'sctpCauseCode', 'receivedAlert', 'sentAlert']) {
      plain[name] = error[name] ?? null;
    }
  }
  return plain;
}

/** @param {any} error */
function classOf(error) {
  if (typeof error.errorDetail === 'string') return 'RTCError';
  if (typeof DOMException === 'function' && error instanceof DOMException) return 'DOMException';
  for (const type of [TypeError, RangeError, SyntaxError, ReferenceError]) {
    if (error instanceof type) return type.name;
  }
  return 'Error';
}
