// Two connections and what passes between them.

import { connection } from './resources.js';
import { connected, soon, until } from './waiting.js';

/**
 * Two connections whose candidates reach each other.
 * @param {RTCConfiguration} [configuration] of both, or of the first
 * @param {RTCConfiguration} [second]
 * @returns {[RTCPeerConnection, RTCPeerConnection]}
 */
export function pair(configuration, second = configuration) {
  const a = connection(configuration);
  const b = connection(second);
  trickle(a, b);
  trickle(b, a);
  return [a, b];
}

/**
 * Takes candidates to the other side, where they wait until it knows the description they belong to.
 * @param {RTCPeerConnection} from
 * @param {RTCPeerConnection} to
 */
export function trickle(from, to) {
  const waiting = [];
  const flush = () => {
    if (!to.remoteDescription) return;
    for (const candidate of waiting.splice(0)) {
      // Late ones may belong to a description that is gone.
      to.addIceCandidate(candidate).catch(() => {});
    }
  };
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (!candidate) return;
    waiting.push(candidate.toJSON());
    flush();
  });
  to.addEventListener('signalingstatechange', flush);
}

/** As it arrives over a wire. */
export const copy = (description) => JSON.parse(JSON.stringify(description));

/**
 * One offer and its answer.
 * @param {RTCPeerConnection} offerer
 * @param {RTCPeerConnection} answerer
 * @param {RTCOfferOptions} [options]
 */
export async function negotiate(offerer, answerer, options) {
  await offerTo(offerer, answerer, options);
  await answerTo(answerer, offerer);
}

/** Sets an offer of one side on both. */
export async function offerTo(offerer, answerer, options) {
  await offerer.setLocalDescription(await offerer.createOffer(options));
  await answerer.setRemoteDescription(copy(offerer.localDescription));
}

/** Sets an answer of one side on both. */
export async function answerTo(answerer, offerer) {
  await answerer.setLocalDescription(await answerer.createAnswer());
  await offerer.setRemoteDescription(copy(answerer.localDescription));
}

/**
 * Two connections that are connected, with a data channel between them.
 * @param {RTCConfiguration} [configuration]
 * @returns {Promise<{ a: RTCPeerConnection, b: RTCPeerConnection, near: RTCDataChannel, far: RTCDataChannel }>}
 */
export async function connectedPair(configuration) {
  const [a, b] = pair(configuration);
  const channels = openChannel(a, b);
  await negotiate(a, b);
  const { near, far } = await channels;
  await connected(a, b);
  return { a, b, near, far };
}

/**
 * A data channel, once it is open on both sides.
 * @param {RTCPeerConnection} a
 * @param {RTCPeerConnection} b
 * @param {string} [label]
 * @param {RTCDataChannelInit} [init]
 */
export async function openChannel(a, b, label = 'channel', init = {}) {
  const announced = new Promise((resolve) => {
    const look = ({ channel }) => {
      if (channel.label !== label) return;
      b.removeEventListener('datachannel', look);
      resolve(channel);
    };
    b.addEventListener('datachannel', look);
  });
  const near = a.createDataChannel(label, init);
  const far = init.negotiated
    ? b.createDataChannel(label, init)
    : await soon(announced, `the channel “${label}” is announced`);
  await Promise.all([opened(near), opened(far)]);
  // Chromium announces a channel a little before it is open, and loses without an error what it is
  // given meanwhile. Statistics take the way through all of its threads.
  await b.getStats();
  return { near, far };
}

/** @param {RTCDataChannel} channel */
export const opened = (channel) => until(channel, 'open', () => channel.readyState === 'open');

/**
 * The next message.
 * @param {RTCDataChannel} channel
 * @returns {Promise<any>}
 */
export const messageAt = (channel) =>
  soon(
    new Promise((resolve) => {
      channel.addEventListener('message', ({ data }) => resolve(data), { once: true });
    }),
    'a message comes',
  );
