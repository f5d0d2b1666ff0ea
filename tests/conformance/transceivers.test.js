// RTCRtpTransceiver and what makes them: webrtc-pc 5.1 (addTrack, removeTrack, addTransceiver) and 5.4.

import { throws } from './support/errors.js';
import { audioTrack, connection, trackOf } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { answerTo, negotiate, offerTo, pair } from './support/session.js';

const kDirections = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

// ---- addTransceiver()

for (const kind of ['audio', 'video']) {
  test(`addTransceiver('${kind}') creates a sendrecv transceiver without a track to send`, () => {
    const pc = connection();
    const transceiver = pc.addTransceiver(kind);
    expect(transceiver instanceof RTCRtpTransceiver).toBe(true);
    expect(transceiver.mid).toBe(null);
    expect(transceiver.direction).toBe('sendrecv');
    expect(transceiver.currentDirection).toBe(null);
    expect(transceiver.sender.track).toBe(null);
    expect(transceiver.receiver.track.kind).toBe(kind);
    expect(pc.getTransceivers()).toEqual([transceiver]);
    expect(pc.getSenders()).toEqual([transceiver.sender]);
    expect(pc.getReceivers()).toEqual([transceiver.receiver]);
  });

  test(`addTransceiver(track) takes the kind from its ${kind} track, and sends it`, () => {
    const pc = connection();
    const track = trackOf(kind);
    const { sender, receiver } = pc.addTransceiver(track);
    expect(sender.track).toBe(track);
    expect(receiver.track.kind).toBe(kind);
    expect(receiver.track).not.toBe(track);
  });
}

test('addTransceiver() gives the same objects for sender, receiver and track every time', () => {
  const transceiver = connection().addTransceiver('audio');
  expect(transceiver.sender).toBe(transceiver.sender);
  expect(transceiver.receiver).toBe(transceiver.receiver);
  expect(transceiver.receiver.track).toBe(transceiver.receiver.track);
});

test('the track of a new receiver is live and muted', () => {
  const { track } = connection().addTransceiver('video').receiver;
  expect(track instanceof MediaStreamTrack).toBe(true);
  expect([track.readyState, track.muted]).toEqual(['live', true]);
});

for (const direction of kDirections) {
  test(`addTransceiver() takes the direction ${direction}`, () => {
    const transceiver = connection().addTransceiver('audio', { direction });
    expect(transceiver.direction).toBe(direction);
    expect(transceiver.currentDirection).toBe(null);
  });
}

test('addTransceiver() takes streams', async () => {
  const pc = connection();
  const streams = [new MediaStream(), new MediaStream()];
  pc.addTransceiver(audioTrack(), { streams });
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual(
    streams.map(({ id }) => id),
  );
});

test('addTransceiver() takes the same track twice', () => {
  const pc = connection();
  const track = audioTrack();
  const senders = [pc.addTransceiver(track).sender, pc.addTransceiver(track).sender];
  expect(senders[0]).not.toBe(senders[1]);
  expect(pc.getSenders()).toEqual(senders);
});

for (const [what, args] of [
  ['a kind that is none', ['smell']],
  ['a direction that is none', ['audio', { direction: 'sideways' }]],
  ['no argument', []],
]) {
  test(`addTransceiver() throws a TypeError for ${what}`, () => {
    const pc = connection();
    throws(() => pc.addTransceiver(...args), 'TypeError');
    expect(pc.getTransceivers()).toEqual([]);
  });
}

test('addTransceiver() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  pc.close();
  throws(() => pc.addTransceiver('audio'), 'InvalidStateError');
});

test('addTransceiver() never takes a transceiver that is there already', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await offerTo(a, b);
  b.addTransceiver(audioTrack());
  expect(b.getTransceivers()).toHaveLength(2);
});

// ---- addTrack()

test('addTrack() creates a sendrecv transceiver and gives its sender', () => {
  const pc = connection();
  const track = audioTrack();
  const sender = pc.addTrack(track);
  const [transceiver] = pc.getTransceivers();
  expect(sender instanceof RTCRtpSender).toBe(true);
  expect(transceiver.sender).toBe(sender);
  expect(sender.track).toBe(track);
  expect(transceiver.direction).toBe('sendrecv');
});

