// ICE restarts by createOffer({iceRestart}) and restartIce(): webrtc-pc 4.4.2, RFC 9429 section 5.2.2.

import { connection } from './support/resources.js';
import { credentialsOf } from './support/sdp.js';
import { answerTo, connectedPair, messageAt, negotiate, offerTo } from './support/session.js';
import { connected, gathered, nextEvent, quiet, record, until } from './support/waiting.js';

// ---- iceRestart and restartIce()

test('iceRestart true gives credentials other than those in place on an active connection', async () => {
  const { a } = await connectedPair();
  const before = credentialsOf(a.currentLocalDescription);
  const after = credentialsOf(await a.createOffer({ iceRestart: true }));
  expect(after.usernameFragment).not.toBe(before.usernameFragment);
  expect(after.password).not.toBe(before.password);
});

for (const [what, options] of [
  ['iceRestart false', { iceRestart: false }],
  ['no iceRestart, which is false by default,', {}],
]) {
  test(`${what} keeps the credentials in place`, async () => {
    const { a } = await connectedPair();
    expect(credentialsOf(await a.createOffer(options))).toEqual(
      credentialsOf(a.currentLocalDescription),
    );
  });
}

test('iceRestart true changes nothing until the offer is applied', async () => {
  const { a, b, near, far } = await connectedPair();
  await Promise.all([gathered(a), gathered(b)]);
  const events = record(a, 'icegatheringstatechange', 'icecandidate', 'negotiationneeded');
  const before = a.localDescription.sdp;
  await a.createOffer({ iceRestart: true });
  await quiet();
  expect(events).toEqual([]);
  expect(a.localDescription.sdp).toBe(before);
  const arriving = messageAt(far);
  near.send('still here');
  expect(await arriving).toBe('still here');
});

test('applying an offer with iceRestart gathers candidates of a new generation', async () => {
  const { a } = await connectedPair();
  await gathered(a);
  const offer = await a.createOffer({ iceRestart: true });
  const { usernameFragment } = credentialsOf(offer);
  const states = [];
  a.addEventListener('icegatheringstatechange', () => states.push(a.iceGatheringState));
  const candidates = [];
  a.addEventListener('icecandidate', ({ candidate }) => candidate && candidates.push(candidate));
  await a.setLocalDescription(offer);
  await until(a, 'icegatheringstatechange', () => states.length === 2);
  expect(states).toEqual(['gathering', 'complete']);
  const found = candidates.filter(({ candidate }) => candidate !== '');
  expect(found.length).toBeGreaterThan(0);
  for (const candidate of found) expect(candidate.usernameFragment).toBe(usernameFragment);
});

test('applying an offer with iceRestart on both sides restarts ICE, and data goes on', async () => {
  const { a, b, near, far } = await connectedPair();
  const before = [a, b].map((pc) => credentialsOf(pc.localDescription).usernameFragment);
  const { iceTransport } = a.sctp.transport;
  const changed = nextEvent(iceTransport, 'selectedcandidatepairchange');
  await negotiate(a, b, { iceRestart: true });
  await changed;
  const after = [a, b].map((pc) => credentialsOf(pc.localDescription).usernameFragment);
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  await connected(a, b);
  const arriving = [messageAt(far), messageAt(near)];
  near.send('there');
  far.send('back');
  expect(await Promise.all(arriving)).toEqual(['there', 'back']);
});

test('an offer with iceRestart that is rolled back leaves the credentials in place', async () => {
  const { a } = await connectedPair();
  const before = credentialsOf(a.localDescription);
  await a.setLocalDescription(await a.createOffer({ iceRestart: true }));
  await a.setLocalDescription({ type: 'rollback' });
  expect(credentialsOf(a.localDescription)).toEqual(before);
  expect(credentialsOf(await a.createOffer())).toEqual(before);
});

test('restartIce() makes the next createOffer() restart ICE by itself', async () => {
  const { a } = await connectedPair();
  const before = credentialsOf(a.localDescription);
  a.restartIce();
  const after = credentialsOf(await a.createOffer());
  expect(after.usernameFragment).not.toBe(before.usernameFragment);
  expect(after.password).not.toBe(before.password);
});

test('restartIce() makes createOffer({iceRestart: false}) restart ICE as well', async () => {
  const { a } = await connectedPair();
  const before = credentialsOf(a.localDescription);
  a.restartIce();
  const after = credentialsOf(await a.createOffer({ iceRestart: false }));
  expect(after.usernameFragment).not.toBe(before.usernameFragment);
});

test('restartIce() fires negotiationneeded', async () => {
  const { a } = await connectedPair();
  const needed = nextEvent(a, 'negotiationneeded');
  a.restartIce();
  await needed;
});

test('restartIce() fires negotiationneeded once, however often it is called', async () => {
  const { a } = await connectedPair();
  const events = record(a, 'negotiationneeded');
  a.restartIce();
  a.restartIce();
  await quiet();
  a.restartIce();
  await quiet();
  expect(events).toEqual(['negotiationneeded']);
});

test('restartIce() on a connection that was never negotiated fires nothing', async () => {
  const pc = connection();
  const events = record(pc, 'negotiationneeded');
  pc.restartIce();
  await quiet();
  expect(events).toEqual([]);
});

test('restartIce() while an offer is out takes effect with the one after it', async () => {
  const { a, b } = await connectedPair();
  await offerTo(a, b);
  const before = credentialsOf(a.localDescription);
  a.restartIce();
  const needed = nextEvent(a, 'negotiationneeded');
  await answerTo(b, a);
  await needed;
  expect(credentialsOf(await a.createOffer()).usernameFragment).not.toBe(before.usernameFragment);
});

test('restartIce() is done once an offer with it has been answered', async () => {
  const { a, b } = await connectedPair();
  a.restartIce();
  await negotiate(a, b);
  const events = record(a, 'negotiationneeded');
  await quiet();
  expect(events).toEqual([]);
  expect(credentialsOf(await a.createOffer())).toEqual(credentialsOf(a.localDescription));
});

test('restartIce() survives a rollback', async () => {
  const { a } = await connectedPair();
  const before = credentialsOf(a.localDescription);
  a.restartIce();
  await a.setLocalDescription(await a.createOffer());
  await a.setLocalDescription({ type: 'rollback' });
  expect(credentialsOf(await a.createOffer()).usernameFragment).not.toBe(before.usernameFragment);
});

test('restartIce() does nothing on a closed connection', () => {
  const pc = connection();
  pc.close();
  expect(pc.restartIce()).toBe(undefined);
});
