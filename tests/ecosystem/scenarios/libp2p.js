// js-libp2p's WebRTC transport: descriptions go through a circuit relay, streams through data channels.

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import { webRTC } from '@libp2p/webrtc';
import { webSockets } from '@libp2p/websockets';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { piecesOf } from '../support/realm/end.js';
import { kPatience, kPatienceMs, kProtocol } from '../support/realm/libp2p.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const node = await createLibp2p({
    addresses: { listen: [`${end.server.address}/p2p-circuit`, '/webrtc'] },
    transports: [
      webSockets(),
      circuitRelayTransport(),
      webRTC({ rtcConfiguration: { iceServers: [] } }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Addresses of one's own machine are refused otherwise.
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: kPatience,
    services: { identify: identify() },
  });
  const received = end.receiver();
  const incoming = new Promise((resolve) => node.handle(kProtocol, resolve));
  const address = await end.within('an address', webRtcAddress(node));
  await end.meet();
  let stream;
  if (end.role === 'a') {
    const theirs = multiaddr(await end.hear());
    stream = await node.dialProtocol(theirs, kProtocol, {
      signal: AbortSignal.timeout(kPatienceMs),
    });
  } else {
    end.tell(address);
    stream = await end.within('a stream', incoming);
    stream = stream.stream ?? stream;
  }
  stream.addEventListener('message', ({ data }) => received.take(data.subarray()));
  await end.meet();
  stream.send(new TextEncoder().encode(end.greeting));
  for (const piece of piecesOf(end.file)) {
    if (!stream.send(piece)) await stream.onDrain();
  }
  const seen = await received.all;
  const kinds = node.getConnections().map(({ remoteAddr }) => remoteAddr.toString());
  if (!kinds.some((kind) => /\/webrtc/.test(kind))) throw new Error(`only ${kinds}`);
  await end.meet();
  await node.stop();
  return seen;
}

/** The first address of the node that others can dial by WebRTC. */
function webRtcAddress(node) {
  const find = () =>
    node
      .getMultiaddrs()
      .map(String)
      .find((address) => /\/webrtc\//.test(address));
  return new Promise((resolve) => {
    const look = () => find() && resolve(find());
    node.addEventListener('self:peer:update', look);
    look();
  });
}

export { run as a, run as b };
