// RTCRtpTransceiver.stop(), and which transceivers there are: webrtc-pc 5.4.

import { rejects, throws } from './support/errors.js';
import { audioTrack, connection, videoTrack } from './support/resources.js';
import { parse, sectionsOf } from './support/sdp.js';
import { answerTo, negotiate, offerTo, pair } from './support/session.js';
import { nextEvent } from './support/waiting.js';

// ---- stop()

test('stop() makes direction stopped at once, and leaves currentDirection alone', () => {
  const transceiver = connection().addTransceiver('audio');
  transceiver.stop();
  expect(transceiver.direction).toBe('stopped');
  expect(transceiver.currentDirection).toBe(null);
});

test('stop() ends the receiver’s track, which fires ended', async () => {
  const transceiver = connection().addTransceiver('audio');
  const ended = nextEvent(transceiver.receiver.track, 'ended');
  transceiver.stop();
  await ended;
  expect(transceiver.receiver.track.readyState).toBe('ended');
});

test('stop() does not stop the track that was sent', () => {
  const pc = connection();
  const track = audioTrack();
  pc.addTransceiver(track).stop();
  expect(track.readyState).toBe('live');
});

test('stop() twice is as good as once', () => {
  const transceiver = connection().addTransceiver('audio');
  transceiver.stop();
  expect(transceiver.stop()).toBe(undefined);
});

test('stop() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  pc.close();
  throws(() => transceiver.stop(), 'InvalidStateError');
});

test('a transceiver stopped before it was offered is not in the offer', async () => {
  const pc = connection();
  pc.addTransceiver('audio').stop();
  pc.addTransceiver('video');
  expect(sectionsOf(await pc.createOffer()).map(({ kind }) => kind)).toEqual(['video']);
});

test('a stopping transceiver is listed until its stop was negotiated, and then is gone on both sides', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  await negotiate(a, b);
  transceiver.stop();
  expect(a.getTransceivers()).toEqual([transceiver]);
  expect(transceiver.currentDirection).toBe('sendonly');
  await offerTo(a, b);
  await answerTo(b, a);
  expect([a.getTransceivers(), b.getTransceivers()]).toEqual([[], []]);
  expect([a.getSenders(), a.getReceivers()]).toEqual([[], []]);
  expect(transceiver.direction).toBe('stopped');
  expect(transceiver.currentDirection).toBe('stopped');
});

test('the offer rejects the section of a stopping transceiver', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  a.addTransceiver('video');
  await negotiate(a, b);
  transceiver.stop();
  const { sections, bundles } = parse(await a.createOffer());
  expect(sections.map(({ port }) => port === 0)).toEqual([true, false]);
  expect(bundles).toEqual([[sections[1].mid]]);
});

test('a rejected section is used again by the next transceiver, with a new mid', async () => {
  const [a, b] = pair();
  const stopped = a.addTransceiver('audio');
  a.addTransceiver('video');
  await negotiate(a, b);
  const [{ mid }] = sectionsOf(a.localDescription);
  stopped.stop();
  await negotiate(a, b);
  const next = a.addTransceiver('video');
  await negotiate(a, b);
  const sections = sectionsOf(a.localDescription);
  expect(sections.map(({ kind }) => kind)).toEqual(['video', 'video']);
  expect(sections[0].mid).not.toBe(mid);
  expect(next.mid).toBe(sections[0].mid);
  expect(sections[0].port).not.toBe(0);
});

test('the other side may use a rejected section again', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  const next = b.addTransceiver('audio');
  await negotiate(b, a);
  expect(sectionsOf(b.localDescription)).toHaveLength(1);
  expect(a.getTransceivers().map(({ mid }) => mid)).toEqual([next.mid]);
});

test('the senders of a stopped transceiver refuse to send', async () => {
  const [a, b] = pair();
  const { sender } = a.addTransceiver('audio');
  await negotiate(a, b);
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  await rejects(sender.replaceTrack(audioTrack()), 'InvalidStateError');
});

// ---- Lists

test('getSenders(), getReceivers() and getTransceivers() are arrays of their own in the order of creation', () => {
  const pc = connection();
  const transceivers = [pc.addTransceiver('video'), pc.addTransceiver('audio')];
  expect(pc.getTransceivers()).toEqual(transceivers);
  expect(pc.getSenders()).toEqual(transceivers.map(({ sender }) => sender));
  expect(pc.getReceivers()).toEqual(transceivers.map(({ receiver }) => receiver));
  expect(pc.getTransceivers()).not.toBe(pc.getTransceivers());
});

test('after close() transceivers are stopped, and the lists have them still', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  await negotiate(a, b);
  a.close();
  expect(a.getTransceivers()).toEqual([transceiver]);
  expect(transceiver.direction).toBe('stopped');
  expect(transceiver.currentDirection).toBe('stopped');
});

test('close() ends the tracks of receivers, which fires ended', async () => {
  const pc = connection();
  const { track } = pc.addTransceiver('audio').receiver;
  const ended = nextEvent(track, 'ended');
  pc.close();
  await ended;
  expect(track.readyState).toBe('ended');
});

test('mids stay for the life of a transceiver', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  a.addTransceiver('video');
  await negotiate(a, b);
  const mids = a.getTransceivers().map(({ mid }) => mid);
  expect(b.getTransceivers().map(({ mid }) => mid)).toEqual(mids);
  b.addTrack(videoTrack());
  await negotiate(b, a);
  expect(a.getTransceivers().map(({ mid }) => mid)).toEqual(mids);
});

test('transceivers that only one side has made are numbered without a clash by both', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  b.addTransceiver('video');
  await negotiate(b, a);
  a.addTransceiver('video');
  await negotiate(a, b);
  const mids = a.getTransceivers().map(({ mid }) => mid);
  expect(new Set(mids).size).toBe(3);
  expect(
    b
      .getTransceivers()
      .map(({ mid }) => mid)
      .sort(),
  ).toEqual([...mids].sort());
});
