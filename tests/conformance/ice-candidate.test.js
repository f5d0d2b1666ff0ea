// RTCIceCandidate, addIceCandidate() and the events of candidates: webrtc-pc 4.4.2, 4.8.1 and 4.8.2.

import { rejects, throws } from './support/errors.js';
import { connection } from './support/resources.js';
import { credentialsOf, parse, sectionsOf } from './support/sdp.js';
import { connectedPair, copy, messageAt, negotiate, offerTo, pair } from './support/session.js';
import { gathered, nextEvent, quiet, soon, until } from './support/waiting.js';

const kHost = 'candidate:1 1 udp 2113937151 192.0.2.77 40000 typ host';
const kReflexive =
  'candidate:842163049 1 udp 1677729535 203.0.113.9 51000 typ srflx raddr 10.0.0.1 rport 40000 generation 0 ufrag sXP5 network-cost 999';

// ---- The constructor

test('RTCIceCandidate is constructed from a line and where it belongs', () => {
  const candidate = new RTCIceCandidate({
    candidate: kReflexive,
    sdpMid: 'audio',
    sdpMLineIndex: 0,
    usernameFragment: 'sXP5',
  });
  expect(candidate).toMatchObject({
    candidate: kReflexive,
    sdpMid: 'audio',
    sdpMLineIndex: 0,
    usernameFragment: 'sXP5',
    foundation: '842163049',
    component: 'rtp',
    priority: 1_677_729_535,
    address: '203.0.113.9',
    protocol: 'udp',
    port: 51_000,
    type: 'srflx',
    tcpType: null,
    relatedAddress: '10.0.0.1',
    relatedPort: 40_000,
  });
});

test('RTCIceCandidate of a host candidate has no related address', () => {
  const candidate = new RTCIceCandidate({ candidate: kHost, sdpMid: '0' });
  expect(candidate).toMatchObject({
    type: 'host',
    relatedAddress: null,
    relatedPort: null,
    sdpMLineIndex: null,
    usernameFragment: null,
  });
});

test('RTCIceCandidate knows TCP candidates, IPv6 addresses and names', () => {
  const of = (line) => new RTCIceCandidate({ candidate: `candidate:1 1 ${line}`, sdpMid: '0' });
  expect(of('tcp 1518280447 192.0.2.1 9 typ host tcptype active')).toMatchObject({
    protocol: 'tcp',
    tcpType: 'active',
  });
  expect(of('udp 1 2001:db8::1 40000 typ relay raddr :: rport 0')).toMatchObject({
    address: '2001:db8::1',
    type: 'relay',
  });
  expect(of('UDP 1 c6b4c2a7.local 40000 typ host')).toMatchObject({
    address: 'c6b4c2a7.local',
    protocol: 'udp',
  });
  expect(
    new RTCIceCandidate({ candidate: kHost.replace('1 1', '1 2'), sdpMid: '0' }),
  ).toMatchObject({
    component: 'rtcp',
  });
});

test('RTCIceCandidate keeps a line that it cannot read, with null for what it would say', () => {
  const candidate = new RTCIceCandidate({ candidate: 'candidate:rubbish', sdpMid: '0' });
  expect(candidate).toMatchObject({
    candidate: 'candidate:rubbish',
    sdpMid: '0',
    foundation: null,
    component: null,
    priority: null,
    address: null,
    protocol: null,
    port: null,
    type: null,
  });
});

for (const [what, args] of [
  ['no argument', []],
  ['neither sdpMid nor sdpMLineIndex', [{ candidate: kHost }]],
  ['both null', [{ candidate: kHost, sdpMid: null, sdpMLineIndex: null }]],
]) {
  test(`RTCIceCandidate throws a TypeError for ${what}`, () => {
    throws(() => new RTCIceCandidate(...args), 'TypeError');
  });
}

