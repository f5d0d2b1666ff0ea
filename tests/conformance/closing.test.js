// "Close the connection": webrtc-pc 4.4.1.4.

import { throws } from './support/errors.js';
import { audioTrack, connection } from './support/resources.js';
import { connectedPair, negotiate, pair } from './support/session.js';
import { fateOf, gathered, nextEvent, quiet, record, until } from './support/waiting.js';

const kEvents = [
  'negotiationneeded',
  'icecandidate',
  'icecandidateerror',
  'signalingstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'connectionstatechange',
  'track',
  'datachannel',
];

test('close() sets all states in the call', async () => {
  const { a } = await connectedPair();
  expect(a.close()).toBe(undefined);
  expect(a).toMatchObject({
    signalingState: 'closed',
    iceConnectionState: 'closed',
    connectionState: 'closed',
  });
});

test('close() fires no event on the connection', async () => {
  const { a } = await connectedPair();
  const events = record(a, ...kEvents);
  a.close();
  await quiet();
  expect(events).toEqual([]);
});

test('close() while gathering lets no candidate through', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  const events = record(pc, ...kEvents);
  pc.close();
  await quiet();
  expect(events).toEqual([]);
});

test('close() takes back what is queued already', async () => {
  const [a, b] = pair();
  const events = record(b, ...kEvents);
  a.addTrack(audioTrack());
  await a.setLocalDescription();
  b.setRemoteDescription(a.localDescription);
  b.addTransceiver('video');
  b.close();
  await quiet();
  expect(events).toEqual([]);
});

test('close() in an event handler lets nothing through that the same task would still have fired', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  a.addEventListener('signalingstatechange', () => a.close());
  const setting = a.setRemoteDescription(b.localDescription);
  await nextEvent(a, 'signalingstatechange');
  const events = record(a, ...kEvents);
  expect(await fateOf(setting)).toBe('pending');
  expect(events).toEqual([]);
});

test('close() twice is as good as once', () => {
  const pc = connection();
  pc.close();
  expect(pc.close()).toBe(undefined);
  expect(pc.signalingState).toBe('closed');
});

test('close() keeps the descriptions', async () => {
  const { a } = await connectedPair();
  await gathered(a);
  const before = [a.localDescription.sdp, a.remoteDescription.sdp];
  a.close();
  expect([a.localDescription.sdp, a.remoteDescription.sdp]).toEqual(before);
});

test('close() closes the transports and channels in the call', async () => {
  const { a } = await connectedPair();
  const { sctp } = a;
  const { transport } = sctp;
  a.close();
  expect([sctp.state, transport.state, transport.iceTransport.state]).toEqual([
    'closed',
    'closed',
    'closed',
  ]);
});

test('close() ends nothing that was sent, and is seen by the other side', async () => {
  const { a, b } = await connectedPair();
  const track = audioTrack();
  a.addTrack(track);
  await negotiate(a, b);
  const { transport } = b.sctp;
  a.close();
  expect(track.readyState).toBe('live');
  await until(transport, 'statechange', () => transport.state === 'closed');
  expect(b.signalingState).toBe('stable');
});

test('methods that need an open connection throw InvalidStateError after close()', () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  pc.close();
  throws(() => pc.addTransceiver('audio'), 'InvalidStateError');
  throws(() => pc.addTrack(audioTrack()), 'InvalidStateError');
  throws(() => pc.removeTrack(transceiver.sender), 'InvalidStateError');
  throws(() => pc.createDataChannel('channel'), 'InvalidStateError');
  throws(() => pc.setConfiguration({}), 'InvalidStateError');
  throws(() => transceiver.stop(), 'InvalidStateError');
});
