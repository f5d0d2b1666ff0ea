// `webrtc-wasm/data`: what becomes of audio and video where there is none. The peer is the whole package.

import { connection } from './support/resources.js';
import { copy, messageAt, negotiate, opened, trickle } from './support/session.js';
import { soon } from './support/waiting.js';

/** A connection of the package with audio and video, an instance apart from that of the realm. */
async function wholePeer() {
  const { RTCPeerConnection } = await import('../../dist/webrtc-wasm.node.mjs');
  return connection(undefined, RTCPeerConnection);
}

const sectionsOf = (sdp) =>
  [...sdp.matchAll(/^m=(\w+) (\d+)/gm)].map(([, kind, port]) => `${kind} ${Number(port) > 0}`);

test('calls that ask for audio or video are not supported, and say what is', async () => {
  const pc = connection();
  for (const call of [
    () => pc.addTransceiver('audio'),
    () => pc.addTrack({}),
    () => pc.removeTrack({}),
  ]) {
    expect(call).toThrow(
      expect.objectContaining({
        name: 'NotSupportedError',
        message: expect.stringContaining("import 'webrtc-wasm'"),
      }),
    );
  }
  for (const option of ['offerToReceiveAudio', 'offerToReceiveVideo']) {
    await expect(pc.createOffer({ [option]: true })).rejects.toMatchObject({
      name: 'NotSupportedError',
    });
    const offer = await pc.createOffer({ [option]: false });
    expect(sectionsOf(offer.sdp)).toEqual([]);
  }
});

test('there is nothing to see of audio and video', () => {
  const pc = connection();
  expect(pc.getSenders()).toEqual([]);
  expect(pc.getReceivers()).toEqual([]);
  expect(pc.getTransceivers()).toEqual([]);
  for (const name of ['RTCRtpSender', 'RTCRtpReceiver', 'RTCRtpTransceiver', 'RTCTrackEvent']) {
    expect(globalThis).not.toHaveProperty(name);
  }
});

test("audio and video of a peer's offer are rejected, and its channel opens", async () => {
  const peer = await wholePeer();
  const pc = connection();
  trickle(peer, pc);
  trickle(pc, peer);
  for (const kind of ['audio', 'video']) peer.addTransceiver(kind);
  const near = peer.createDataChannel('beside');
  const announced = new Promise((resolve) => {
    pc.ondatachannel = ({ channel }) => resolve(channel);
  });
  await negotiate(peer, pc);
  expect(sectionsOf(pc.localDescription.sdp)).toEqual([
    'audio false',
    'video false',
    'application true',
  ]);
  expect(peer.getTransceivers()).toEqual([]);
  expect(pc.getTransceivers()).toEqual([]);
  const far = await soon(announced, 'the channel is announced');
  await opened(near);
  const message = messageAt(far);
  near.send('hello');
  expect(await message).toBe('hello');
});

test('an offer of audio alone is answered, and nothing comes of it', async () => {
  const peer = await wholePeer();
  const pc = connection();
  peer.addTransceiver('audio');
  await negotiate(peer, pc);
  expect(sectionsOf(pc.localDescription.sdp)).toEqual(['audio false']);
  expect(pc.signalingState).toBe('stable');
  expect(pc.connectionState).toBe('new');
  expect(peer.getTransceivers()).toEqual([]);
});

test('a later offer of video is rejected while the channel goes on', async () => {
  const peer = await wholePeer();
  const pc = connection();
  trickle(peer, pc);
  trickle(pc, peer);
  const near = pc.createDataChannel('lasting');
  const announced = new Promise((resolve) => {
    peer.ondatachannel = ({ channel }) => resolve(channel);
  });
  await negotiate(pc, peer);
  const far = await soon(announced, 'the channel is announced');
  await opened(near);
  peer.addTransceiver('video');
  await peer.setLocalDescription();
  await pc.setRemoteDescription(copy(peer.localDescription));
  await pc.setLocalDescription();
  await peer.setRemoteDescription(copy(pc.localDescription));
  expect(sectionsOf(pc.localDescription.sdp)).toEqual(['application true', 'video false']);
  const message = messageAt(near);
  far.send('still here');
  expect(await message).toBe('still here');
});

test('statistics have a transport and a channel, and no streams', async () => {
  const peer = await wholePeer();
  const pc = connection();
  trickle(peer, pc);
  trickle(pc, peer);
  const near = pc.createDataChannel('counted');
  await negotiate(pc, peer);
  await opened(near);
  const types = new Set([...(await pc.getStats()).values()].map(({ type }) => type));
  expect(types).toContain('transport');
  expect(types).toContain('data-channel');
  expect(types).not.toContain('outbound-rtp');
  await expect(pc.getStats({})).rejects.toMatchObject({ name: 'TypeError' });
});
