// BUNDLE and what is on which transport: RFC 9429 section 4.1.1 and 5.2, RFC 8843.

import { rejects } from './support/errors.js';
import { audioTrack, connection, videoTrack } from './support/resources.js';
import { munge, parse, sectionsOf } from './support/sdp.js';
import { copy, messageAt, negotiate, openChannel, pair } from './support/session.js';
import { connected, gathered } from './support/waiting.js';

const kPolicies = ['balanced', 'max-compat', 'max-bundle'];

/** Audio, a second audio, video and data. */
function fill(pc) {
  pc.addTrack(audioTrack());
  pc.addTrack(audioTrack());
  pc.addTrack(videoTrack());
  pc.createDataChannel('channel');
  return pc;
}

const withoutBundle = (description) =>
  munge(description, (line) => (line.startsWith('a=group:BUNDLE') ? null : line));

const transportsOf = (pc) => new Set(pc.getSenders().map(({ transport }) => transport));

test('bundlePolicy is balanced by default', () => {
  expect(connection().getConfiguration().bundlePolicy).toBe('balanced');
});

for (const bundlePolicy of kPolicies) {
  test(`${bundlePolicy}: the offer has one group with all sections, and two connect over one transport`, async () => {
    const [a, b] = pair({ bundlePolicy });
    fill(a);
    const channel = openChannel(a, b, 'another');
    await negotiate(a, b);
    const { sections, bundles } = parse(a.localDescription);
    expect(bundles).toEqual([sections.map(({ mid }) => mid)]);
    await channel;
    await connected(a, b);
    for (const pc of [a, b]) {
      expect(transportsOf(pc)).toEqual(new Set([pc.sctp.transport]));
    }
  });
}

/** The sections whose transports the offer describes: those not bundle-only. */
const gatheredFor = (sections) =>
  sections.filter((section) => section.value('bundle-only') === undefined).map(({ kind }) => kind);

for (const [bundlePolicy, expected] of [
  ['max-bundle', ['audio']],
  ['balanced', ['audio', 'video', 'application']],
  ['max-compat', ['audio', 'audio', 'video', 'application']],
]) {
  test(`${bundlePolicy}: the first offer has transports for ${expected.join(', ')}, and other sections are bundle-only`, async () => {
    const { sections } = parse(await fill(connection({ bundlePolicy })).createOffer());
    expect(gatheredFor(sections)).toEqual(expected);
    for (const section of sections) {
      expect(section.port === 0).toBe(section.value('bundle-only') === '');
    }
  });
}

test('max-bundle: candidates are gathered for one section', async () => {
  const pc = fill(connection({ bundlePolicy: 'max-bundle' }));
  const mids = new Set();
  pc.addEventListener('icecandidate', ({ candidate }) => candidate && mids.add(candidate.sdpMid));
  await pc.setLocalDescription();
  await gathered(pc);
  expect([...mids]).toEqual([sectionsOf(pc.localDescription)[0].mid]);
});

test('max-compat: candidates are gathered for every section', async () => {
  const pc = fill(connection({ bundlePolicy: 'max-compat' }));
  const mids = new Set();
  pc.addEventListener('icecandidate', ({ candidate }) => candidate && mids.add(candidate.sdpMid));
  await pc.setLocalDescription();
  await gathered(pc);
  expect([...mids].sort()).toEqual(sectionsOf(pc.localDescription).map(({ mid }) => mid));
});

test('before the answer each section has its transport, after it all have the first one’s', async () => {
  const [a, b] = pair({ bundlePolicy: 'max-compat' });
  fill(a);
  await a.setLocalDescription();
  const before = a.getSenders().map(({ transport }) => transport);
  expect(new Set(before).size).toBe(3);
  await b.setRemoteDescription(copy(a.localDescription));
  await b.setLocalDescription();
  await a.setRemoteDescription(copy(b.localDescription));
  expect(transportsOf(a)).toEqual(new Set([before[0]]));
  expect(a.sctp.transport).toBe(before[0]);
});

test('an answer without BUNDLE leaves each section its own transport, and they all connect', async () => {
  const [a, b] = pair({ bundlePolicy: 'max-compat' });
  a.addTrack(audioTrack());
  a.addTrack(videoTrack());
  const channel = openChannel(a, b);
  await a.setLocalDescription();
  await b.setRemoteDescription(withoutBundle(copy(a.localDescription)));
  await b.setLocalDescription();
  await a.setRemoteDescription(copy(b.localDescription));
  for (const pc of [a, b]) {
    expect(new Set([...transportsOf(pc), pc.sctp.transport]).size).toBe(3);
  }
  const { near, far } = await channel;
  const arriving = messageAt(far);
  near.send('over a transport of its own');
  expect(await arriving).toBe('over a transport of its own');
  await connected(a, b);
});

test('max-bundle refuses an offer with two sections and no BUNDLE', async () => {
  const a = connection({ bundlePolicy: 'max-compat' });
  a.addTrack(audioTrack());
  a.addTrack(videoTrack());
  await a.setLocalDescription();
  const b = connection({ bundlePolicy: 'max-bundle' });
  const offer = withoutBundle(copy(a.localDescription));
  const outcome = await b.setRemoteDescription(offer).then(
    async () => sectionsOf(await b.createAnswer()).map(({ port }) => port === 0),
    ({ name }) => name,
  );
  // RFC 9429 section 4.1.1 lets it reject the description or the sections beyond the first.
  expect([['InvalidAccessError'], ['OperationError'], [false, true]].flat(0)).toContainEqual(
    Array.isArray(outcome) ? outcome : [outcome],
  );
});

test('a section that comes later goes onto the transport that is there', async () => {
  const [a, b] = pair();
  const channel = openChannel(a, b);
  await negotiate(a, b);
  await channel;
  await connected(a, b);
  const states = [];
  a.addEventListener('connectionstatechange', () => states.push(a.connectionState));
  a.addTrack(audioTrack());
  await negotiate(a, b);
  expect(transportsOf(a)).toEqual(new Set([a.sctp.transport]));
  expect(states).toEqual([]);
});

test('when the first section of the group is stopped, the others keep the transport', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  const channel = openChannel(a, b);
  await negotiate(a, b);
  const { near, far } = await channel;
  await connected(a, b);
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  const arriving = messageAt(far);
  near.send('still on it');
  expect(await arriving).toBe('still on it');
  expect(a.connectionState).toBe('connected');
});

test('rtcpMuxPolicy is require, and nothing else is taken', async () => {
  expect(connection().getConfiguration().rtcpMuxPolicy).toBe('require');
});

test('a description without rtcp-mux is refused with InvalidAccessError', async () => {
  const a = connection();
  a.addTransceiver('audio');
  const offer = munge(await a.createOffer(), (line) => (line === 'a=rtcp-mux' ? null : line));
  await rejects(connection().setRemoteDescription(offer), 'InvalidAccessError');
});