test('RTCIceCandidate with sdpMLineIndex alone, and with an empty line', () => {
  expect(new RTCIceCandidate({ sdpMLineIndex: 0 })).toMatchObject({
    candidate: '',
    sdpMid: null,
    sdpMLineIndex: 0,
  });
});

test('toJSON() has the four members that go over the wire', () => {
  const candidate = new RTCIceCandidate({ candidate: kHost, sdpMid: '0' });
  expect(candidate.toJSON()).toEqual({
    candidate: kHost,
    sdpMid: '0',
    sdpMLineIndex: null,
    usernameFragment: null,
  });
  expect(new RTCIceCandidate(JSON.parse(JSON.stringify(candidate))).toJSON()).toEqual(
    candidate.toJSON(),
  );
});

test('relayProtocol and url are taken by the constructor and left out of JSON', () => {
  const candidate = new RTCIceCandidate({
    candidate: kHost,
    sdpMid: '0',
    relayProtocol: 'tls',
    url: 'turns:turn.example',
  });
  expect([candidate.relayProtocol, candidate.url]).toEqual(['tls', 'turns:turn.example']);
  expect('url' in candidate.toJSON()).toBe(false);
});

// ---- addIceCandidate()

/** A connection with a remote offer of two sections. */
async function withRemoteOffer() {
  const other = connection();
  other.addTransceiver('audio');
  other.createDataChannel('channel');
  const pc = connection();
  await pc.setRemoteDescription(await other.createOffer());
  return pc;
}

test('addIceCandidate() puts the candidate into the section that sdpMid names', async () => {
  const pc = await withRemoteOffer();
  const [, { mid }] = sectionsOf(pc.remoteDescription);
  await expect(pc.addIceCandidate({ candidate: kHost, sdpMid: mid })).resolves.toBe(undefined);
  const [first, second] = sectionsOf(pc.remoteDescription);
  expect(first.values('candidate')).toEqual([]);
  expect(second.values('candidate').join()).toContain('192.0.2.77 40000 typ host');
});

test('addIceCandidate() regards sdpMLineIndex when there is no sdpMid', async () => {
  const pc = await withRemoteOffer();
  await pc.addIceCandidate({ candidate: kHost, sdpMLineIndex: 1 });
  expect(sectionsOf(pc.remoteDescription)[1].values('candidate')).toHaveLength(1);
});

// The specification has no word for it; browsers agree, and peers that know no mids rely on it.
test('addIceCandidate() regards sdpMLineIndex when sdpMid is empty', async () => {
  const pc = await withRemoteOffer();
  await pc.addIceCandidate({ candidate: kHost, sdpMid: '', sdpMLineIndex: 1 });
  expect(sectionsOf(pc.remoteDescription)[1].values('candidate')).toHaveLength(1);
});

test('addIceCandidate() regards sdpMid rather than sdpMLineIndex', async () => {
  const pc = await withRemoteOffer();
  const [{ mid }] = sectionsOf(pc.remoteDescription);
  await pc.addIceCandidate({ candidate: kHost, sdpMid: mid, sdpMLineIndex: 99 });
  expect(sectionsOf(pc.remoteDescription)[0].values('candidate')).toHaveLength(1);
});

test('addIceCandidate() takes an RTCIceCandidate', async () => {
  const pc = await withRemoteOffer();
  await pc.addIceCandidate(new RTCIceCandidate({ candidate: kHost, sdpMLineIndex: 0 }));
  expect(sectionsOf(pc.remoteDescription)[0].values('candidate')).toHaveLength(1);
});

test('addIceCandidate() takes candidates that are written with a=', async () => {
  const pc = await withRemoteOffer();
  await pc.addIceCandidate({ candidate: `a=${kHost}`, sdpMLineIndex: 0 }).catch(() => {});
  expect(pc.signalingState).toBe('have-remote-offer');
});

