// Values of script as JSON: what calls were given and gave, what events carry. Bounded, without getters being
// run, and without what is secret.

/** Longest text that is kept whole; descriptions of large calls have some ten thousand characters. */
const kLongestText = 128 * 1024;
const kDeepest = 5;
const kMostMembers = 100;

/** What an RTCIceServer or a relay says of who we are. */
const kSecret = /^(?:credential|password|secret)$/i;
const kHidden = '(hidden)';

/** Attributes of interfaces that describe an object as a whole. @type {Record<string, string[]>} */
const kAttributes = {
  RTCSessionDescription: ['type', 'sdp'],
  RTCIceCandidate: ['candidate', 'sdpMid', 'sdpMLineIndex', 'usernameFragment'],
  MediaStreamTrack: ['kind', 'id', 'label', 'muted', 'readyState'],
  MediaStream: ['id', 'active'],
};

/**
 * @param {unknown} value
 * @param {(object: object) => string | undefined} nameOf an object of the connection's: its name
 * @returns {any} JSON; what is no plain value is an object with one member whose name begins with $
 */
export function describe(value, nameOf = () => undefined) {
  return describeAt(value, nameOf, 0);
}

/**
 * @param {unknown} value
 * @param {(object: object) => string | undefined} nameOf
 * @param {number} depth
 * @returns {any}
 */
function describeAt(value, nameOf, depth) {
  switch (typeof value) {
    case 'string':
      return value.length <= kLongestText ? value : `${value.slice(0, kLongestText)}…`;
    case 'number':
      return Number.isFinite(value) ? value : { $number: `${value}` };
    case 'boolean':
      return value;
    case 'undefined':
      return { $undefined: true };
    case 'object':
      return value === null ? null : describeObject(value, nameOf, depth);
    case 'function':
      return { $function: nameOfFunction(value) };
    default:
      return { [`$${typeof value}`]: String(value) };
  }
}

/**
 * @param {any} object
 * @param {(object: object) => string | undefined} nameOf
 * @param {number} depth
 * @returns {any}
 */
function describeObject(object, nameOf, depth) {
  const name = nameOf(object);
  if (name) return { $object: name };
  if (ArrayBuffer.isView(object)) return { $bytes: object.byteLength };
  const tag = tagOf(object);
  if (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') return { $bytes: object.byteLength };
  if (tag === 'Blob') return { $bytes: object.size };
  if (object instanceof Error || tag === 'DOMException') return { $error: describeError(object) };
  const attributes = kAttributes[tag];
  if (attributes) {
    const members = attributes.map((key) => [key, describeAt(object[key], nameOf, depth + 1)]);
    return Object.fromEntries(members);
  }
  if (depth >= kDeepest) return { $interface: tag };
  if (Array.isArray(object)) {
    return object.slice(0, kMostMembers).map((item) => describeAt(item, nameOf, depth + 1));
  }
  if (tag !== 'Object') return { $interface: tag };
  /** @type {Record<string, any>} */
  const described = {};
  for (const [key, { value, get }] of Object.entries(
    Object.getOwnPropertyDescriptors(object),
  ).slice(0, kMostMembers)) {
    if (get) described[key] = { $getter: true };
    else if (kSecret.test(key) && value) described[key] = kHidden;
    else if (value !== undefined) described[key] = describeAt(value, nameOf, depth + 1);
  }
  return described;
}

/** @param {any} error @returns {{ name: string, message: string, [detail: string]: any }} */
export function describeError(error) {
  /** @type {{ name: string, message: string, [detail: string]: any }} */
  const described = { name: `${error?.name}`, message: `${error?.message ?? error}` };
  for (const key of ['errorDetail', 'sdpLineNumber', 'receivedAlert', 'sentAlert']) {
    const value = error?.[key];
    if (typeof value === 'string' || typeof value === 'number') described[key] = value;
  }
  return described;
}

/** @param {any} object */
function tagOf(object) {
  return Object.prototype.toString.call(object).slice('[object '.length, -1);
}

/** @param {Function} value */
function nameOfFunction(value) {
  const { value: name } = Object.getOwnPropertyDescriptor(value, 'name') ?? {};
  return typeof name === 'string' ? name : '';
}

/**
 * About what a described value takes in memory, in bytes.
 * @param {any} value
 * @returns {number}
 */
export function weigh(value) {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 32;
  for (const [key, member] of Object.entries(value)) sum += 2 * key.length + weigh(member);
  return sum;
}
