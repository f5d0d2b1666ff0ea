// A connection over a relay that opens its WebSocket and then answers nothing, not even its end. It is closed, and
// keeps no process alive. The relay's URL comes as $RELAY_URL.

import { RTCPeerConnection, RelayNetwork, configure } from 'webrtc-wasm';

const relay = { url: process.env.RELAY_URL, username: 'user', credential: 'pass' };
const reports = [];
const opened = new Promise((resolve) => {
  const onrelay = ({ type }) => {
    reports.push(type);
    if (type === 'open') resolve();
  };
  configure({ network: new RelayNetwork({ relay }), onrelay });
});
const connection = new RTCPeerConnection();
connection.createDataChannel('x');
await connection.setLocalDescription();
await opened;
connection.close();
console.log(JSON.stringify(reports));
