// RTCCertificate and RTCPeerConnection.generateCertificate() (webrtc-pc section 4.9).

import { exception, exceptionFrom } from './errors.js';
import { surroundings } from './surroundings.js';
import { queueTask } from './tasks.js';
import { engine } from './runtime.js';
import { converterFor } from './webidl/convert.js';
import { createWrapper } from './webidl/interface.js';

const kDayMs = 24 * 60 * 60 * 1000;
/** Unless the application wishes otherwise, 30 days as the specification recommends. */
const kDefaultLifetimeMs = 30 * kDayMs;
/** A wish for more than a year is cut down to it. */
const kLongestLifetimeMs = 365 * kDayMs;

/** Deletes the engine's certificates when their wrappers are gone. */
const released = new FinalizationRegistry((/** @type {any} */ handle) => {
  if (!handle.isDeleted()) handle.delete();
});

/** Behaviour of RTCCertificate. */
export class RTCCertificateImpl {
  /** @type {any} */
  handle;
  /** @type {any} */
  wrapper;

  /** @param {any} handle the engine's certificate */
  constructor(handle) {
    this.handle = handle;
    this.expires = handle.expires();
  }

  attached() {
    released.register(this.wrapper, this.handle);
  }

  getFingerprints() {
    return this.handle
      .fingerprints()
      .map((/** @type {{algorithm: string, value: string}} */ { algorithm, value }) => ({
        algorithm,
        value: value.toLowerCase(),
      }));
  }
}

/**
 * Any member of a dictionary, read as WebIDL does.
 * @param {any} object
 * @param {string} name
 * @param {any} type
 */
function requiredMember(object, name, type) {
  const value = object[name];
  if (value === undefined) throw new TypeError(`the algorithm's member '${name}' is required`);
  return converterFor(type)(value, `the algorithm's member '${name}'`);
}

/**
 * "Normalize an algorithm" (Web Crypto) for the two kinds of keys that WebRTC knows.
 * @param {any} algorithm
 * @returns {object} as the engine takes it
 */
function normalizeAlgorithm(algorithm) {
  const object = typeof algorithm === 'string' ? { name: algorithm } : algorithm;
  const name = requiredMember(object, 'name', 'DOMString').toUpperCase();
  const unsupported = (/** @type {string} */ what) =>
    exception('NotSupportedError', `certificates with ${what} are not supported`);
  if (name === 'ECDSA') {
    const namedCurve = requiredMember(object, 'namedCurve', 'DOMString');
    if (namedCurve !== 'P-256') throw unsupported(`the curve ${namedCurve}`);
    return { name: 'ECDSA', namedCurve };
  }
  if (name === 'RSASSA-PKCS1-V1_5') {
    const modulusLength = requiredMember(object, 'modulusLength', ['enforce', 'unsigned long']);
    const exponent = object.publicExponent;
    if (!(exponent instanceof Uint8Array)) {
      throw new TypeError("the algorithm's member 'publicExponent' is required as a Uint8Array");
    }
    const hashName = typeof object.hash === 'object' ? object.hash?.name : object.hash;
    if (hashName === undefined) throw new TypeError("the algorithm's member 'hash' is required");
    const hash = String(hashName).toUpperCase();
    if (hash !== 'SHA-256') throw unsupported(`the hash ${hash}`);
    if (modulusLength !== 2048) throw unsupported(`a modulus of ${modulusLength} bits`);
    const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0);
    if (value !== 65537) throw unsupported(`the public exponent ${value}`);
    return { name: 'RSASSA-PKCS1-v1_5', modulusLength, hash };
  }
  throw unsupported(`keys of the algorithm ${name}`);
}

/**
 * RTCPeerConnection.generateCertificate().
 * @param {any} algorithm AlgorithmIdentifier
 * @returns {Promise<object>} an RTCCertificate
 */
export async function generateCertificate(algorithm) {
  let lifetime = kDefaultLifetimeMs;
  if (typeof algorithm !== 'string') {
    const expires = algorithm.expires;
    const type = ['enforce', 'unsigned long long'];
    if (expires !== undefined) lifetime = converterFor(type)(expires, 'expires');
    lifetime = Math.min(lifetime, kLongestLifetimeMs);
  }
  const normalized = normalizeAlgorithm(algorithm);
  const { unixTime, seed } = surroundings();
  const now = unixTime();
  const request = { ...normalized, seed: seed() };
  await new Promise((resolve) => queueTask(() => resolve(undefined)));
  try {
    const handle = await engine().Certificate.generate(request, now + lifetime, now);
    return createWrapper('RTCCertificate', new RTCCertificateImpl(handle));
  } catch (error) {
    throw exceptionFrom(error);
  }
}
