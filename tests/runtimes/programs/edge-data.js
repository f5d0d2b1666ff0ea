// A worker of an edge runtime with data channels alone: two connections of one request, inspected.

import { configure, RTCPeerConnection } from 'webrtc-wasm/data';
import { Inspector } from 'webrtc-wasm/inspect';

/** Two connections say something to each other, and are closed. */
async function talk() {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate ?? undefined);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate ?? undefined);
  const heard = (channel, text) =>
    new Promise((resolve) => {
      channel.onopen = () => channel.send(text);
      channel.onmessage = ({ data }) => resolve(data);
    });
  const answered = new Promise((resolve) => {
    b.ondatachannel = ({ channel }) => resolve(heard(channel, 'from b'));
  });
  const offered = heard(a.createDataChannel('talk'), 'from a');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const received = await Promise.all([offered, answered]);
  a.close();
  b.close();
  return received;
}

function refusal() {
  const pc = new RTCPeerConnection();
  try {
    return `${pc.addTransceiver('audio')}`;
  } catch ({ name }) {
    return name;
  } finally {
    pc.close();
  }
}

async function inspected(relay) {
  configure({ relay });
  const inspector = new Inspector({ all: true, packets: true, messages: true, statsInterval: 0 });
  const received = await talk();
  const { connections } = inspector.dump();
  const { byteLength } = await inspector.pcapng();
  inspector.close();
  return {
    received,
    refusal: refusal(),
    recorded: connections.map(({ states, timeline }) => ({
      state: states.connectionState,
      calls: timeline.filter(({ kind }) => kind === 'call').map(({ name }) => name),
    })),
    captured: byteLength,
  };
}

export default {
  async fetch(request) {
    try {
      const { relay } = await request.json();
      return Response.json(await inspected(relay));
    } catch (error) {
      return Response.json({ problem: `${error?.stack ?? error}` });
    }
  },
};
