// What script sees of remote tracks while descriptions are set.

import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { implOf } from '../../../js/api/webidl/brand.js';
import { createLocalTrack, setMuted } from '../../../js/media/index.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCTrackEvent } = interfaces;

const offer = { type: 'offer', sdp: 'remote offer' };
const rollback = { type: 'rollback' };

let pc;
let fake;
let log;

/** A transceiver of a remote offer that sends us a track in these streams. */
const remote = (mid, remoteStreams, members = {}) => ({
  mid,
  mLineIndex: Number(mid),
  kind: 'audio',
  direction: 'recvonly',
  remoteSends: true,
  remoteStreams,
  ...members,
});
/** The next description does this to the engine's transceivers. */
const next = (effect) => fake.effects.push(effect);
const set = (members) => (engine) => {
  for (const [handle, changes] of Object.entries(members)) {
    Object.assign(engine.find(Number(handle)), changes);
  }
};
/** The offer with these transceivers, and its answer. */
const receive = async (...transceivers) => {
  next((engine) => transceivers.forEach((one) => engine.create(one)));
  await pc.setRemoteDescription(offer);
  const handles = fake.transceivers.list.map(({ handle }) => [
    handle,
    { currentDirection: 'recvonly' },
  ]);
  next(set(Object.fromEntries(handles)));
  await pc.setLocalDescription();
};
const watch = (stream) => {
  for (const type of ['addtrack', 'removetrack']) {
    stream.addEventListener(type, ({ track }) => log.push(`${type} ${track.kind} ${stream.id}`));
  }
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  pc = new RTCPeerConnection();
  fake = lastFake();
  log = [];
  pc.onsignalingstatechange = () => log.push(pc.signalingState);
  pc.ontrack = ({ transceiver, streams }) =>
    log.push(`track ${transceiver.mid} in ${streams.map(({ id }) => id).join(' ') || 'nothing'}`);
});

afterEach(() => pc.close());

test('track comes for each track, in the order of the sections, before the promise resolves', async () => {
  next((engine) => {
    engine.create(remote('1', ['s', 't'], { kind: 'video' }));
    engine.create(remote('0', []));
  });
  await pc.setRemoteDescription(offer).then(() => log.push('resolved'));
  expect(log).toEqual(['have-remote-offer', 'track 0 in nothing', 'track 1 in s t', 'resolved']);
});

test('track is an RTCTrackEvent whose streams have the track, and are frozen', async () => {
  let event;
  pc.ontrack = (one) => (event = one);
  next((engine) => engine.create(remote('0', ['s'])));
  await pc.setRemoteDescription(offer);
  expect(event).toBeInstanceOf(RTCTrackEvent);
  const [transceiver] = pc.getTransceivers();
  expect(event.transceiver).toBe(transceiver);
  expect(event.receiver).toBe(transceiver.receiver);
  expect(event.track).toBe(transceiver.receiver.track);
  expect(event.streams).toBe(event.streams);
  expect(Object.isFrozen(event.streams)).toBe(true);
  expect(event.streams[0].getTracks()).toEqual([event.track]);
  expect(event.track.muted).toBe(true);
});

test('A track that an offer brings has the id that the peer gave it, others one of their own', async () => {
  next((engine) => {
    engine.create(remote('0', [], { remoteTrackId: 'theirs' }));
    engine.create(remote('1', []));
  });
  await pc.setRemoteDescription(offer);
  const ids = pc.getReceivers().map(({ track }) => track.id);
  expect(ids).toEqual(['theirs', expect.stringMatching(/^[\da-f-]{36}$/)]);
});

test('A stream is made once for its id, whoever uses it', async () => {
  const streams = [];
  pc.ontrack = (event) => streams.push(event.streams[0]);
  await receive(remote('0', ['s']), remote('1', ['s'], { kind: 'video' }));
  expect(streams[0]).toBe(streams[1]);
  expect(streams[0].id).toBe('s');
  expect(streams[0].getTracks().map(({ kind }) => kind)).toEqual(['audio', 'video']);
  // Taken away by both and brought back by one of them.
  next(set({ 1: { remoteSends: false }, 2: { remoteSends: false } }));
  await pc.setRemoteDescription(offer);
  expect(streams[0].getTracks()).toEqual([]);
  next(set({ 2: { remoteSends: true } }));
  await pc.setRemoteDescription(offer);
  expect(streams[2]).toBe(streams[0]);
});

test('Nothing is fired for a track that goes on as it was', async () => {
  await receive(remote('0', ['s']));
  log.length = 0;
  await pc.setRemoteDescription(offer);
  expect(log).toEqual(['have-remote-offer']);
});

test('A track that goes is muted, leaves its streams, and comes back as the same track', async () => {
  await receive(remote('0', ['s']));
  const { track } = pc.getReceivers()[0];
  setMuted(track, false);
  const stream = implOf(pc.getReceivers()[0]).streams[0];
  watch(stream);
  track.onmute = () => log.push(`mute ${stream.getTracks().length}`);
  log.length = 0;
  next(set({ 1: { remoteSends: false } }));
  await pc.setRemoteDescription(offer).then(() => log.push('resolved'));
  expect(log).toEqual(['have-remote-offer', 'mute 1', 'removetrack audio s', 'resolved']);
  expect([track.muted, track.readyState]).toEqual([true, 'live']);
  log.length = 0;
  next(set({ 1: { remoteSends: true } }));
  await pc.setRemoteDescription(offer);
  expect(log).toEqual(['addtrack audio s', 'track 0 in s']);
  expect(pc.getReceivers()[0].track).toBe(track);
});

