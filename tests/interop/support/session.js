// What two peers do with each other: signalling, messages, files.

import { createHash } from 'node:crypto';
import { deferred } from './waiting.js';

/**
 * One offer and one answer, until both are connected.
 * @param {Peer} offerer
 * @param {Peer} answerer
 * @param {object} [options]
 * @param {boolean} [options.trickle]  candidates one by one; else descriptions carry them all
 */
export async function connect(offerer, answerer, options) {
  const descriptions = await negotiate(offerer, answerer, options);
  await Promise.all([offerer.connected(), answerer.connected()]);
  return descriptions;
}

/**
 * One offer and one answer.
 * @param {Peer} offerer
 * @param {Peer} answerer
 * @param {object} [options]
 * @param {boolean} [options.trickle]
 * @param {object} [options.offer] RTCOfferOptions
 * @param {(description: Description, to: Peer) => Description} [options.rewrite] what signalling
 *        does to a description on its way
 */
export async function negotiate(
  offerer,
  answerer,
  { trickle = true, offer = {}, rewrite = mended(offerer) } = {},
) {
  const offerSet = deferred();
  const answerSet = deferred();
  for (const [from, to, set] of [
    [offerer, answerer, offerSet],
    [answerer, offerer, answerSet],
  ]) {
    from.pc.onicecandidate = null;
    if (trickle) forwardCandidates(from, to, set.promise);
  }
  const sentOffer = await describe(offerer, await offerer.pc.createOffer(offer), trickle);
  await answerer.pc.setRemoteDescription(rewrite(sentOffer, answerer));
  offerSet.resolve();
  const sentAnswer = await describe(answerer, await answerer.pc.createAnswer(), trickle);
  await offerer.pc.setRemoteDescription(rewrite(sentAnswer, offerer));
  answerSet.resolve();
  return { offer: sentOffer, answer: sentAnswer };
}

/** Descriptions as they are, but for offers that nobody could take. */
const mended =
  ({ implementation: { mend } }) =>
  ({ type, sdp }) => ({ type, sdp: mend && type === 'offer' ? mend(sdp) : sdp });

/**
 * Sets the local description and gives what the other side is to hear.
 * @param {Peer} peer
 * @param {{type: string, sdp: string}} created
 * @param {boolean} trickle
 */
async function describe(peer, created, trickle) {
  const { pc, implementation } = peer;
  await pc.setLocalDescription(created);
  if (trickle && implementation.trickles) return { type: created.type, sdp: created.sdp };
  await peer.gathered();
  const { type, sdp } = pc.localDescription;
  return { type, sdp };
}

/**
 * @param {Peer} from
 * @param {Peer} to
 * @param {Promise<void>} ready the other side has our description
 */
function forwardCandidates(from, to, ready) {
  from.pc.onicecandidate = async ({ candidate }) => {
    if (!candidate) return;
    const init = candidate.toJSON?.() ?? candidate;
    from.candidates.push(init);
    await ready;
    if (isOver(to)) return;
    try {
      await to.pc.addIceCandidate(init);
    } catch (error) {
      // A candidate may be overtaken by the end of who it is for.
      if (!isOver(to)) throw error;
    }
  };
}

/** @param {Peer} peer */
function isOver({ pc }) {
  return pc.signalingState === 'closed' || ['failed', 'closed'].includes(pc.connectionState);
}

/**
 * Opens a channel from one side; gives both ends, open.
 * @param {Peer} from
 * @param {Peer} to
 * @param {string} label
 * @param {object} [options]
 */
export async function openChannel(from, to, label, options) {
  const near = from.createChannel(label, options);
  const far = await to.announced(label);
  await Promise.all([near.opened, far.opened]);
  return [near, far];
}

/**
 * Messages in one direction: all arrive, unchanged, in order.
 * @param {Channel} from
 * @param {Channel} to
 * @param {(string | Buffer)[]} messages
 */
export async function expectDelivery(from, to, messages) {
  for (const message of messages) from.send(message);
  const received = await to.take(messages.length);
  expect(received.map(fingerprint)).toEqual(messages.map(fingerprint));
}

/** The same for a channel that does not keep the order. */
export async function expectUnorderedDelivery(from, to, messages) {
  for (const message of messages) from.send(message);
  const received = await to.take(messages.length);
  expect(received.map(fingerprint).sort()).toEqual(messages.map(fingerprint).sort());
}

/** Short enough to read in a failed assertion, whatever the message's size. */
function fingerprint(message) {
  const kind = typeof message === 'string' ? 'string' : 'binary';
  const bytes = Buffer.from(message);
  const text = bytes.length <= 32 ? bytes.toString('latin1') : sha256([bytes]);
  return `${kind} of ${bytes.length} bytes: ${text}`;
}

/**
 * The same message in both directions.
 * @param {Channel} near
 * @param {Channel} far
 * @param {string} text
 */
export async function expectEcho(near, far, text) {
  await expectDelivery(near, far, [text]);
  await expectDelivery(far, near, [text]);
}

/**
 * Sends a file and compares its SHA-256 on both sides.
 * @param {Channel} from
 * @param {Channel} to
 * @param {Buffer} file
 */
export async function expectFileTransfer(from, to, file) {
  const received = receiveFile(to, file.length);
  await from.sendFile(file);
  expect(sha256(await received)).toBe(sha256([file]));
}

/**
 * @param {Channel} channel
 * @param {number} length
 */
async function receiveFile(channel, length) {
  const chunks = [];
  for (let sum = 0; sum < length; sum += chunks.at(-1).length) chunks.push(await channel.next());
  return chunks;
}

/** @param {Buffer[]} chunks */
function sha256(chunks) {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Bytes that no codec guesses, the same in every run.
 * @param {number} length
 * @param {number} [seed]
 */
export function noise(length, seed = 1) {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/**
 * @typedef {import('./peer.js').Peer} Peer
 * @typedef {{type: string, sdp: string}} Description
 * @typedef {import('./channel.js').Channel} Channel
 */
