// RTCPeerConnection.setLocalDescription(): webrtc-pc 4.4.1.5, 4.4.2 and 4.4.3.

import { rejects } from './support/errors.js';
import { audioTrack, connection } from './support/resources.js';
import { munge, sectionsOf } from './support/sdp.js';
import { answerTo, connectedPair, copy, negotiate, offerTo, pair } from './support/session.js';
import { fateOf, gathered, nextEvent, quiet, record } from './support/waiting.js';

/** A connection with something to offer. */
function offerer(configuration) {
  const pc = connection(configuration);
  pc.createDataChannel('channel');
  return pc;
}

/** An answerer that has an offer, and what made it. */
async function offered() {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  return [a, b];
}

const descriptionsOf = (pc) => [
  pc.currentLocalDescription?.type ?? null,
  pc.pendingLocalDescription?.type ?? null,
  pc.currentRemoteDescription?.type ?? null,
  pc.pendingRemoteDescription?.type ?? null,
];

// ---- Offer

test('an offer set in stable is the pending local description, in have-local-offer', async () => {
  const pc = offerer();
  const offer = await pc.createOffer();
  await expect(pc.setLocalDescription(offer)).resolves.toBe(undefined);
  expect(pc.signalingState).toBe('have-local-offer');
  expect(descriptionsOf(pc)).toEqual([null, 'offer', null, null]);
  expect(pc.localDescription).toBe(pc.pendingLocalDescription);
  expect(pc.localDescription.sdp).toBe(offer.sdp);
  expect(pc.localDescription instanceof RTCSessionDescription).toBe(true);
});

test('localDescription is the same object as long as nothing changes', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  await gathered(pc);
  expect(pc.localDescription).toBe(pc.localDescription);
});

test('another offer in have-local-offer replaces the first', async () => {
  const pc = offerer();
  await pc.setLocalDescription(await pc.createOffer());
  pc.addTransceiver('audio');
  await pc.setLocalDescription(await pc.createOffer());
  expect(pc.signalingState).toBe('have-local-offer');
  expect(sectionsOf(pc.localDescription)).toHaveLength(2);
});

test('setting an offer gives transceivers their mids', async () => {
  const pc = connection();
  const transceivers = [pc.addTransceiver('audio'), pc.addTransceiver('video')];
  expect(transceivers.map(({ mid }) => mid)).toEqual([null, null]);
  await pc.setLocalDescription();
  expect(transceivers.map(({ mid }) => mid)).toEqual(
    sectionsOf(pc.localDescription).map(({ mid }) => mid),
  );
});

test('setting an offer leaves currentDirection null', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  await pc.setLocalDescription();
  expect(transceiver.currentDirection).toBe(null);
});

test('setting an offer starts gathering, and candidates become part of localDescription', async () => {
  const pc = offerer();
  const gathering = nextEvent(pc, 'icegatheringstatechange');
  await pc.setLocalDescription(await pc.createOffer());
  await gathering;
  expect(pc.iceGatheringState).toBe('gathering');
  const candidates = [];
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.candidate) candidates.push(`a=${candidate.candidate}`);
  });
  await gathered(pc);
  const [section] = sectionsOf(pc.localDescription);
  expect(candidates.length).toBeGreaterThan(0);
  const withoutExtensions = (line) => line.replace(/ (generation|ufrag|network-\w+) .*$/, '');
  const lines = section.lines.filter((line) => line.startsWith('a=candidate:'));
  expect(lines.map(withoutExtensions).sort()).toEqual(
    expect.arrayContaining(candidates.map(withoutExtensions)),
  );
});

test('an offer without sections gathers nothing', async () => {
  const pc = connection();
  const events = record(pc, 'icegatheringstatechange', 'icecandidate');
  await pc.setLocalDescription();
  await quiet();
  expect(pc.signalingState).toBe('have-local-offer');
  expect(events).toEqual([]);
  expect(pc.iceGatheringState).toBe('new');
});

test('an offer set without its sdp is the one that was created last', async () => {
  const pc = offerer();
  const { sdp } = await pc.createOffer();
  await pc.setLocalDescription({ type: 'offer' });
  expect(pc.localDescription.sdp).toBe(sdp);
});

test('an offer set without its sdp is created when there is none', async () => {
  const pc = offerer();
  await pc.setLocalDescription({ type: 'offer', sdp: '' });
  expect(sectionsOf(pc.localDescription)).toHaveLength(1);
});

