// What a connection may live through, from nothing to nothing: for `npm run leaks`, in Node.js and in a
// page alike.

import { connect } from '../../bench/session.js';

const kMessageBytes = 8 * 1024;
const kFrames = 5;
const kVideoFrameBytes = 3000;

/** @param {EventTarget} target @param {string} type */
const event = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** @param {any} value */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** @param {any} from @param {any} to */
async function offerAndAnswer(from, to) {
  await from.setLocalDescription();
  await to.setRemoteDescription(plain(from.localDescription));
  await to.setLocalDescription();
  await from.setRemoteDescription(plain(to.localDescription));
}

/** Each end's candidates go to the other as they come. @param {any} a @param {any} b */
function trickle(a, b) {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    /** @type {any[]} */
    const early = [];
    const give = (/** @type {any} */ candidate) => {
      if (to.signalingState !== 'closed') to.addIceCandidate(candidate).catch(() => {});
    };
    from.addEventListener('icecandidate', (/** @type {any} */ { candidate }) => {
      if (!candidate) return;
      if (to.remoteDescription) give(plain(candidate));
      else early.push(plain(candidate));
    });
    to.addEventListener('signalingstatechange', () => {
      if (to.remoteDescription) early.splice(0).forEach(give);
    });
  }
}

/** @param {any} pc */
async function connected(pc) {
  while (pc.connectionState !== 'connected') await event(pc, 'connectionstatechange');
}

/**
 * By name; each leaves nothing behind that it does not say.
 * @type {Record<string, (api: any) => Promise<void>>}
 */
export const lifeCycles = {
  async 'connected, used and closed at both ends'({ RTCPeerConnection }) {
    const session = await connect(RTCPeerConnection, { trickle: true });
    const bytes = new Uint8Array(kMessageBytes).fill(0x5a);
    const there = event(session.remote, 'message');
    const back = event(session.local, 'message');
    session.local.send(bytes);
    session.remote.send(bytes);
    await Promise.all([there, back]);
    await session.close();
  },

  async 'closed by the peer'({ RTCPeerConnection }) {
    const session = await connect(RTCPeerConnection, { trickle: false });
    const closed = event(session.remote, 'close');
    session.local.close();
    await closed;
    await session.close();
  },

  async 'closed in the middle of a negotiation'({ RTCPeerConnection }) {
    const a = new RTCPeerConnection();
    const b = new RTCPeerConnection();
    a.createDataChannel('x');
    a.addTransceiver('audio');
    await a.setLocalDescription();
    await b.setRemoteDescription(plain(a.localDescription));
    const answering = b.setLocalDescription();
    a.close();
    // What was asked for in a connection that closes stays undecided, by the specification.
    void answering.catch(() => {});
    b.close();
  },

  async 'lost without a word'({ RTCPeerConnection }) {
    const pc = new RTCPeerConnection();
    pc.createDataChannel('x').onclose = () => pc.connectionState;
    pc.addTransceiver('video');
    await pc.createOffer();
  },

  async 'with sound and pictures'({ RTCPeerConnection, RTCEncodedSource }) {
    const a = new RTCPeerConnection();
    const b = new RTCPeerConnection();
    trickle(a, b);
    const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/VP8' });
    const track = source.createTrack();
    a.addTrack(track);
    a.addTransceiver('audio');
    await offerAndAnswer(a, b);
    await Promise.all([connected(a), connected(b)]);
    for (let number = 0; number < kFrames; number++) {
      const data = new Uint8Array(kVideoFrameBytes).fill(number);
      source.onFrame({
        data,
        key: number === 0,
        rtpTimestamp: 3000 * number,
        width: 64,
        height: 48,
      });
      await new Promise((resolve) => setTimeout(resolve));
    }
    track.stop();
    a.close();
    b.close();
  },

  async 'with an ICE restart and a certificate of its own'({ RTCPeerConnection }) {
    const certificate = await RTCPeerConnection.generateCertificate({
      name: 'ECDSA',
      namedCurve: 'P-256',
    });
    const a = new RTCPeerConnection({ certificates: [certificate] });
    const b = new RTCPeerConnection();
    trickle(a, b);
    const channel = a.createDataChannel('x');
    const open = event(channel, 'open');
    await offerAndAnswer(a, b);
    await open;
    a.restartIce();
    await offerAndAnswer(a, b);
    await a.getStats();
    a.close();
    b.close();
  },
};

/** How often each comes, of ten. */
const kOrder = [0, 1, 2, 0, 3, 4, 0, 2, 3, 5];

/** @param {any} api @param {number} number  which life cycle it is */
export async function liveThrough(api, number) {
  const all = Object.values(lifeCycles);
  await all[kOrder[number % kOrder.length]](api);
}
