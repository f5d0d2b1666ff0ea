// Tracks that descriptions bring and take away, and the events that tell them: webrtc-pc 5.1.1 and 5.7.

import { audioTrack, videoTrack } from './support/resources.js';
import { munge } from './support/sdp.js';
import { answerTo, copy, negotiate, offerTo, pair } from './support/session.js';
import { nextEvent, record } from './support/waiting.js';

// ---- Track events

test('a track event has the track, its receiver, its transceiver and its streams', async () => {
  const [a, b] = pair();
  const streams = [new MediaStream(), new MediaStream()];
  a.addTrack(audioTrack(), ...streams);
  const tracked = nextEvent(b, 'track');
  await offerTo(a, b);
  const event = await tracked;
  const [transceiver] = b.getTransceivers();
  expect(event instanceof RTCTrackEvent).toBe(true);
  expect(event.transceiver).toBe(transceiver);
  expect(event.receiver).toBe(transceiver.receiver);
  expect(event.track).toBe(transceiver.receiver.track);
  expect(event.streams.map(({ id }) => id)).toEqual(streams.map(({ id }) => id));
  for (const stream of event.streams) expect(stream.getTracks()).toEqual([event.track]);
  expect(Object.isFrozen(event.streams)).toBe(true);
});

test('a track event of a track without streams has none', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  const tracked = nextEvent(b, 'track');
  await offerTo(a, b);
  expect((await tracked).streams).toEqual([]);
});

test('a remote track is live, muted and of the kind of its section', async () => {
  const [a, b] = pair();
  a.addTrack(videoTrack());
  const tracked = nextEvent(b, 'track');
  await offerTo(a, b);
  const { track } = await tracked;
  expect(track instanceof MediaStreamTrack).toBe(true);
  expect([track.kind, track.readyState, track.muted, track.enabled]).toEqual([
    'video',
    'live',
    true,
    true,
  ]);
});

test('tracks of one stream come in one and the same MediaStream', async () => {
  const [a, b] = pair();
  const stream = new MediaStream();
  a.addTrack(audioTrack(), stream);
  a.addTrack(videoTrack(), stream);
  const events = [];
  b.addEventListener('track', (event) => events.push(event));
  await offerTo(a, b);
  expect(events.map(({ track }) => track.kind)).toEqual(['audio', 'video']);
  expect(events[0].streams[0]).toBe(events[1].streams[0]);
  expect(events[0].streams[0].getTracks()).toHaveLength(2);
});

test('when the first track event fires, every track is in its stream already', async () => {
  const [a, b] = pair();
  const stream = new MediaStream();
  a.addTrack(audioTrack(), stream);
  a.addTrack(videoTrack(), stream);
  const counts = [];
  b.addEventListener('track', ({ streams }) => counts.push(streams[0].getTracks().length));
  await offerTo(a, b);
  expect(counts).toEqual([2, 2]);
});

test('track events come in the order of the sections, before the promise settles and after signalingstatechange', async () => {
  const [a, b] = pair();
  a.addTrack(videoTrack());
  a.addTrack(audioTrack());
  const order = [];
  b.addEventListener('signalingstatechange', () => order.push(b.signalingState));
  b.addEventListener('track', ({ track }) => order.push(track.kind));
  await a.setLocalDescription();
  await b.setRemoteDescription(copy(a.localDescription)).then(() => order.push('settled'));
  expect(order).toEqual(['have-remote-offer', 'video', 'audio', 'settled']);
});

test('sections that the other side does not send in fire no track event', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio', { direction: 'recvonly' });
  a.addTransceiver('video', { direction: 'inactive' });
  const events = record(b, 'track');
  await negotiate(a, b);
  expect(events).toEqual([]);
});

test('an answer fires track events for what the answerer sends', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  const stream = new MediaStream();
  const tracked = nextEvent(a, 'track');
  await offerTo(a, b);
  b.addTrack(audioTrack(), stream);
  await answerTo(b, a);
  const event = await tracked;
  expect(event.transceiver).toBe(a.getTransceivers()[0]);
  expect(event.streams.map(({ id }) => id)).toEqual([stream.id]);
});

