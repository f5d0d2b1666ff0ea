// A libp2p node that listens for WebRTC Direct, as it does in Node.js: on node-datachannel. It hands what comes
// on the stream of one dialler to the other one.

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { webRTCDirect } from '@libp2p/webrtc';
import { createLibp2p } from 'libp2p';
import { kPatience, kProtocol } from '../support/realm/libp2p.js';

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/udp/0/webrtc-direct'] },
  transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: kPatience,
});

/** The first dialler's stream, and the other one's. */
const streams = [];
/** What came for one who has not dialled yet. @type {Uint8Array[][]} */
const early = [[], []];

await node.handle(kProtocol, (stream) => {
  const own = streams.push(stream) - 1;
  const other = 1 - own;
  for (const data of early[own]) stream.send(data);
  stream.addEventListener('message', ({ data }) => {
    const bytes = data.subarray();
    if (streams[other]) streams[other].send(bytes);
    else early[other].push(bytes);
  });
});
process.send({ address: node.getMultiaddrs()[0].toString() });
