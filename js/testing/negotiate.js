// Offers and answers between two connections that are at hand, for tests in which signalling is not
// the point.

import { peerOf } from './peer.js';

/** What goes over a wire. @param {any} value */
const copy = (value) => JSON.parse(JSON.stringify(value));

/** Pairs whose candidates are passed on already. @type {WeakMap<object, WeakSet<object>>} */
const trickling = new WeakMap();

/**
 * Passes candidates from one connection to the other, for good; those that come before the description they
 * belong to wait for it.
 * @param {RTCPeerConnection} from
 * @param {RTCPeerConnection} to
 */
function trickle(from, to) {
  const known = trickling.get(from) ?? new WeakSet();
  trickling.set(from, known);
  if (known.has(to)) return;
  known.add(to);
  /** @type {RTCIceCandidateInit[]} */
  const waiting = [];
  const flush = () => {
    if (!to.remoteDescription || to.signalingState === 'closed') return;
    // One of an older generation may be refused, which harms nothing.
    for (const candidate of waiting.splice(0)) to.addIceCandidate(candidate).catch(() => {});
  };
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) waiting.push(copy(candidate));
    flush();
  });
  to.addEventListener('signalingstatechange', flush);
}

/**
 * One offer and its answer, with candidates trickling in both directions from then on.
 * @param {RTCPeerConnection} offerer
 * @param {RTCPeerConnection} answerer
 * @param {{ offerOptions?: RTCOfferOptions }} [options]
 * @returns {Promise<void>} rejects with what a connection has refused
 */
export async function negotiate(offerer, answerer, { offerOptions } = {}) {
  trickle(offerer, answerer);
  trickle(answerer, offerer);
  const exchange = async () => {
    await offerer.setLocalDescription(
      offerOptions ? await offerer.createOffer(offerOptions) : undefined,
    );
    await answerer.setRemoteDescription(copy(offerer.localDescription));
    await answerer.setLocalDescription();
    await offerer.setRemoteDescription(copy(answerer.localDescription));
  };
  const peer = peerOf(offerer) ?? peerOf(answerer);
  await (peer ? peer.simulation.settled(exchange()) : exchange());
}
