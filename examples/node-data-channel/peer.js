// One of two peers: the first to come calls, both say hello and leave.
//
//   node examples/node-data-channel/peer.js alice ws://127.0.0.1:8090

import { RTCPeerConnection } from 'webrtc-wasm';
import { signal } from './signaling.js';

const [name, url] = process.argv.slice(2);
const pc = new RTCPeerConnection();
const socket = signal(pc, url);

// Agreed upon beforehand, so that either end may open it.
const channel = pc.createDataChannel('chat', { negotiated: true, id: 0 });
channel.onopen = () => channel.send(`hello from ${name}`);
channel.onmessage = ({ data }) => {
  console.log(data);
  // Our own greeting has to leave before we do.
  const leave = () => {
    if (channel.bufferedAmount > 0) setTimeout(leave, 10);
    else channel.close();
  };
  leave();
};
channel.onclose = () => {
  pc.close();
  socket.close();
};
