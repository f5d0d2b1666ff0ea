// "Chain an operation" (webrtc-pc 4.4.1.2): one after the other, in the order of the calls.

import { rejects } from './support/errors.js';
import { audioTrack, connection } from './support/resources.js';
import { copy, offerTo, pair } from './support/session.js';
import { fateOf, nextEvent, quiet, record } from './support/waiting.js';

test('operations settle in the order in which they were called', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const order = [];
  const note = (what) => () => order.push(what);
  await Promise.all([
    pc.createOffer().then(note('createOffer')),
    pc.setLocalDescription().then(note('setLocalDescription')),
    pc.createOffer().then(note('createOffer again')),
    pc.setLocalDescription({ type: 'rollback' }).then(note('rollback')),
  ]);
  expect(order).toEqual(['createOffer', 'setLocalDescription', 'createOffer again', 'rollback']);
});

test('an operation that fails does not keep the next one from running', async () => {
  const pc = connection();
  const failing = pc.setLocalDescription({ type: 'rollback' });
  const offering = pc.createOffer();
  await rejects(failing, 'InvalidStateError');
  expect((await offering).type).toBe('offer');
});

test('a whole negotiation can be called without waiting in between', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const setting = b.setRemoteDescription(copy(a.localDescription));
  const answering = b.createAnswer();
  const implicit = b.setLocalDescription();
  await Promise.all([setting, answering, implicit]);
  expect(b.signalingState).toBe('stable');
  expect(b.localDescription.sdp).toBe((await answering).sdp);
});

test('reactions to an operation run before the next one begins', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const order = [];
  const setting = b.setRemoteDescription(copy(a.localDescription)).then(() => {
    order.push(b.signalingState);
  });
  const implicit = b.setLocalDescription().then(() => order.push(b.signalingState));
  await Promise.all([setting, implicit]);
  expect(order).toEqual(['have-remote-offer', 'stable']);
});

test('addIceCandidate() waits for the remote description before it in the chain', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const setting = b.setRemoteDescription(copy(a.localDescription));
  const adding = b.addIceCandidate({
    candidate: 'candidate:1 1 udp 2113937151 192.0.2.77 40000 typ host',
    sdpMid: '0',
  });
  await Promise.all([setting, adding]);
  expect(b.remoteDescription.sdp).toContain('192.0.2.77');
});

test('arguments are converted when the operation is called, not when its turn comes', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const description = { type: 'offer', sdp: '' };
  const offering = pc.createOffer();
  const setting = pc.setLocalDescription(description);
  description.type = 'rollback';
  await Promise.all([offering, setting]);
  expect(pc.signalingState).toBe('have-local-offer');
});

test('getters of the argument run during the call', () => {
  const pc = connection();
  pc.createDataChannel('channel');
  let reads = 0;
  pc.setLocalDescription({
    get type() {
      reads++;
      return 'offer';
    },
  }).catch(() => {});
  expect(reads).toBe(1);
});

test('calls that are no operations are not held up by the chain', async () => {
  const pc = connection();
  const offering = pc.createOffer();
  const transceiver = pc.addTransceiver('audio');
  const channel = pc.createDataChannel('channel');
  expect(pc.getTransceivers()).toEqual([transceiver]);
  expect(channel.readyState).toBe('connecting');
  await offering;
});

test('replaceTrack() is an operation of the connection that waits its turn', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  const order = [];
  await Promise.all([
    pc.createOffer().then(() => order.push('createOffer')),
    transceiver.sender.replaceTrack(audioTrack()).then(() => order.push('replaceTrack')),
    pc.createOffer().then(() => order.push('createOffer again')),
  ]);
  expect(order).toEqual(['createOffer', 'replaceTrack', 'createOffer again']);
});

test('no operation that waits settles after close()', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const operations = [
    b.createAnswer(),
    b.setLocalDescription(),
    b.setRemoteDescription({ type: 'rollback' }),
    b.addIceCandidate(),
  ];
  b.close();
  expect(await Promise.all(operations.map(fateOf))).toEqual(operations.map(() => 'pending'));
});

test('operations called after close() reject with InvalidStateError', async () => {
  const pc = connection();
  pc.close();
  await rejects(pc.createOffer(), 'InvalidStateError');
  await rejects(pc.createAnswer(), 'InvalidStateError');
  await rejects(pc.setLocalDescription(), 'InvalidStateError');
  await rejects(pc.setRemoteDescription({ type: 'rollback' }), 'InvalidStateError');
  await rejects(pc.addIceCandidate(), 'InvalidStateError');
});

test('negotiationneeded waits until the chain is empty', async () => {
  const pc = connection();
  const order = [];
  pc.addEventListener('negotiationneeded', () => order.push('negotiationneeded'));
  const operations = [pc.createOffer(), pc.createOffer()].map((offering, at) =>
    offering.then(() => order.push(`createOffer ${at}`)),
  );
  pc.addTransceiver('audio');
  const needed = nextEvent(pc, 'negotiationneeded');
  await Promise.all([...operations, needed]);
  expect(order).toEqual(['createOffer 0', 'createOffer 1', 'negotiationneeded']);
});

test('negotiationneeded does not fire when a waiting operation has taken care of it', async () => {
  const pc = connection();
  const events = record(pc, 'negotiationneeded');
  const offering = pc.createOffer();
  pc.addTransceiver('audio');
  const setting = pc.setLocalDescription();
  await Promise.all([offering, setting]);
  await quiet();
  expect(events).toEqual([]);
});
