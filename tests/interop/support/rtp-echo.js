// Peers that know RTP and no codec: they send back what they get.

import { createRequire } from 'node:module';
import { werift } from './implementations.js';

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Echo
 * @property {number[]} sequenceNumbers  of the packets that came, as they came
 * @property {() => void} requestKeyFrame  asks us for one
 * @property {boolean} hearsRequests       tells when we ask for one
 * @property {() => void} onrequest
 */

/**
 * A peer that takes this codec.
 * @param {import('./implementations.js').Implementation} implementation
 * @param {import('./encoded-frames.js').FakeCodec} codec
 */
export const echoing = (implementation, codec) =>
  implementation.name === werift.name ? weriftWith(codec) : implementation;

/**
 * werift with retransmissions and transport-wide feedback, which it leaves out unless it is told.
 * @param {import('./encoded-frames.js').FakeCodec} codec
 */
function weriftWith({ kind, mimeType, clockRate }) {
  const library = require('werift');
  const codec = new library.RTCRtpCodecParameters({
    mimeType,
    clockRate,
    ...kFormats[mimeType],
    rtcpFeedback:
      kind === 'video'
        ? [library.useNACK(), library.usePLI(), library.useREMB(), library.useTWCC()]
        : [library.useTWCC()],
  });
  const rtx = new library.RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate });
  const codecs = { audio: [], video: [], [kind]: kind === 'video' ? [codec, rtx] : [codec] };
  const extensions = [library.useSdesMid(), library.useTransportWideCC()];
  return {
    ...werift,
    create: (configuration) =>
      new library.RTCPeerConnection({
        ...configuration,
        codecs,
        headerExtensions: { audio: extensions, video: extensions },
      }),
  };
}

/** What it has to know besides. */
const kFormats = {
  'audio/opus': { channels: 2 },
  'audio/PCMU': { channels: 1, payloadType: 0 },
  'audio/G722': { channels: 1, payloadType: 9 },
  'video/H264': {
    parameters: 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1',
  },
  'video/VP9': { parameters: 'profile-id=0' },
};

/**
 * Has the peer send back what it receives in that codec.
 * @param {import('./peer.js').Peer} peer before it has described itself
 * @param {import('./encoded-frames.js').FakeCodec} codec
 * @returns {Echo}
 */
export function startEcho({ implementation, pc }, codec) {
  return implementation.name === werift.name ? echoOfWerift(pc, codec.kind) : pc.startEcho(codec);
}

/** @returns {Echo} */
function echoOfWerift(pc, kind) {
  const { sender, receiver, onTrack } = pc.addTransceiver(kind, { direction: 'sendrecv' });
  const echo = {
    sequenceNumbers: [],
    requestKeyFrame: () => receiver.sendRtcpPLI(receiver.track.ssrc),
    // It gives a PLI to whoever has the SSRC of the one who asks, which is its receiver of what we send.
    hearsRequests: false,
    onrequest() {},
  };
  onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ header }) => echo.sequenceNumbers.push(header.sequenceNumber));
    sender.replaceTrack(track);
  });
  return echo;
}