test('addTrack() throws InvalidAccessError for a track that a sender has', () => {
  const pc = connection();
  const track = audioTrack();
  pc.addTrack(track);
  throws(() => pc.addTrack(track, new MediaStream()), 'InvalidAccessError');
});

test('addTrack() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  const track = audioTrack();
  pc.close();
  throws(() => pc.addTrack(track), 'InvalidStateError');
});

test('addTrack() throws a TypeError for what is no track', () => {
  throws(() => connection().addTrack(new MediaStream()), 'TypeError');
});

test('addTrack() throws a TypeError for what is no stream', () => {
  throws(() => connection().addTrack(audioTrack(), 'stream'), 'TypeError');
});

test('addTrack() takes the sender of a transceiver that never sent, of the same kind', () => {
  const pc = connection();
  const { sender } = pc.addTransceiver('audio', { direction: 'recvonly' });
  const track = audioTrack();
  expect(pc.addTrack(track)).toBe(sender);
  expect(sender.track).toBe(track);
  expect(pc.getTransceivers()).toHaveLength(1);
});

for (const [before, after] of [
  ['recvonly', 'sendrecv'],
  ['inactive', 'sendonly'],
  ['sendrecv', 'sendrecv'],
  ['sendonly', 'sendonly'],
]) {
  test(`addTrack() makes the ${before} transceiver that it takes ${after}`, () => {
    const pc = connection();
    const transceiver = pc.addTransceiver('audio', { direction: before });
    pc.addTrack(audioTrack());
    expect(transceiver.direction).toBe(after);
  });
}

test('addTrack() takes the first transceiver that fits', () => {
  const pc = connection();
  pc.addTransceiver('video');
  const first = pc.addTransceiver('audio');
  pc.addTransceiver('audio');
  expect(pc.addTrack(audioTrack())).toBe(first.sender);
});

test('addTrack() does not take a transceiver of the other kind', () => {
  const pc = connection();
  pc.addTransceiver('video');
  pc.addTrack(audioTrack());
  expect(pc.getTransceivers()).toHaveLength(2);
});

test('addTrack() does not take a transceiver that has a track', () => {
  const pc = connection();
  pc.addTrack(audioTrack());
  pc.addTrack(audioTrack());
  expect(pc.getTransceivers()).toHaveLength(2);
});

test('addTrack() does not take a transceiver that was stopped', () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  transceiver.stop();
  expect(pc.addTrack(audioTrack())).not.toBe(transceiver.sender);
});

test('addTrack() takes a transceiver that a remote offer created', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await offerTo(a, b);
  const [transceiver] = b.getTransceivers();
  expect(b.addTrack(audioTrack())).toBe(transceiver.sender);
  expect(transceiver.direction).toBe('sendrecv');
});

test('addTrack() does not take a sender that has sent', async () => {
  const [a, b] = pair();
  const sender = a.addTrack(audioTrack());
  await negotiate(a, b);
  a.removeTrack(sender);
  await negotiate(a, b);
  expect(a.addTrack(audioTrack())).not.toBe(sender);
  expect(a.getTransceivers()).toHaveLength(2);
});

test('addTrack() takes a sender whose track was removed before it was ever to send', () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  pc.removeTrack(sender);
  expect(pc.addTrack(audioTrack())).toBe(sender);
});

test('addTrack() puts the streams of a taken sender in place of what it had', async () => {
  const pc = connection();
  pc.addTransceiver('audio', { streams: [new MediaStream()] });
  const stream = new MediaStream();
  pc.addTrack(audioTrack(), stream);
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual([stream.id]);
});

test('addTrack() names a stream once that it got twice', async () => {
  const pc = connection();
  const stream = new MediaStream();
  pc.addTrack(audioTrack(), stream, stream);
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual([stream.id]);
});

// ---- removeTrack()

