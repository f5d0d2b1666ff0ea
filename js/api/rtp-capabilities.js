// RTCRtpSender.getCapabilities() and RTCRtpReceiver.getCapabilities(): what the engine has, the
// same in both directions.

import { engine } from './runtime.js';

/**
 * @param {string} kind
 * @returns {{codecs: any[], headerExtensions: any[]} | null} RTCRtpCapabilities, null for no kind
 */
export function rtpCapabilities(kind) {
  return kind === 'audio' || kind === 'video' ? engine().rtpCapabilities(kind) : null;
}

/** @type {Map<string, any[]>} */
const codecs = new Map();

/**
 * The list of implemented codecs, to look at and not to give away.
 * @param {string} kind
 * @returns {any[]} RTCRtpCodec
 */
export function implementedCodecs(kind) {
  let list = codecs.get(kind);
  if (!list) codecs.set(kind, (list = rtpCapabilities(kind)?.codecs ?? []));
  return list;
}