test('negotiating again without a change fires no track event', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack(), new MediaStream());
  await negotiate(a, b);
  const events = record(b, 'track');
  await negotiate(a, b);
  await negotiate(b, a);
  expect(events).toEqual([]);
});

test('a track that comes back fires a track event with the same receiver and track', async () => {
  const [a, b] = pair();
  const stream = new MediaStream();
  const sender = a.addTrack(audioTrack(), stream);
  const first = nextEvent(b, 'track');
  await negotiate(a, b);
  const { track, receiver } = await first;
  a.removeTrack(sender);
  await negotiate(a, b);
  a.getTransceivers()[0].direction = 'sendrecv';
  const second = nextEvent(b, 'track');
  await negotiate(a, b);
  const event = await second;
  expect(event.receiver).toBe(receiver);
  expect(event.track).toBe(track);
  expect(event.streams.map(({ id }) => id)).toEqual([stream.id]);
});

test('a stream that gets another track fires addtrack for it, before the track event', async () => {
  const [a, b] = pair();
  const stream = new MediaStream();
  a.addTrack(audioTrack(), stream);
  const first = nextEvent(b, 'track');
  await negotiate(a, b);
  const remote = (await first).streams[0];
  const order = [];
  remote.addEventListener('addtrack', ({ track }) => order.push(`addtrack ${track.kind}`));
  b.addEventListener('track', ({ track }) => order.push(`track ${track.kind}`));
  a.addTrack(videoTrack(), stream);
  await offerTo(a, b);
  expect(order).toEqual(['addtrack video', 'track video']);
});

test('a track that its sender removed is muted, and taken out of its streams with removetrack', async () => {
  const [a, b] = pair();
  const sender = a.addTrack(audioTrack(), new MediaStream());
  const tracked = nextEvent(b, 'track');
  await negotiate(a, b);
  const { track, streams } = await tracked;
  const removals = [];
  streams[0].addEventListener('removetrack', (event) => removals.push(event.track));
  a.removeTrack(sender);
  await negotiate(a, b);
  expect(removals).toEqual([track]);
  expect(streams[0].getTracks()).toEqual([]);
  expect(track.muted).toBe(true);
  expect(track.readyState).toBe('live');
});

test('a track whose streams change moves from the one to the other, which a track event tells', async () => {
  const [a, b] = pair();
  const sender = a.addTrack(audioTrack(), new MediaStream());
  const first = nextEvent(b, 'track');
  await negotiate(a, b);
  const { track, streams } = await first;
  const other = new MediaStream();
  sender.setStreams(other);
  const second = nextEvent(b, 'track');
  await negotiate(a, b);
  const event = await second;
  expect(event.track).toBe(track);
  expect(event.streams.map(({ id }) => id)).toEqual([other.id]);
  expect(streams[0].getTracks()).toEqual([]);
});

test('a track that leaves one of its streams is told by removetrack alone', async () => {
  const [a, b] = pair();
  const [kept, left] = [new MediaStream(), new MediaStream()];
  const sender = a.addTrack(audioTrack(), kept, left);
  const first = nextEvent(b, 'track');
  await negotiate(a, b);
  const { streams } = await first;
  const events = [...streams.map((stream) => record(stream, 'removetrack')), record(b, 'track')];
  sender.setStreams(kept);
  await negotiate(a, b);
  expect(events).toEqual([[], ['removetrack'], []]);
});

test('a section that the offer rejects stops its transceiver and ends its track', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  const [transceiver] = b.getTransceivers();
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  expect(transceiver.direction).toBe('stopped');
  expect(transceiver.currentDirection).toBe('stopped');
  expect(transceiver.receiver.track.readyState).toBe('ended');
  expect(b.getTransceivers()).toEqual([]);
});

test('a section that the answer rejects stops its transceiver', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  a.createDataChannel('channel');
  await offerTo(a, b);
  const answer = await b.createAnswer();
  const rejected = munge(answer, (line) =>
    line.replace(/^m=audio \d+/, 'm=audio 0').replace(/^(a=group:BUNDLE) 0/, '$1'),
  );
  await a.setRemoteDescription(rejected);
  expect(transceiver.currentDirection).toBe('stopped');
  expect(a.getTransceivers()).toEqual([]);
});
