// js-libp2p's WebRTC Direct: no signalling, but ICE credentials and a certificate that the dialler knows beforehand.

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { webRTCDirect } from '@libp2p/webrtc';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { piecesOf } from '../support/realm/end.js';
import { kPatience, kProtocol } from '../support/realm/libp2p.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const node = await createLibp2p({
    transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: kPatience,
  });
  const received = end.receiver();
  // Signals with a timeout, which are its default, keep all that belongs to the connection until that is over.
  const { signal } = new AbortController();
  const dialled = node.dialProtocol(multiaddr(end.server.address), kProtocol, { signal });
  const stream = await end.within('a stream', dialled);
  stream.addEventListener('message', ({ data }) => received.take(data.subarray()));
  // The node knows a stream when something has come on it.
  await end.meet();
  stream.send(new TextEncoder().encode(end.greeting));
  for (const piece of piecesOf(end.file)) {
    if (!stream.send(piece)) await stream.onDrain();
  }
  const seen = await received.all;
  await end.meet();
  await node.stop();
  return seen;
}

export { run as a, run as b };