test('A track that is muted already leaves without a mute event', async () => {
  await receive(remote('0', ['s']));
  pc.getReceivers()[0].track.onmute = () => log.push('mute');
  log.length = 0;
  next(set({ 1: { remoteSends: false } }));
  await pc.setRemoteDescription(offer);
  expect(log).toEqual(['have-remote-offer']);
});

test('Events of one kind come for all tracks before those of the next kind', async () => {
  await receive(remote('0', ['s']), remote('1', ['t'], { kind: 'video' }));
  for (const receiver of pc.getReceivers()) {
    watch(implOf(receiver).streams[0]);
    setMuted(receiver.track, false);
    receiver.track.onmute = () => log.push(`mute ${receiver.track.kind}`);
  }
  log.length = 0;
  next(set({ 1: { remoteSends: false }, 2: { remoteStreams: ['s'] } }));
  await pc.setRemoteDescription(offer);
  expect(log).toEqual([
    'have-remote-offer',
    'mute audio',
    'removetrack audio s',
    'removetrack video t',
    'addtrack video s',
    'track 1 in s',
  ]);
});

test('A track that changes its streams is announced again only when it joins one', async () => {
  await receive(remote('0', ['s', 't']));
  log.length = 0;
  next(set({ 1: { remoteStreams: ['s'] } }));
  await pc.setRemoteDescription(offer);
  expect(log).toEqual(['have-remote-offer']);
  next(set({ 1: { remoteStreams: ['s', 'u'] } }));
  await pc.setRemoteDescription(offer);
  expect(log).toEqual(['have-remote-offer', 'track 0 in s u']);
});

test('A local answer that does not receive takes the track away', async () => {
  next((engine) => engine.create(remote('0', ['s'])));
  await pc.setRemoteDescription(offer);
  const [transceiver] = pc.getTransceivers();
  const stream = implOf(transceiver.receiver).streams[0];
  watch(stream);
  transceiver.direction = 'inactive';
  log.length = 0;
  next(set({ 1: { currentDirection: 'inactive' } }));
  await pc.setLocalDescription();
  expect(log).toEqual(['stable', 'removetrack audio s']);
  expect(transceiver.currentDirection).toBe('inactive');
});

test('A remote answer brings tracks as well', async () => {
  pc.addTransceiver('audio');
  await pc.setLocalDescription();
  log.length = 0;
  next(set({ 1: { remoteSends: true, remoteStreams: ['s'], currentDirection: 'sendrecv' } }));
  await pc.setRemoteDescription({ type: 'answer', sdp: 'remote answer' });
  expect(log).toEqual(['stable', 'track 0 in s']);
  expect(pc.getTransceivers()[0].currentDirection).toBe('sendrecv');
});

describe('Rollback of a remote offer', () => {
  test('takes the tracks out of their streams and ends those that go', async () => {
    next((engine) => engine.create(remote('0', ['s'])));
    await pc.setRemoteDescription(offer);
    const [transceiver] = pc.getTransceivers();
    const stream = implOf(transceiver.receiver).streams[0];
    const { track } = transceiver.receiver;
    watch(stream);
    track.onended = () => log.push('ended');
    log.length = 0;
    next((engine) => engine.remove(1));
    await pc.setRemoteDescription(rollback).then(() => log.push('resolved'));
    expect(log).toEqual(['stable', 'removetrack audio s', 'resolved']);
    await tasksDone();
    expect(log.at(-1)).toBe('ended');
    expect(stream.getTracks()).toEqual([]);
  });

  test('puts tracks back into the streams of the stable state', async () => {
    await receive(remote('0', ['s']));
    next(set({ 1: { remoteStreams: ['t'] } }));
    await pc.setRemoteDescription(offer);
    log.length = 0;
    next(set({ 1: { remoteStreams: ['s'] } }));
    await pc.setRemoteDescription(rollback);
    expect(log).toEqual(['stable', 'track 0 in s']);
    expect(implOf(pc.getReceivers()[0]).streams.map(({ id }) => id)).toEqual(['s']);
  });

  test('announces a track again that had gone with the offer', async () => {
    await receive(remote('0', ['s']));
    next(set({ 1: { remoteSends: false } }));
    await pc.setRemoteDescription(offer);
    log.length = 0;
    next(set({ 1: { remoteSends: true, remoteStreams: ['s'] } }));
    await pc.setRemoteDescription(rollback);
    expect(log).toEqual(['stable', 'track 0 in s']);
  });

  test('leaves tracks alone when it is a local offer that is rolled back', async () => {
    await receive(remote('0', ['s']));
    await pc.setLocalDescription();
    log.length = 0;
    await pc.setLocalDescription(rollback);
    expect(log).toEqual(['stable']);
  });
});

test('Nothing is told any more once a listener has closed the connection', async () => {
  pc.onsignalingstatechange = () => pc.close();
  next((engine) => engine.create(remote('0', ['s'])));
  pc.setRemoteDescription(offer).then(() => log.push('resolved'));
  await tasksDone();
  await tasksDone();
  expect(log).toEqual([]);
});

test('addTrack() while an offer is being set takes part in what the offer brings', async () => {
  next((engine) => {
    const [waiting] = engine.list;
    Object.assign(waiting, remote('0', ['s'], { direction: 'sendrecv' }));
  });
  const promise = pc.setRemoteDescription(offer);
  const sender = pc.addTrack(createLocalTrack('audio'));
  await promise;
  expect(pc.getTransceivers().map((one) => [one.mid, one.sender])).toEqual([['0', sender]]);
});
