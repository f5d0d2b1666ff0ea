// RTCPeerConnection.setRemoteDescription(): webrtc-pc 4.4.1.5, 4.4.2, 4.4.3 and 5.1.1.

import { rejects } from './support/errors.js';
import { audioTrack, connection, videoTrack } from './support/resources.js';
import { munge, sectionsOf } from './support/sdp.js';
import { copy, negotiate, offerTo, pair } from './support/session.js';
import { fateOf, nextEvent, quiet, record } from './support/waiting.js';

/** An offer that another connection has set. */
async function remoteOffer(prepare = (pc) => void pc.createDataChannel('channel')) {
  const pc = connection();
  prepare(pc);
  await pc.setLocalDescription();
  return copy(pc.localDescription);
}

const descriptionsOf = (pc) => [
  pc.currentLocalDescription?.type ?? null,
  pc.pendingLocalDescription?.type ?? null,
  pc.currentRemoteDescription?.type ?? null,
  pc.pendingRemoteDescription?.type ?? null,
];

// ---- Offer

test('an offer set in stable is the pending remote description, in have-remote-offer', async () => {
  const pc = connection();
  const offer = await remoteOffer();
  await expect(pc.setRemoteDescription(offer)).resolves.toBe(undefined);
  expect(pc.signalingState).toBe('have-remote-offer');
  expect(descriptionsOf(pc)).toEqual([null, null, null, 'offer']);
  expect(pc.remoteDescription).toBe(pc.pendingRemoteDescription);
  expect(pc.remoteDescription.sdp).toBe(offer.sdp);
  expect(pc.remoteDescription instanceof RTCSessionDescription).toBe(true);
});

test('another offer in have-remote-offer replaces the first', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  a.addTransceiver('audio');
  await offerTo(a, b);
  expect(b.signalingState).toBe('have-remote-offer');
  expect(sectionsOf(b.remoteDescription)).toHaveLength(2);
  expect(b.getTransceivers()).toHaveLength(1);
});

test('an offer in have-local-offer rolls the local one back by itself', async () => {
  const pc = connection();
  pc.createDataChannel('mine');
  await pc.setLocalDescription();
  const states = [];
  pc.addEventListener('signalingstatechange', () => states.push(pc.signalingState));
  await pc.setRemoteDescription(await remoteOffer());
  expect(pc.signalingState).toBe('have-remote-offer');
  expect(pc.localDescription).toBe(null);
  expect(states).toEqual(['stable', 'have-remote-offer']);
});

test('an offer in have-local-offer that is refused leaves the local one rolled back', async () => {
  const pc = connection();
  pc.createDataChannel('mine');
  await pc.setLocalDescription();
  await rejects(
    pc.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nrubbish' }),
    'OperationError',
  );
  expect(pc.signalingState).toBe('stable');
});

test('an offer in have-local-pranswer is an InvalidStateError', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await rejects(b.setRemoteDescription(copy(a.localDescription)), 'InvalidStateError');
});

test('an offer creates a transceiver for every media section', async () => {
  const pc = connection();
  const offer = await remoteOffer((other) => {
    other.addTransceiver('video');
    other.addTransceiver('audio', { direction: 'sendonly' });
    other.addTransceiver('audio', { direction: 'recvonly' });
    other.createDataChannel('channel');
  });
  await pc.setRemoteDescription(offer);
  const transceivers = pc.getTransceivers();
  expect(transceivers.map(({ receiver }) => receiver.track.kind)).toEqual([
    'video',
    'audio',
    'audio',
  ]);
  const media = sectionsOf(offer).filter(({ kind }) => kind !== 'application');
  expect(transceivers.map(({ mid }) => mid)).toEqual(media.map(({ mid }) => mid));
  for (const { direction, currentDirection, sender, receiver } of transceivers) {
    expect(direction).toBe('recvonly');
    expect(currentDirection).toBe(null);
    expect(sender.track).toBe(null);
    expect(receiver.track.readyState).toBe('live');
  }
});

test('an offer is associated with transceivers that addTrack() created, of the same kind and in order', async () => {
  const pc = connection();
  pc.addTrack(videoTrack());
  pc.addTrack(audioTrack());
  const before = pc.getTransceivers();
  await pc.setRemoteDescription(
    await remoteOffer((other) => {
      other.addTransceiver('audio');
      other.addTransceiver('video');
    }),
  );
  expect(pc.getTransceivers()).toEqual(before);
  const [video, audio] = before;
  const [audioSection, videoSection] = sectionsOf(pc.remoteDescription);
  expect([audio.mid, video.mid]).toEqual([audioSection.mid, videoSection.mid]);
  expect([audio.direction, video.direction]).toEqual(['sendrecv', 'sendrecv']);
});

