// A libp2p node that listens for WebRTC Direct, on node-datachannel: it hands what comes on one stream to
// the other one.

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { webRTCDirect } from '@libp2p/webrtc';
import { createLibp2p } from 'libp2p';

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/udp/0/webrtc-direct'] },
  transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
});
const streams = [];
await node.handle('/webrtc-wasm/ecosystem/1', (stream) => {
  const other = 2 - streams.push(stream);
  stream.addEventListener('message', ({ data }) => streams[other].send(data));
});
process.send({ address: node.getMultiaddrs()[0].toString() });