for (const [what, args] of [
  ['nothing', []],
  ['undefined', [undefined]],
  ['null', [null]],
  ['an empty dictionary', [{}]],
  ['an empty line', [{ candidate: '' }]],
  ['an empty line of a section', [{ candidate: '', sdpMid: '0' }]],
]) {
  test(`addIceCandidate() takes ${what} as the end of candidates`, async () => {
    const pc = await withRemoteOffer();
    await expect(pc.addIceCandidate(...args)).resolves.toBe(undefined);
  });
}

for (const [what, init, name] of [
  ['neither sdpMid nor sdpMLineIndex', { candidate: kHost }, 'TypeError'],
  ['an sdpMid that no section has', { candidate: kHost, sdpMid: 'nowhere' }, 'OperationError'],
  [
    'an sdpMLineIndex beyond the sections',
    { candidate: kHost, sdpMLineIndex: 2 },
    'OperationError',
  ],
  ['a line that is none', { candidate: 'candidate:rubbish', sdpMid: '0' }, 'OperationError'],
  [
    'another port than there are',
    { candidate: kHost.replace('40000', '99999'), sdpMid: '0' },
    'OperationError',
  ],
  [
    'a username fragment that nobody knows',
    { candidate: kHost, sdpMid: '0', usernameFragment: 'nobody' },
    'OperationError',
  ],
]) {
  test(`addIceCandidate() rejects with ${name} for ${what}`, async () => {
    const pc = await withRemoteOffer();
    await rejects(pc.addIceCandidate(init), name);
    expect(pc.remoteDescription.sdp).not.toContain('192.0.2.77');
  });
}

test('addIceCandidate() rejects with InvalidStateError before there is a remote description', async () => {
  await rejects(
    connection().addIceCandidate({ candidate: kHost, sdpMid: '0' }),
    'InvalidStateError',
  );
  await rejects(connection().addIceCandidate(), 'InvalidStateError');
});

test('addIceCandidate() rejects with InvalidStateError when the connection is closed', async () => {
  const pc = await withRemoteOffer();
  pc.close();
  await rejects(pc.addIceCandidate({ candidate: kHost, sdpMid: '0' }), 'InvalidStateError');
});

test('addIceCandidate() with the username fragment of the description', async () => {
  const pc = await withRemoteOffer();
  const { usernameFragment } = credentialsOf(pc.remoteDescription);
  await pc.addIceCandidate({ candidate: kHost, sdpMid: '0', usernameFragment });
  expect(pc.remoteDescription.sdp).toContain('192.0.2.77');
});

test('addIceCandidate() resolves for the section of a stopped transceiver', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  a.createDataChannel('channel');
  await negotiate(a, b);
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  const [{ mid }] = sectionsOf(a.localDescription);
  await expect(
    b.addIceCandidate({ candidate: kHost, sdpMid: mid ?? '0', sdpMLineIndex: 0 }),
  ).resolves.toBe(undefined);
});

test('addIceCandidate(candidate, success, failure) calls one of them, and resolves with undefined', async () => {
  const pc = await withRemoteOffer();
  const calls = [];
  const add = (init) =>
    pc.addIceCandidate(
      init,
      (...args) => calls.push(['success', ...args]),
      ({ name }) => calls.push(['failure', name]),
    );
  await expect(add({ candidate: kHost, sdpMid: '0' })).resolves.toBe(undefined);
  await expect(add({ candidate: kHost, sdpMid: 'nowhere' })).resolves.toBe(undefined);
  await quiet();
  expect(calls).toEqual([['success'], ['failure', 'OperationError']]);
});

// ---- icecandidate

/** All that icecandidate tells of a connection that offers a data channel. */
async function gather(configuration) {
  const pc = connection(configuration);
  pc.createDataChannel('channel');
  const events = [];
  const over = soon(
    new Promise((resolve) => {
      pc.addEventListener('icecandidate', (event) => {
        events.push(event);
        if (!event.candidate) resolve();
      });
    }),
    'gathering is over',
  );
  await pc.setLocalDescription();
  await over;
  return { pc, events, candidates: events.map(({ candidate }) => candidate) };
}

