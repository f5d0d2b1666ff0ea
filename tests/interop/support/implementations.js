// Who takes part: our engine and peers that others wrote, all behind RTCPeerConnection's shape.

import { createRequire } from 'node:module';
import { RTCPeerConnection } from '../../../js/index.node.js';
import { engine } from '../../../js/api/runtime.js';
import { AiortcConnection } from './aiortc.js';
import { onEnd } from './waiting.js';

/**
 * @typedef {object} Implementation
 * @property {string} name
 * @property {(configuration: object) => any} create  an RTCPeerConnection or what passes for one
 * @property {boolean} trickles       tells candidates after its description
 * @property {boolean} restartsIce
 * @property {boolean} sendsEmptyMessages
 * @property {boolean} [announcesUnorderedPartial]  false: says that such channels are ordered
 * @property {number} largestMessage  that it sends
 */

const require = createRequire(import.meta.url);

/** @type {Implementation} */
export const ours = {
  name: 'webrtc-wasm',
  create(configuration) {
    // Registered first, so that it runs after the connection was closed.
    onEnd(expectNoLiveHandles);
    return new RTCPeerConnection(configuration);
  },
  trickles: true,
  restartsIce: true,
  sendsEmptyMessages: true,
  largestMessage: 262_144,
};

/** @type {Implementation} */
export const wrtc = {
  name: '@roamhq/wrtc',
  create: (configuration) => new (require('@roamhq/wrtc').RTCPeerConnection)(configuration),
  trickles: true,
  restartsIce: true,
  sendsEmptyMessages: true,
  largestMessage: 262_144,
};

/** @type {Implementation} */
export const werift = {
  name: 'werift',
  create: (configuration) => new (require('werift').RTCPeerConnection)(configuration),
  trickles: true,
  restartsIce: true,
  // It puts no chunk on the wire for them.
  sendsEmptyMessages: false,
  // Its announcement has room for one of the two.
  announcesUnorderedPartial: false,
  largestMessage: 262_144,
};

/** @type {Implementation} */
export const nodeDatachannel = {
  name: 'node-datachannel',
  create: (configuration) =>
    new (require('node-datachannel/polyfill').RTCPeerConnection)(configuration),
  trickles: true,
  restartsIce: false,
  sendsEmptyMessages: true,
  largestMessage: 262_144,
};

/** @type {Implementation} */
export const aiortc = {
  name: 'aiortc',
  create: (configuration) => new AiortcConnection(configuration),
  trickles: false,
  restartsIce: false,
  sendsEmptyMessages: true,
  largestMessage: 262_144,
};

/** Everyone else. */
export const others = [wrtc, werift, nodeDatachannel, aiortc];

function expectNoLiveHandles() {
  expect(engine().liveHandles()).toBe(0);
}
