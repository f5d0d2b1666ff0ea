// A worker of an edge runtime: answers with what the probe finds, or is the other end of a connection, whose
// messages it echoes.

import * as api from 'webrtc-wasm';
import 'webrtc-wasm/polyfill';
import './probe.cjs';

const candidatesOf = ({ sdp }) =>
  [...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type]) => type);

async function answer({ relay, offer }, context) {
  api.configure({ relay });
  const pc = new RTCPeerConnection();
  const over = new Promise((resolve) => {
    pc.addEventListener('datachannel', ({ channel }) => {
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('message', ({ data }) => channel.send(data));
      channel.addEventListener('close', resolve);
    });
  });
  // The connection lives longer than the answer.
  context.waitUntil(over.then(() => pc.close()));
  await pc.setRemoteDescription(offer);
  const gathered = new Promise((resolve) => {
    pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState === 'complete') resolve();
    });
  });
  await pc.setLocalDescription();
  await gathered;
  return { description: pc.localDescription, candidates: candidatesOf(pc.localDescription) };
}

export default {
  async fetch(request, _environment, context) {
    try {
      const { probe, ...rest } = await request.json();
      const done = probe ? globalThis.realmProbe.run(api, probe) : answer(rest, context);
      return Response.json(await done);
    } catch (error) {
      return Response.json({ problem: `${error?.stack ?? error}` });
    }
  },
};