test('icecandidate tells RTCIceCandidates with their section and username fragment', async () => {
  const { pc, events, candidates } = await gather();
  const [section] = sectionsOf(pc.localDescription);
  const found = candidates.filter((candidate) => candidate?.candidate);
  expect(found.length).toBeGreaterThan(0);
  expect(events[0] instanceof RTCPeerConnectionIceEvent).toBe(true);
  for (const candidate of found) {
    expect(candidate instanceof RTCIceCandidate).toBe(true);
    expect(candidate.candidate).toMatch(/^candidate:\S+ 1 (udp|tcp) \d+ \S+ \d+ typ /i);
    expect(candidate.sdpMid).toBe(section.mid);
    expect(candidate.sdpMLineIndex).toBe(0);
    expect(candidate.usernameFragment).toBe(credentialsOf(pc.localDescription).usernameFragment);
    expect(candidate.type).toMatch(/^(host|srflx|relay)$/);
  }
});

test('the end of candidates is told by an empty candidate, then complete, then null', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const order = [];
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (!candidate?.candidate) order.push(candidate === null ? 'null' : 'empty');
  });
  pc.addEventListener('icegatheringstatechange', () => order.push(pc.iceGatheringState));
  const over = until(pc, 'icecandidate', () => order.at(-1) === 'null');
  await pc.setLocalDescription();
  await over;
  expect(order).toEqual(['gathering', 'empty', 'complete', 'null']);
});

test('the local description has a=end-of-candidates once gathering is over', async () => {
  const { pc } = await gather();
  expect(sectionsOf(pc.localDescription)[0].value('end-of-candidates')).toBe('');
});

test('a candidate is in the local description when icecandidate tells it', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const missing = [];
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (!candidate?.candidate) return;
    const [foundation, , , , address, port] = candidate.candidate.slice(10).split(' ');
    const isThere = sectionsOf(pc.localDescription)[0]
      .values('candidate')
      .some((line) => line.startsWith(`${foundation} `) && line.includes(` ${address} ${port} `));
    if (!isThere) missing.push(candidate.candidate);
  });
  await pc.setLocalDescription();
  await gathered(pc);
  expect(missing).toEqual([]);
});

test('iceTransportPolicy relay without a server that relays tells no host candidate', async () => {
  const { candidates } = await gather({ iceTransportPolicy: 'relay' });
  const types = candidates.filter((candidate) => candidate?.candidate).map(({ type }) => type);
  expect(types.filter((type) => type !== 'relay')).toEqual([]);
});

test('iceTransportPolicy relay with a TURN server tells relay candidates with their server', async () => {
  const { turn } = realm.services;
  const { candidates } = await gather({ iceTransportPolicy: 'relay', iceServers: [turn] });
  const relayed = candidates.filter((candidate) => candidate?.candidate);
  expect(relayed.length).toBeGreaterThan(0);
  for (const candidate of relayed) {
    expect(candidate.type).toBe('relay');
    expect(candidate.relayProtocol).toMatch(/^(udp|tcp|tls)$/);
    expect(candidate.url).toMatch(/^(turns?:|wss?:)/);
  }
});

test('candidates that trickle lead to a connection, without any in the descriptions', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const offer = copy(a.localDescription);
  expect(parse(offer).sections[0].values('candidate')).toEqual([]);
  await b.setRemoteDescription(offer);
  await b.setLocalDescription();
  await a.setRemoteDescription(copy(b.localDescription));
  await until(a, 'connectionstatechange', () => a.connectionState === 'connected');
});