test('an offer set without its sdp is created anew when the one that was created is no longer accurate', async () => {
  const pc = offerer();
  await pc.createOffer();
  pc.addTransceiver('audio');
  await pc.setLocalDescription({ type: 'offer' });
  const kinds = sectionsOf(pc.localDescription).map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(['application', 'audio']);
});

test('an offer set in have-remote-offer is an InvalidStateError', async () => {
  const [, b] = await offered();
  await rejects(b.setLocalDescription({ type: 'offer' }), 'InvalidStateError');
  expect(b.signalingState).toBe('have-remote-offer');
});

// ---- Munging (webrtc-pc 4.4.2: description.sdp is what createOffer() or createAnswer() gave last)

for (const [what, change] of [
  ['another username fragment', (line) => line.replace(/^a=ice-ufrag:.*/, 'a=ice-ufrag:mine')],
  ['another fingerprint', (line) => line.replace(/^(a=fingerprint:\S+ )../, '$100')],
  ['another mid', (line) => line.replace(/^(a=mid:|a=group:BUNDLE ).*/, '$1other')],
  ['another protocol', (line) => line.replace('UDP/DTLS/SCTP', 'TCP/DTLS/SCTP')],
  ['a section less', (line) => (line.startsWith('m=') ? null : line)],
]) {
  test(`an offer with ${what} than was created is an InvalidModificationError`, async () => {
    const pc = offerer();
    const offer = munge(await pc.createOffer(), change);
    await rejects(pc.setLocalDescription(offer), 'InvalidModificationError');
    expect(pc.signalingState).toBe('stable');
    expect(pc.localDescription).toBe(null);
  });
}

/** A section's attributes in another order, as libraries write what they have parsed. */
const reordered = ({ type, sdp }) => {
  const sections = sdp.split(/^(?=m=)/m).map((section) => {
    const lines = section.split(/(?<=\r\n)/);
    const attributes = lines.filter((line) => line.startsWith('a='));
    return [...lines.filter((line) => !attributes.includes(line)), ...attributes.reverse()];
  });
  return { type, sdp: sections.flat().join('') };
};

for (const [what, change] of [
  ['in another order', reordered],
  [
    'with other wishes of the receiver',
    (offer) => munge(offer, (line) => line.replace('useinbandfec=1', 'useinbandfec=1;stereo=1')),
  ],
]) {
  test(`a description that was created is taken ${what}`, async () => {
    const [a, b] = pair();
    a.createDataChannel('channel');
    a.addTransceiver('audio');
    const offer = change(await a.createOffer());
    await a.setLocalDescription(offer);
    await b.setRemoteDescription(offer);
    const answer = change(await b.createAnswer());
    await b.setLocalDescription(answer);
    await a.setRemoteDescription(answer);
    expect([a.signalingState, b.signalingState]).toEqual(['stable', 'stable']);
    expect(a.localDescription.sdp.length).toBeGreaterThanOrEqual(offer.sdp.length);
  });
}

test('an offer that was made by another connection is an InvalidModificationError', async () => {
  const [a, b] = [offerer(), offerer()];
  const offer = await a.createOffer();
  await b.createOffer();
  await rejects(b.setLocalDescription(offer), 'InvalidModificationError');
});

test('an offer of the connection that is not the last one created is an InvalidModificationError', async () => {
  const pc = offerer();
  const first = await pc.createOffer();
  pc.addTransceiver('audio');
  await pc.createOffer();
  await rejects(pc.setLocalDescription(first), 'InvalidModificationError');
});

test('an answer that was changed is an InvalidModificationError', async () => {
  const [, b] = await offered();
  const answer = munge(await b.createAnswer(), (line) =>
    line.replace(/^a=ice-ufrag:.*/, 'a=ice-ufrag:mine'),
  );
  await rejects(b.setLocalDescription(answer), 'InvalidModificationError');
  expect(b.signalingState).toBe('have-remote-offer');
});

test('after a changed offer was refused, the unchanged one is taken', async () => {
  const pc = offerer();
  const offer = await pc.createOffer();
  await pc.setLocalDescription({ type: 'offer', sdp: `${offer.sdp}a=` }).catch(() => {});
  await pc.setLocalDescription(offer);
  expect(pc.signalingState).toBe('have-local-offer');
});

// ---- Answer

test('an answer makes both descriptions current, in stable', async () => {
  const [, b] = await offered();
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  expect(b.signalingState).toBe('stable');
  expect(descriptionsOf(b)).toEqual(['answer', null, 'offer', null]);
  expect(b.localDescription.sdp).toBe(answer.sdp);
});