test('an offer is not associated with transceivers that addTransceiver() created', async () => {
  const pc = connection();
  const own = pc.addTransceiver('audio');
  await pc.setRemoteDescription(await remoteOffer((other) => void other.addTransceiver('audio')));
  expect(pc.getTransceivers()).toHaveLength(2);
  expect(own.mid).toBe(null);
});

test('an offer that only wants to receive is not associated with a transceiver that does not send', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  pc.removeTrack(sender);
  await pc.setRemoteDescription(
    await remoteOffer((other) => void other.addTransceiver('audio', { direction: 'sendonly' })),
  );
  // RFC 9429 section 5.10: sendrecv and recvonly sections look for addTrack()'s transceivers.
  expect(pc.getTransceivers()).toHaveLength(2);
});

// ---- Answer

test('an answer makes both descriptions current, in stable', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await negotiate(a, b);
  expect(a.signalingState).toBe('stable');
  expect(descriptionsOf(a)).toEqual(['offer', null, 'answer', null]);
});

test('an answer decides currentDirection and leaves direction alone', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  a.addTransceiver('video', { direction: 'recvonly' });
  await negotiate(a, b);
  expect(a.getTransceivers().map((x) => [x.direction, x.currentDirection])).toEqual([
    ['sendrecv', 'sendonly'],
    ['recvonly', 'inactive'],
  ]);
});

for (const type of ['answer', 'pranswer']) {
  test(`${type} in stable is an InvalidStateError`, async () => {
    const { sdp } = await remoteOffer();
    await rejects(connection().setRemoteDescription({ type, sdp }), 'InvalidStateError');
  });

  test(`${type} in have-remote-offer is an InvalidStateError`, async () => {
    const pc = connection();
    const offer = await remoteOffer();
    await pc.setRemoteDescription(offer);
    await rejects(pc.setRemoteDescription({ type, sdp: offer.sdp }), 'InvalidStateError');
  });
}

for (const [what, change] of [
  ['with fewer sections than the offer', (sdp) => sdp.slice(0, sdp.indexOf('m=application'))],
  [
    'with its sections in another order',
    (sdp) => {
      const parts = sdp.split(/^(?=m=)/m);
      return [parts[0], parts[2], parts[1]].join('');
    },
  ],
  ['with another mid', (sdp) => sdp.replace(/^a=mid:0/m, 'a=mid:9')],
]) {
  test(`an answer ${what} is refused`, async () => {
    const [a, b] = pair();
    a.addTransceiver('audio');
    a.createDataChannel('channel');
    await offerTo(a, b);
    const { type, sdp } = await b.createAnswer();
    const altered = change(sdp);
    expect(altered).not.toBe(sdp);
    const error = await a.setRemoteDescription({ type, sdp: altered }).then(
      () => undefined,
      (reason) => reason,
    );
    expect(['InvalidAccessError', 'OperationError']).toContain(error?.name);
    expect(a.signalingState).toBe('have-local-offer');
  });
}

// ---- Provisional answer

test('a provisional answer is the pending remote description, in have-remote-pranswer', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  expect(a.signalingState).toBe('have-remote-pranswer');
  expect(descriptionsOf(a)).toEqual([null, 'offer', null, 'pranswer']);
});

test('a provisional answer decides currentDirection too', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  expect(a.getTransceivers()[0].currentDirection).toBe('sendonly');
});

test('the answer follows provisional answers', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  await a.setRemoteDescription({ type: 'answer', sdp });
  expect(a.signalingState).toBe('stable');
  expect(descriptionsOf(a)).toEqual(['offer', null, 'answer', null]);
});

test('an offer in have-remote-pranswer is an InvalidStateError', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await a.setRemoteDescription({ type: 'pranswer', sdp });
  await rejects(a.setRemoteDescription(await remoteOffer()), 'InvalidStateError');
});

// ---- Rollback

test('rollback of a remote offer goes back to stable', async () => {
  const pc = connection();
  await pc.setRemoteDescription(await remoteOffer());
  await pc.setRemoteDescription({ type: 'rollback' });
  expect(pc.signalingState).toBe('stable');
  expect(descriptionsOf(pc)).toEqual([null, null, null, null]);
});

test('rollback removes the transceivers that the offer created, and stops them', async () => {
  const pc = connection();
  const own = pc.addTransceiver('video');
  await pc.setRemoteDescription(await remoteOffer((other) => void other.addTransceiver('audio')));
  const created = pc.getTransceivers()[1];
  const ended = nextEvent(created.receiver.track, 'ended');
  await pc.setRemoteDescription({ type: 'rollback' });
  expect(pc.getTransceivers()).toEqual([own]);
  expect(created.direction).toBe('stopped');
  await ended;
});

