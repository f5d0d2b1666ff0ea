// Connections that nobody closes: one that is only there, one that has made an offer, and one that has gathered
// and waits for an answer that never comes. None of them keeps the process alive. Over UDP, or over the relay whose
// access comes as $RELAY.

import { RTCPeerConnection, RelayNetwork, configure } from 'webrtc-wasm';

const relay = process.env.RELAY && JSON.parse(process.env.RELAY);
if (relay) configure({ network: new RelayNetwork({ relay }) });

const idle = new RTCPeerConnection();
const offering = new RTCPeerConnection();
offering.createDataChannel('x');
await offering.createOffer();
const waiting = new RTCPeerConnection();
waiting.createDataChannel('x');
const gathered = new Promise((resolve) => {
  waiting.onicegatheringstatechange = () => {
    if (waiting.iceGatheringState === 'complete') resolve();
  };
});
await waiting.setLocalDescription();
await gathered;
const states = [idle, offering, waiting].map(({ iceGatheringState }) => iceGatheringState);
console.log(JSON.stringify(states));