test('an answer decides currentDirection', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  a.addTransceiver('video', { direction: 'inactive' });
  await offerTo(a, b);
  await b.setLocalDescription(await b.createAnswer());
  expect(b.getTransceivers().map(({ currentDirection }) => currentDirection)).toEqual([
    'recvonly',
    'inactive',
  ]);
});

test('an answer set without its sdp is created when there is none', async () => {
  const [a, b] = await offered();
  await b.setLocalDescription({ type: 'answer' });
  await a.setRemoteDescription(copy(b.localDescription));
  expect(a.signalingState).toBe('stable');
});

for (const type of ['answer', 'pranswer']) {
  test(`${type} in stable is an InvalidStateError`, async () => {
    await rejects(offerer().setLocalDescription({ type, sdp: '' }), 'InvalidStateError');
  });

  test(`${type} in have-local-offer is an InvalidStateError`, async () => {
    const pc = offerer();
    await pc.setLocalDescription();
    await rejects(pc.setLocalDescription({ type, sdp: '' }), 'InvalidStateError');
  });
}

// ---- Provisional answer

test('a provisional answer is the pending local description, in have-local-pranswer', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  expect(b.signalingState).toBe('have-local-pranswer');
  expect(descriptionsOf(b)).toEqual([null, 'pranswer', null, 'offer']);
});

test('the answer follows a provisional answer', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await b.setLocalDescription(await b.createAnswer());
  expect(b.signalingState).toBe('stable');
  expect(descriptionsOf(b)).toEqual(['answer', null, 'offer', null]);
});

test('an offer in have-local-pranswer is an InvalidStateError', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await rejects(b.setLocalDescription({ type: 'offer', sdp: '' }), 'InvalidStateError');
});

// ---- Rollback

test('rollback of a local offer goes back to stable and forgets the offer', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  await pc.setLocalDescription({ type: 'rollback' });
  expect(pc.signalingState).toBe('stable');
  expect(descriptionsOf(pc)).toEqual([null, null, null, null]);
});

test('rollback takes from transceivers the mids that the offer gave them', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  await pc.setLocalDescription();
  await pc.setLocalDescription({ type: 'rollback' });
  expect(transceiver.mid).toBe(null);
  expect(pc.getTransceivers()).toEqual([transceiver]);
});

test('rollback of a later offer goes back to the descriptions of before', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await negotiate(a, b);
  await gathered(a);
  const before = a.localDescription.sdp;
  const transceiver = a.addTransceiver('audio');
  await a.setLocalDescription();
  expect(transceiver.mid).not.toBe(null);
  await a.setLocalDescription({ type: 'rollback' });
  expect(a.localDescription.sdp).toBe(before);
  expect(descriptionsOf(a)).toEqual(['offer', null, 'answer', null]);
  expect(transceiver.mid).toBe(null);
});

test('rollback reads nothing but the type', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  await pc.setLocalDescription({ type: 'rollback', sdp: '!<"@$%' });
  expect(pc.signalingState).toBe('stable');
});

test('rollback ends gathering for an offer that is gone', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  await pc.setLocalDescription({ type: 'rollback' });
  await quiet();
  expect(pc.iceGatheringState).toBe('new');
});

test('after a rollback the offer can be made and set again', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  await a.setLocalDescription({ type: 'rollback' });
  await negotiate(a, b);
  expect(a.signalingState).toBe('stable');
});

test('rollback in stable is an InvalidStateError', async () => {
  await rejects(connection().setLocalDescription({ type: 'rollback' }), 'InvalidStateError');
});

test('rollback in have-local-pranswer is an InvalidStateError', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await rejects(b.setLocalDescription({ type: 'rollback' }), 'InvalidStateError');
});

// ---- The implicit forms

for (const [what, args] of [
  ['no argument', []],
  ['undefined', [undefined]],
  ['null', [null]],
  ['an empty dictionary', [{}]],
]) {
  test(`setLocalDescription() with ${what} offers in stable`, async () => {
    const pc = offerer();
    await pc.setLocalDescription(...args);
    expect(pc.signalingState).toBe('have-local-offer');
    expect(pc.localDescription.type).toBe('offer');
  });
}

test('setLocalDescription() offers anew in have-local-offer', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  pc.addTransceiver('video');
  await pc.setLocalDescription();
  expect(sectionsOf(pc.localDescription)).toHaveLength(2);
});