test('rollback keeps a transceiver that the offer created and a track was added to', async () => {
  const pc = connection();
  await pc.setRemoteDescription(await remoteOffer((other) => void other.addTransceiver('audio')));
  const [created] = pc.getTransceivers();
  const track = audioTrack();
  expect(pc.addTrack(track)).toBe(created.sender);
  await pc.setRemoteDescription({ type: 'rollback' });
  expect(pc.getTransceivers()).toEqual([created]);
  expect(created.mid).toBe(null);
  expect(created.sender.track).toBe(track);
});

test('rollback takes the mid from a transceiver of addTrack() that the offer was associated with', async () => {
  const pc = connection();
  pc.addTrack(audioTrack());
  const [transceiver] = pc.getTransceivers();
  await pc.setRemoteDescription(await remoteOffer((other) => void other.addTransceiver('audio')));
  expect(transceiver.mid).not.toBe(null);
  await pc.setRemoteDescription({ type: 'rollback' });
  expect(transceiver.mid).toBe(null);
  expect(pc.getTransceivers()).toEqual([transceiver]);
});

test('rollback takes remote tracks out of their streams', async () => {
  const [a, b] = pair();
  const stream = new MediaStream();
  a.addTrack(audioTrack(), stream);
  const tracked = nextEvent(b, 'track');
  await offerTo(a, b);
  const { streams, track } = await tracked;
  expect(streams[0].getTracks()).toEqual([track]);
  const removed = record(streams[0], 'removetrack');
  await b.setRemoteDescription({ type: 'rollback' });
  expect(streams[0].getTracks()).toEqual([]);
  expect(removed).toEqual(['removetrack']);
});

for (const [what, prepare] of [
  ['stable', async () => connection()],
  [
    'have-remote-pranswer',
    async () => {
      const [a, b] = pair();
      a.createDataChannel('channel');
      await offerTo(a, b);
      const { sdp } = await b.createAnswer();
      await a.setRemoteDescription({ type: 'pranswer', sdp });
      return a;
    },
  ],
]) {
  test(`rollback in ${what} is an InvalidStateError`, async () => {
    const pc = await prepare();
    await rejects(pc.setRemoteDescription({ type: 'rollback' }), 'InvalidStateError');
  });
}

// ---- canTrickleIceCandidates

test('canTrickleIceCandidates is null before there is a remote description', () => {
  expect(connection().canTrickleIceCandidates).toBe(null);
});

test('canTrickleIceCandidates is true when the peer says so, in its session or its sections', async () => {
  const pc = connection();
  await pc.setRemoteDescription(await remoteOffer());
  expect(pc.canTrickleIceCandidates).toBe(true);
});

test('canTrickleIceCandidates is false when the peer does not say so', async () => {
  const pc = connection();
  const offer = munge(await remoteOffer(), (line) =>
    line.startsWith('a=ice-options:') ? null : line,
  );
  await pc.setRemoteDescription(offer);
  expect(pc.canTrickleIceCandidates).toBe(false);
});

// ---- Forms and conversions

test('setRemoteDescription() takes an RTCSessionDescription', async () => {
  const pc = connection();
  await pc.setRemoteDescription(new RTCSessionDescription(await remoteOffer()));
  expect(pc.signalingState).toBe('have-remote-offer');
});

for (const [what, args] of [
  ['no argument', []],
  ['undefined', [undefined]],
  ['a description without a type', [{ sdp: 'v=0\r\n' }]],
  ['a type that is none', [{ type: 'question', sdp: '' }]],
]) {
  test(`setRemoteDescription() rejects with a TypeError for ${what}`, async () => {
    await rejects(connection().setRemoteDescription(...args), 'TypeError');
  });
}

test('setRemoteDescription(description, success, failure) resolves with undefined and calls success without arguments', async () => {
  const pc = connection();
  const calls = [];
  const returned = pc.setRemoteDescription(
    await remoteOffer(),
    (...args) => calls.push(args),
    (error) => calls.push(error),
  );
  await expect(returned).resolves.toBe(undefined);
  await quiet();
  expect(calls).toEqual([[]]);
});

test('setRemoteDescription(description, success, failure) gives failure the DOMException', async () => {
  const calls = [];
  const pc = connection();
  await pc.setRemoteDescription(
    { type: 'rollback' },
    () => calls.push('success'),
    (error) => calls.push(error.name),
  );
  await quiet();
  expect(calls).toEqual(['InvalidStateError']);
});

test('setRemoteDescription() rejects with InvalidStateError when the connection is closed', async () => {
  const pc = connection();
  pc.close();
  await rejects(pc.setRemoteDescription(await remoteOffer()), 'InvalidStateError');
});

test('setRemoteDescription() never settles when the connection is closed before it is done', async () => {
  const pc = connection();
  const setting = pc.setRemoteDescription(await remoteOffer());
  pc.close();
  expect(await fateOf(setting)).toBe('pending');
  expect(pc.remoteDescription).toBe(null);
});