test('candidates in the descriptions lead to a connection, without trickling', async () => {
  const [a, b] = [connection(), connection()];
  a.createDataChannel('channel');
  await a.setLocalDescription();
  await gathered(a);
  await b.setRemoteDescription(copy(a.localDescription));
  await b.setLocalDescription();
  await gathered(b);
  await a.setRemoteDescription(copy(b.localDescription));
  await until(a, 'connectionstatechange', () => a.connectionState === 'connected');
});

test('no candidate is told of an offer that was rolled back', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  await pc.setLocalDescription({ type: 'rollback' });
  const late = [];
  pc.addEventListener('icecandidate', ({ candidate }) => late.push(candidate?.candidate));
  // Another connection finds its candidates meanwhile.
  await gather();
  await quiet();
  expect(late).toEqual([]);
});

test('no candidate is told of a restart that was rolled back, and the connection goes on', async () => {
  const { a, near, far } = await connectedPair();
  await gathered(a);
  const { usernameFragment } = credentialsOf(a.localDescription);
  await a.setLocalDescription(await a.createOffer({ iceRestart: true }));
  await a.setLocalDescription({ type: 'rollback' });
  const late = new Set();
  a.addEventListener(
    'icecandidate',
    ({ candidate }) => candidate && late.add(candidate.usernameFragment),
  );
  await gather();
  await quiet();
  late.delete(usernameFragment);
  expect([...late]).toEqual([]);
  const arriving = messageAt(far);
  near.send('still here');
  expect(await arriving).toBe('still here');
});

// ---- icecandidateerror

test('icecandidateerror tells a server that does not answer, or that refuses', async () => {
  const { turn } = realm.services;
  const pc = connection({
    iceTransportPolicy: 'relay',
    iceServers: [{ ...turn, credential: 'wrong' }],
  });
  pc.createDataChannel('channel');
  const told = nextEvent(pc, 'icecandidateerror');
  await pc.setLocalDescription();
  const event = await told;
  expect(event instanceof RTCPeerConnectionIceErrorEvent).toBe(true);
  // A page of ours has no UDP socket to ask the server from, which 701 says.
  expect([401, 701]).toContain(event.errorCode);
  expect(event.errorText).toEqual(expect.any(String));
  expect(event.url).toContain(turn.urls.replace(/^turn:/, ''));
  expect(event.port === null || event.port > 0).toBe(true);
});

test('gathering is over although a server refuses', async () => {
  const { turn } = realm.services;
  const { pc } = await gather({ iceServers: [{ ...turn, credential: 'wrong' }] });
  expect(pc.iceGatheringState).toBe('complete');
});

test('RTCPeerConnectionIceErrorEvent is constructed with an error code', () => {
  const event = new RTCPeerConnectionIceErrorEvent('icecandidateerror', {
    address: '192.0.2.1',
    port: 40_000,
    url: 'stun:stun.example',
    errorCode: 701,
    errorText: 'unreachable',
  });
  expect(event).toMatchObject({
    address: '192.0.2.1',
    port: 40_000,
    url: 'stun:stun.example',
    errorCode: 701,
    errorText: 'unreachable',
  });
  throws(() => new RTCPeerConnectionIceErrorEvent('icecandidateerror'), 'TypeError');
  throws(() => new RTCPeerConnectionIceErrorEvent('icecandidateerror', {}), 'TypeError');
});

test('RTCPeerConnectionIceEvent is constructed with a candidate or null', () => {
  const candidate = new RTCIceCandidate({ candidate: kHost, sdpMid: '0' });
  expect(new RTCPeerConnectionIceEvent('icecandidate', { candidate }).candidate).toBe(candidate);
  expect(new RTCPeerConnectionIceEvent('icecandidate').candidate).toBe(null);
  expect(new RTCPeerConnectionIceEvent('icecandidate', { candidate: null }).candidate).toBe(null);
});

test('an answerer gathers when its answer is set, and not before', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  expect(b.iceGatheringState).toBe('new');
  await b.setLocalDescription();
  await until(b, 'icegatheringstatechange', () => b.iceGatheringState !== 'new');
});