test('removeTrack() leaves the sender without a track, and the transceiver without the direction', () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  expect(pc.removeTrack(sender)).toBe(undefined);
  expect(sender.track).toBe(null);
  expect(pc.getSenders()).toEqual([sender]);
  expect(pc.getTransceivers()[0].direction).toBe('recvonly');
});

for (const [before, after] of [
  ['sendrecv', 'recvonly'],
  ['sendonly', 'inactive'],
  ['recvonly', 'recvonly'],
  ['inactive', 'inactive'],
]) {
  test(`removeTrack() makes the ${before} transceiver of its sender ${after}`, () => {
    const pc = connection();
    const transceiver = pc.addTransceiver(audioTrack(), { direction: before });
    pc.removeTrack(transceiver.sender);
    expect(transceiver.direction).toBe(after);
  });
}

test('removeTrack() changes currentDirection with the next negotiation', async () => {
  const [a, b] = pair();
  const sender = a.addTrack(audioTrack());
  await negotiate(a, b);
  const [transceiver] = a.getTransceivers();
  expect(transceiver.currentDirection).toBe('sendonly');
  a.removeTrack(sender);
  expect(transceiver.currentDirection).toBe('sendonly');
  await negotiate(a, b);
  expect(transceiver.currentDirection).toBe('inactive');
});

test('removeTrack() does nothing for a sender without a track', async () => {
  const pc = connection();
  const { sender } = pc.addTransceiver('audio');
  pc.removeTrack(sender);
  expect(pc.getTransceivers()[0].direction).toBe('sendrecv');
});

test('removeTrack() throws InvalidAccessError for a sender of another connection', () => {
  const sender = connection().addTrack(audioTrack());
  throws(() => connection().removeTrack(sender), 'InvalidAccessError');
});

test('removeTrack() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  pc.close();
  throws(() => pc.removeTrack(sender), 'InvalidStateError');
});

test('removeTrack() throws a TypeError for what is no sender', () => {
  throws(() => connection().removeTrack(audioTrack()), 'TypeError');
});

// ---- direction and currentDirection

for (const direction of kDirections) {
  test(`direction can be set to ${direction}, and is offered`, async () => {
    const pc = connection();
    const transceiver = pc.addTransceiver('audio');
    transceiver.direction = direction;
    expect(transceiver.direction).toBe(direction);
    expect(sectionsOf(await pc.createOffer())[0].direction).toBe(direction);
  });
}

test('direction ignores what is no direction', () => {
  const transceiver = connection().addTransceiver('audio');
  transceiver.direction = 'sideways';
  expect(transceiver.direction).toBe('sendrecv');
});

test('direction throws a TypeError for stopped', () => {
  const transceiver = connection().addTransceiver('audio');
  throws(() => (transceiver.direction = 'stopped'), 'TypeError');
  expect(transceiver.direction).toBe('sendrecv');
});

test('direction throws InvalidStateError for a stopping transceiver', () => {
  const transceiver = connection().addTransceiver('audio');
  transceiver.stop();
  throws(() => (transceiver.direction = 'sendonly'), 'InvalidStateError');
});

test('direction throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  pc.close();
  throws(() => (transceiver.direction = 'sendonly'), 'InvalidStateError');
});

test('currentDirection is what was agreed, seen from each side', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio', { direction: 'sendonly' });
  await negotiate(a, b);
  expect(a.getTransceivers()[0].currentDirection).toBe('sendonly');
  expect(b.getTransceivers()[0].currentDirection).toBe('recvonly');
});

test('currentDirection stays while direction changes, until the next answer', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  await negotiate(a, b);
  transceiver.direction = 'inactive';
  expect(transceiver.currentDirection).toBe('sendonly');
  await offerTo(a, b);
  expect(transceiver.currentDirection).toBe('sendonly');
  await answerTo(b, a);
  expect(transceiver.currentDirection).toBe('inactive');
});

test('currentDirection cannot be set', () => {
  const transceiver = connection().addTransceiver('audio');
  throws(() => {
    'use strict';
    transceiver.currentDirection = 'sendrecv';
  }, 'TypeError');
});
