// A worker of an edge runtime that runs a simulation: two peers behind NATs that only a TURN server gets through.

import { Simulation } from 'webrtc-wasm/testing';

async function simulated() {
  const simulation = new Simulation({ seed: 'edge', link: { latency: 20 } });
  const relay = await simulation.relay();
  const [a, b] = ['a', 'b'].map((name) => {
    const { RTCPeerConnection } = simulation.peer({ name, nat: 'symmetric' });
    return new RTCPeerConnection({ iceServers: [relay.iceServer] });
  });
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate ?? undefined);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate ?? undefined);
  const received = new Promise((resolve) => {
    b.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => resolve(data));
  });
  const channel = a.createDataChannel('talk');
  channel.onopen = () => channel.send('in virtual time');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const text = await simulation.settled(received);
  const { allocations } = relay;
  a.close();
  b.close();
  await simulation.run(1000);
  const leaks = simulation.leaks();
  simulation.close();
  return { text, allocations, leaks };
}

export default {
  async fetch() {
    try {
      return Response.json(await simulated());
    } catch (error) {
      return Response.json({ problem: `${error?.stack ?? error}` });
    }
  },
};
