// Who takes part: our engine and peers that others wrote, all behind RTCPeerConnection's shape.

import { createRequire } from 'node:module';
import { RTCPeerConnection } from '../../../js/index.node.js';
import { engine } from '../../../js/api/runtime.js';
import * as programs from './programs.js';
import './waiting.js';

/**
 * @typedef {object} Implementation
 * @property {string} name
 * @property {(configuration: object) => any} create  an RTCPeerConnection or what passes for one
 * @property {boolean} trickles            tells candidates after its description
 * @property {boolean} restartsIce
 * @property {boolean} answersRestarts     with new credentials of its own
 * @property {number} largestMessage        that it sends
 * @property {number} [largestTaken]        that it takes, where that is less than it says
 * @property {boolean} sendsEmptyMessages
 * @property {boolean} tellsEmptyMessages   as what they were, strings or bytes
 * @property {boolean} sendsUnorderedPartial  knows channels that are both
 * @property {boolean} tellsKind            says how a channel that the other side opened delivers
 * @property {number} streams              that its SCTP association has with ours
 * @property {boolean} reusesStreams        opens channels on streams that were closed just before
 * @property {readonly string[]} [echoes]   codecs whose packets it sends back, of encoded-frames.js;
 *           without it the peer encodes and decodes
 * @property {{ arriving?: number, leaving?: number }} [losses]  of RTP that it makes up for, every
 *           so many-th packet on its way to us and from us; kLosses if it is not there
 * @property {(sdp: string) => string} [mend]  what signalling has to do to its offers of media
 */

const require = createRequire(import.meta.url);

/** What a complete implementation does; below stands where peers fall short of it. */
export const kComplete = {
  trickles: true,
  restartsIce: true,
  answersRestarts: true,
  largestMessage: 262_144,
  sendsEmptyMessages: true,
  tellsEmptyMessages: true,
  sendsUnorderedPartial: true,
  tellsKind: true,
  streams: 65_535,
  reusesStreams: true,
};

/** @type {Implementation} */
export const ours = {
  ...kComplete,
  name: 'webrtc-wasm',
  create: (configuration) => new RTCPeerConnection(configuration),
};

/** @type {Implementation} */
export const wrtc = {
  ...kComplete,
  name: '@roamhq/wrtc',
  create: (configuration) => new (require('@roamhq/wrtc').RTCPeerConnection)(configuration),
};

/** @type {Implementation} */
export const werift = {
  ...kComplete,
  name: 'werift',
  create: (configuration) => new (require('werift').RTCPeerConnection)(configuration),
  // It puts no chunk on the wire for them.
  sendsEmptyMessages: false,
  // Its DATA_CHANNEL_OPEN has room for one of the two.
  sendsUnorderedPartial: false,
  // It goes on with the old sequence number while its own reset is under way.
  reusesStreams: false,
  echoes: ['VP8', 'VP9', 'H264', 'opus', 'PCMU'],
};

let endNodeDatachannel = () => {};

/** @type {Implementation} */
export const nodeDatachannel = {
  ...kComplete,
  name: 'node-datachannel',
  create(configuration) {
    endNodeDatachannel = require('node-datachannel').cleanup;
    return new (require('node-datachannel/polyfill').RTCPeerConnection)(configuration);
  },
  restartsIce: false,
  tellsKind: false,
  streams: 1024,
};

/** @type {Implementation} */
export const aiortc = {
  ...kComplete,
  name: 'aiortc',
  create: programs.aiortc.create,
  trickles: false,
  restartsIce: false,
  mend: withoutAbsSendTime,
};

/**
 * aiortc 1.4 calls abs-send-time in sections of video what the audio level is called in those of audio.
 * Within a bundle an id means one extension (RFC 9143 section 9.2), so that neither browsers nor we
 * take an offer of both.
 * @param {string} sdp
 */
function withoutAbsSendTime(sdp) {
  if (!/^m=audio/m.test(sdp)) return sdp;
  return sdp.replace(/^a=extmap:\d+ \S*abs-send-time\r\n/gm, '');
}

/** Everyone else. */
export const others = [wrtc, werift, nodeDatachannel, aiortc];

/** Held, since a certificate is let go of when script has forgotten it, whenever that is seen. */
const certificates = [];

/** @param {object} algorithm as RTCPeerConnection.generateCertificate() takes it */
export async function generateCertificate(algorithm) {
  const certificate = await RTCPeerConnection.generateCertificate(algorithm);
  certificates.push(certificate);
  return certificate;
}

// Defined after the hook of waiting.js, so that everything was closed before.
afterEach(() => expect(engine().liveHandles()).toBe(certificates.length));

// It keeps the process alive otherwise, after some failures.
afterAll(() => endNodeDatachannel());
