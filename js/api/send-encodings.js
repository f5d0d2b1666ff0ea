// [[SendEncodings]] of an RTCRtpSender: what addTransceiver() accepts, what there is by default, and
// what simulcast negotiation makes of it (webrtc-pc sections 4.4.1.5 and 5.1).

import { codecsMatch } from './codec-match.js';
import { exception } from './errors.js';
import { implementedCodecs } from './rtp-capabilities.js';
import { mixesSimulcastKinds, supportsMode } from './scalability-modes.js';
import { converterFor } from './webidl/convert.js';

/**
 * RTCRtpEncodingParameters
 * @typedef {object} Encoding
 * @property {boolean} active
 * @property {string} [rid]
 * @property {any} [codec]
 * @property {number} [maxBitrate]
 * @property {number} [maxFramerate]
 * @property {number} [scaleResolutionDownBy]
 * @property {{maxWidth?: number, maxHeight?: number}} [scaleResolutionDownTo]
 * @property {string} [scalabilityMode]
 */

/** [[SendEncodings]] have at most so many members, as in browsers; audio has no simulcast. */
const kMostEncodings = /** @type {Record<string, number>} */ ({ audio: 1, video: 3 });

/**
 * RFC 8851 section 10; an RTP header extension with one-byte headers holds 16 bytes at most
 * (RFC 8852 section 3, RFC 8285 section 4.2).
 */
const ridGrammar = /^[\w-]{1,16}$/;

/** @param {string} rid */
export const isValidRid = (rid) => ridGrammar.test(rid);

/** @returns {Encoding} */
const newEncoding = () => converterFor('RTCRtpEncodingParameters')({}, '');

/**
 * The `index`th of `count` encodings halves the size so often that the last one is not scaled.
 * @param {number} count
 * @param {number} index
 */
const defaultScale = (count, index) => 2 ** (count - index - 1);

/**
 * "addTransceiver sendEncodings validation steps".
 * @param {Encoding[]} given converted, changed in place
 * @param {string} kind
 * @returns {Encoding[]}
 * @throws {TypeError | RangeError | DOMException}
 */
export function validatedEncodings(given, kind) {
  const rids = given.flatMap(({ rid }) => (rid === undefined ? [] : [rid]));
  for (const rid of rids) {
    if (!isValidRid(rid)) throw new TypeError(`'${rid}' is no valid rid`);
  }
  if (rids.length > 0 && rids.length < given.length) {
    throw new TypeError('some encodings have a rid, and some have none');
  }
  if (new Set(rids).size < rids.length) throw new TypeError('two encodings have the same rid');
  const codecs = implementedCodecs(kind);
  for (const { codec } of given) {
    if (codec && !codecs.some((one) => codecsMatch(one, codec))) {
      throw exception('OperationError', `${codec.mimeType} is no codec that ${kind} can have`);
    }
  }
  for (const { codec, scalabilityMode } of given) {
    if (scalabilityMode === undefined) continue;
    if (!(codec ? [codec] : codecs).some((one) => supportsMode(scalabilityMode, one))) {
      throw exception('OperationError', `no codec supports '${scalabilityMode}'`);
    }
  }
  if (mixesSimulcastKinds(given)) {
    throw exception('OperationError', 'an S mode is for one encoding alone');
  }
  removeVideoMembers(given, kind);
  if (!haveSoundRestrictions(given)) throw exception('OperationError', kUnsoundRestrictions);
  for (const { scaleResolutionDownBy: scale, maxFramerate } of given) {
    if (scale !== undefined && scale < 1) throw new RangeError(`${scale} would scale up`);
    if (maxFramerate !== undefined && !(maxFramerate > 0)) {
      throw new RangeError(`${maxFramerate} is no frame rate`);
    }
  }
  if (given.some(hasScale)) fillInScale(given);
  const encodings = given.slice(0, kMostEncodings[kind]);
  if (kind === 'video' && !encodings.some(hasScale)) scaleByDefault(encodings);
  if (encodings.length === 1) delete encodings[0].rid;
  // Simulcast needs names on the wire; they are ours to choose when the application has none.
  else encodings.forEach((encoding, i) => (encoding.rid ??= `${i}`));
  return encodings;
}

export const kUnsoundRestrictions =
  'scaleResolutionDownTo needs two sizes above 0, and to be on all active encodings';

/**
 * webrtc-extensions, "RTCRtpEncodingParameters extensions".
 * @param {Encoding[]} encodings
 */
export function haveSoundRestrictions(encodings) {
  const restrictions = encodings.flatMap(({ scaleResolutionDownTo: one }) => (one ? [one] : []));
  if (restrictions.length === 0) return true;
  return (
    encodings.every(({ active, scaleResolutionDownTo }) => !active || scaleResolutionDownTo) &&
    restrictions.every(({ maxWidth = 0, maxHeight = 0 }) => maxWidth > 0 && maxHeight > 0)
  );
}

/**
 * Audio has neither size nor frames.
 * @param {Encoding[]} encodings
 * @param {string} kind
 */
export function removeVideoMembers(encodings, kind) {
  if (kind !== 'audio') return;
  for (const encoding of encodings) {
    delete encoding.scaleResolutionDownBy;
    delete encoding.scaleResolutionDownTo;
    delete encoding.maxFramerate;
  }
}

/** @param {Encoding} encoding */
const hasScale = (encoding) => encoding.scaleResolutionDownBy !== undefined;

/** @param {Encoding[]} encodings */
export function fillInScale(encodings) {
  for (const encoding of encodings) encoding.scaleResolutionDownBy ??= 1;
}

/** @param {Encoding[]} encodings */
function scaleByDefault(encodings) {
  encodings.forEach((encoding, i) => {
    encoding.scaleResolutionDownBy = defaultScale(encodings.length, i);
  });
}

/**
 * What a sender has when nobody said anything about its encodings.
 * @param {string} kind
 * @returns {Encoding[]}
 */
export function defaultEncodings(kind) {
  const encodings = [newEncoding()];
  if (kind === 'video') scaleByDefault(encodings);
  return encodings;
}

/**
 * The rids with which the engine negotiates.
 * @param {Encoding[]} encodings
 * @returns {string[]} empty without simulcast
 */
export const simulcastRids = (encodings) =>
  encodings.length > 1 ? encodings.map(({ rid }) => /** @type {string} */ (rid)) : [];

/**
 * "proposedSendEncodings": what a remote offer to receive simulcast makes of a sender.
 * @param {string[]} rids in the order of the offer, each once
 * @returns {Encoding[]}
 */
export function proposedEncodings(rids) {
  const encodings = rids
    .slice(0, kMostEncodings.video)
    .map((rid) => Object.assign(newEncoding(), { rid }));
  scaleByDefault(encodings);
  return encodings;
}

/**
 * Whether a proposal may take the place of the encodings: there is one, and it has no rid.
 * @param {Encoding[]} encodings
 */
export const isRidless = (encodings) => encodings.length === 1 && encodings[0].rid === undefined;

/**
 * What an answer leaves of several encodings.
 * @param {Encoding[]} encodings
 * @param {string[]} rids that are still negotiated; none when the answer knows no simulcast
 * @returns {Encoding[]}
 */
export function prunedEncodings(encodings, rids) {
  if (encodings.length < 2) return encodings;
  const kept = encodings.filter(({ rid }) => rid !== undefined && rids.includes(rid));
  return kept.length > 0 ? kept : encodings.slice(0, 1);
}
