// One end of a connection whose other end is another process: each line of standard input is a message of
// signalling, and so is each line that this prints. Echoes what comes on data channels; ends by itself when the
// other end has closed.

import { createInterface } from 'node:readline';
import * as api from 'webrtc-wasm';

const relay = process.env.RELAY && JSON.parse(process.env.RELAY);
if (relay) api.configure({ network: new api.RelayNetwork({ relay }) });
const say = (message) => console.log(JSON.stringify(message));
const pc = new api.RTCPeerConnection();
pc.onicecandidate = ({ candidate }) => {
  if (candidate) say({ candidate: candidate.toJSON() });
};
pc.ondatachannel = ({ channel }) => {
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }) => channel.send(data);
  channel.onclose = () => {
    pc.close();
    lines.close();
  };
};
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const { description, candidate } = JSON.parse(line);
  if (candidate) await pc.addIceCandidate(candidate);
  if (description) {
    await pc.setRemoteDescription(description);
    await pc.setLocalDescription();
    say({ description: pc.localDescription });
  }
}