test('setLocalDescription() answers in have-remote-offer', async () => {
  const [a, b] = await offered();
  await b.setLocalDescription();
  expect(b.localDescription.type).toBe('answer');
  await a.setRemoteDescription(copy(b.localDescription));
  expect([a.signalingState, b.signalingState]).toEqual(['stable', 'stable']);
});

test('setLocalDescription() answers in have-local-pranswer', async () => {
  const [, b] = await offered();
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await b.setLocalDescription();
  expect(b.localDescription.type).toBe('answer');
  expect(b.signalingState).toBe('stable');
});

test('setLocalDescription() chooses by the signaling state when its turn in the chain comes', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  await Promise.all([b.setRemoteDescription(copy(a.localDescription)), b.setLocalDescription()]);
  expect(b.localDescription.type).toBe('answer');
});

// ---- Forms and conversions

test('setLocalDescription() takes an RTCSessionDescription', async () => {
  const pc = offerer();
  await pc.setLocalDescription(new RTCSessionDescription(await pc.createOffer()));
  expect(pc.signalingState).toBe('have-local-offer');
});

for (const [what, description] of [
  ['a type that is none', { type: 'question', sdp: '' }],
  ['what is no dictionary', 'offer'],
]) {
  test(`setLocalDescription() rejects with a TypeError for ${what}`, async () => {
    await rejects(connection().setLocalDescription(description), 'TypeError');
  });
}

test('setLocalDescription(description, success, failure) resolves with undefined and calls success without arguments', async () => {
  const pc = offerer();
  const calls = [];
  const returned = pc.setLocalDescription(
    await pc.createOffer(),
    (...args) => calls.push(args),
    (error) => calls.push(error),
  );
  await expect(returned).resolves.toBe(undefined);
  await quiet();
  expect(calls).toEqual([[]]);
});

test('setLocalDescription(description, success, failure) gives failure the DOMException', async () => {
  const calls = [];
  const pc = connection();
  await pc.setLocalDescription(
    { type: 'rollback' },
    () => calls.push('success'),
    (error) => calls.push(error.name),
  );
  await quiet();
  expect(calls).toEqual(['InvalidStateError']);
});

test('setLocalDescription() rejects with InvalidStateError when the connection is closed', async () => {
  const pc = connection();
  pc.close();
  await rejects(pc.setLocalDescription(), 'InvalidStateError');
});

test('setLocalDescription() never settles when the connection is closed before it is done', async () => {
  const pc = offerer();
  const setting = pc.setLocalDescription();
  pc.close();
  expect(await fateOf(setting)).toBe('pending');
  expect(pc.localDescription).toBe(null);
});

// ---- Order

test('signalingstatechange fires before setLocalDescription() settles, with the descriptions in place', async () => {
  const pc = offerer();
  const order = [];
  pc.addEventListener('signalingstatechange', () => {
    order.push(`event ${pc.signalingState} ${pc.localDescription.type}`);
  });
  await pc.setLocalDescription();
  order.push('settled');
  expect(order).toEqual(['event have-local-offer offer', 'settled']);
});

test('signalingstatechange does not fire when the state stays', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  const events = record(pc, 'signalingstatechange');
  await pc.setLocalDescription();
  await quiet();
  expect(events).toEqual([]);
});

test('setLocalDescription() settles before gathering is told', async () => {
  const pc = offerer();
  const order = [];
  pc.addEventListener('icegatheringstatechange', () => order.push(pc.iceGatheringState));
  const told = nextEvent(pc, 'icegatheringstatechange');
  await pc.setLocalDescription();
  order.push('settled');
  await told;
  expect(order).toEqual(['settled', 'gathering']);
});

test('signalingstatechange fires for rollback', async () => {
  const pc = offerer();
  await pc.setLocalDescription();
  const events = record(pc, 'signalingstatechange');
  await pc.setLocalDescription({ type: 'rollback' });
  expect(events).toEqual(['signalingstatechange']);
});

test('the sctp transport is there once data channels are negotiated', async () => {
  const [a, b] = await offered();
  await answerTo(b, a);
  expect(a.sctp instanceof RTCSctpTransport).toBe(true);
  expect(b.sctp instanceof RTCSctpTransport).toBe(true);
});

test('an offer without changes on an active connection goes through without a new candidate', async () => {
  const { a, b } = await connectedPair();
  await Promise.all([gathered(a), gathered(b)]);
  const events = record(a, 'icecandidate', 'icegatheringstatechange', 'connectionstatechange');
  await negotiate(a, b);
  await quiet();
  expect(events).toEqual([]);
  expect(a.connectionState).toBe('connected');
});
