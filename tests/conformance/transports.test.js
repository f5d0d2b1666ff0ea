// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: webrtc-pc 5.5, 5.6 and 6.1; and the states
// of a connection that come from them (4.4.1).

import { throws } from './support/errors.js';
import { audioTrack, certificate, connection } from './support/resources.js';
import { credentialsOf, sectionsOf } from './support/sdp.js';
import { connectedPair, negotiate, offerTo, pair } from './support/session.js';
import { connected, gathered, quiet, record, until } from './support/waiting.js';

const transportsOf = (pc) => {
  const dtls = pc.sctp.transport;
  return { sctp: pc.sctp, dtls, ice: dtls.iceTransport };
};

// ---- The objects

test('the transports hang together, and are the same objects every time', async () => {
  const { a } = await connectedPair();
  const { sctp, dtls, ice } = transportsOf(a);
  expect(sctp instanceof RTCSctpTransport).toBe(true);
  expect(dtls instanceof RTCDtlsTransport).toBe(true);
  expect(ice instanceof RTCIceTransport).toBe(true);
  expect([a.sctp, a.sctp.transport, a.sctp.transport.iceTransport]).toEqual([sctp, dtls, ice]);
});

test('the transports stay the same over negotiations', async () => {
  const { a, b } = await connectedPair();
  const before = transportsOf(a);
  await negotiate(a, b, { iceRestart: true });
  const after = transportsOf(a);
  for (const name of ['sctp', 'dtls', 'ice']) expect(after[name]).toBe(before[name]);
});

test('there is no sctp transport without data channels', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  expect([a.sctp, b.sctp]).toEqual([null, null]);
});

for (const name of ['RTCIceTransport', 'RTCDtlsTransport', 'RTCSctpTransport']) {
  test(`${name} cannot be constructed`, () => {
    const Interface = globalThis[name];
    throws(() => new Interface(), 'TypeError');
  });
}

// ---- RTCIceTransport

test('an ICE transport goes through new, checking and connected, and says so in events', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { iceTransport } = b.sctp?.transport ?? a.sctp.transport;
  const states = [iceTransport.state];
  iceTransport.addEventListener('statechange', () => states.push(iceTransport.state));
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  expect(states.slice(0, 3)).toEqual(['new', 'checking', 'connected']);
});

test('the offerer is controlling and the answerer controlled', async () => {
  const { a, b } = await connectedPair();
  expect(transportsOf(a).ice.role).toBe('controlling');
  expect(transportsOf(b).ice.role).toBe('controlled');
});

test('the roles stay when the other side offers', async () => {
  const { a, b } = await connectedPair();
  await negotiate(b, a);
  expect(transportsOf(a).ice.role).toBe('controlling');
  expect(transportsOf(b).ice.role).toBe('controlled');
});

test('the component of an ICE transport is rtp', async () => {
  const { a } = await connectedPair();
  expect(transportsOf(a).ice.component).toBe('rtp');
});

test('getLocalParameters() and getRemoteParameters() are those of the descriptions', async () => {
  const { a } = await connectedPair();
  const { ice } = transportsOf(a);
  expect(ice.getLocalParameters()).toMatchObject(credentialsOf(a.localDescription));
  expect(ice.getRemoteParameters()).toMatchObject(credentialsOf(a.remoteDescription));
});

test('getRemoteParameters() is null before there is a remote description', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  await pc.setLocalDescription();
  const { iceTransport } = pc.getSenders()[0].transport;
  expect(iceTransport.getLocalParameters()).toMatchObject(credentialsOf(pc.localDescription));
  expect(iceTransport.getRemoteParameters()).toBe(null);
  expect(iceTransport.getRemoteCandidates()).toEqual([]);
});

test('getLocalCandidates() has the candidates that icecandidate told', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  const told = [];
  a.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.candidate) told.push(candidate.candidate);
  });
  await negotiate(a, b);
  await gathered(a);
  const listed = transportsOf(a).ice.getLocalCandidates();
  expect(listed.length).toBeGreaterThan(0);
  for (const candidate of listed) expect(candidate instanceof RTCIceCandidate).toBe(true);
  expect(listed.map(({ candidate }) => candidate).sort()).toEqual(told.sort());
});

test('getRemoteCandidates() has the candidates that the other side told', async () => {
  const { a, b } = await connectedPair();
  await Promise.all([gathered(a), gathered(b)]);
  await quiet();
  const key = ({ address, port, type }) => `${address} ${port} ${type}`;
  const remote = transportsOf(a).ice.getRemoteCandidates().map(key);
  const local = transportsOf(b).ice.getLocalCandidates().map(key);
  expect(remote.sort()).toEqual(local.sort());
});

test('getSelectedCandidatePair() is null at first and a pair of candidates then', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { ice } = transportsOf(a);
  expect(ice.getSelectedCandidatePair()).toBe(null);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  const { local, remote } = ice.getSelectedCandidatePair();
  for (const candidate of [local, remote]) {
    expect(candidate instanceof RTCIceCandidate).toBe(true);
    expect(candidate.port).toBeGreaterThan(0);
    expect(candidate.protocol).toBe('udp');
  }
});

test('selectedcandidatepairchange fires with the pair in place', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const { ice } = transportsOf(a);
  const pairs = [];
  ice.addEventListener('selectedcandidatepairchange', () =>
    pairs.push(ice.getSelectedCandidatePair()),
  );
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  expect(pairs.length).toBeGreaterThan(0);
  for (const selected of pairs) expect(selected.local.candidate).toMatch(/^candidate:/);
});

test('gatheringState follows gathering, which gatheringstatechange tells before icegatheringstatechange', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  const { ice } = transportsOf(pc);
  const order = [`at first ${ice.gatheringState}`];
  ice.addEventListener('gatheringstatechange', () => order.push(`transport ${ice.gatheringState}`));
  pc.addEventListener('icegatheringstatechange', () =>
    order.push(`connection ${pc.iceGatheringState}`),
  );
  await until(pc, 'icegatheringstatechange', () => pc.iceGatheringState === 'complete');
  expect(order).toEqual([
    'at first new',
    'transport gathering',
    'connection gathering',
    'transport complete',
    'connection complete',
  ]);
});

test('close() closes the ICE transport without an event', async () => {
  const { a } = await connectedPair();
  const { ice } = transportsOf(a);
  const events = record(ice, 'statechange', 'selectedcandidatepairchange', 'gatheringstatechange');
  a.close();
  expect(ice.state).toBe('closed');
  expect(ice.getSelectedCandidatePair()).toBe(null);
  await quiet();
  expect(events).toEqual([]);
});

// ---- RTCDtlsTransport

test('a DTLS transport goes through new, connecting and connected', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const { dtls } = transportsOf(a);
  const states = [dtls.state];
  dtls.addEventListener('statechange', () => states.push(dtls.state));
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  expect(states).toEqual(['new', 'connecting', 'connected']);
});

test('getRemoteCertificates() is empty at first and the certificate of the other side then', async () => {
  const own = await certificate();
  const [a, b] = pair({}, { certificates: [own] });
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const { dtls } = transportsOf(a);
  expect(dtls.getRemoteCertificates()).toEqual([]);
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  const [received] = dtls.getRemoteCertificates();
  expect(received instanceof ArrayBuffer).toBe(true);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', received));
  const text = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  const { value } = own.getFingerprints().find(({ algorithm }) => algorithm === 'sha-256');
  expect(text).toBe(value);
});

test('the DTLS transport of the other side closes when a connection is closed', async () => {
  const { a, b } = await connectedPair();
  const { dtls, sctp } = transportsOf(b);
  const events = record(dtls, 'error');
  a.close();
  await until(dtls, 'statechange', () => dtls.state === 'closed');
  await until(sctp, 'statechange', () => sctp.state === 'closed');
  expect(events).toEqual([]);
});

test('close() closes the DTLS transport without an event', async () => {
  const { a } = await connectedPair();
  const { dtls } = transportsOf(a);
  const events = record(dtls, 'statechange', 'error');
  a.close();
  expect(dtls.state).toBe('closed');
  await quiet();
  expect(events).toEqual([]);
});

// ---- RTCSctpTransport

test('an SCTP transport goes from connecting to connected', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const { sctp } = transportsOf(a);
  const states = [sctp.state];
  sctp.addEventListener('statechange', () => states.push(sctp.state));
  await until(sctp, 'statechange', () => sctp.state === 'connected');
  expect(states).toEqual(['connecting', 'connected']);
});

test('maxMessageSize is what the other side takes', async () => {
  const { a } = await connectedPair();
  const size = Number(sectionsOf(a.remoteDescription)[0].value('max-message-size'));
  expect(a.sctp.maxMessageSize).toBe(size);
});

test('maxChannels is null before SCTP is connected and a number of channels then', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await negotiate(a, b);
  const { sctp } = transportsOf(a);
  const before = sctp.state === 'connecting' ? sctp.maxChannels : null;
  expect(before).toBe(null);
  await until(sctp, 'statechange', () => sctp.state === 'connected');
  expect(sctp.maxChannels).toBeGreaterThan(0);
  expect(sctp.maxChannels).toBeLessThanOrEqual(65_535);
});

test('close() closes the SCTP transport', async () => {
  const { a } = await connectedPair();
  const { sctp } = transportsOf(a);
  a.close();
  expect(sctp.state).toBe('closed');
});

// ---- What a connection makes of them

test('a connection begins new, goes through connecting and is connected', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  const states = [a.connectionState];
  a.addEventListener('connectionstatechange', () => states.push(a.connectionState));
  await negotiate(a, b);
  await connected(a, b);
  expect(states).toEqual(['new', 'connecting', 'connected']);
});

test('iceConnectionState begins new, goes through checking and is connected or completed', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  const states = [a.iceConnectionState];
  a.addEventListener('iceconnectionstatechange', () => states.push(a.iceConnectionState));
  await negotiate(a, b);
  await connected(a, b);
  expect(states.slice(0, 3)).toEqual(['new', 'checking', 'connected']);
});

test('iceconnectionstatechange fires before connectionstatechange where both change, after the transport', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const { ice } = transportsOf(a);
  const order = [];
  const note = (what) => () => ice.state === 'checking' && order.push(what);
  ice.addEventListener('statechange', note('transport'));
  a.addEventListener('iceconnectionstatechange', note('ICE'));
  a.addEventListener('connectionstatechange', note('connection'));
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await connected(a, b);
  expect(order.slice(0, 3)).toEqual(['transport', 'ICE', 'connection']);
});

test('a connection whose every section is rejected goes back to new', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  await negotiate(a, b);
  await connected(a, b);
  a.getTransceivers()[0].stop();
  await negotiate(a, b);
  await until(a, 'connectionstatechange', () => a.connectionState === 'new');
  expect(a.iceConnectionState).toBe('new');
});

test('transports of stopped transceivers close, which an event tells', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  await negotiate(a, b);
  await connected(a, b);
  const [transceiver] = a.getTransceivers();
  const { transport } = transceiver.sender;
  transceiver.stop();
  await negotiate(a, b);
  const { iceTransport } = transport;
  await until(transport, 'statechange', () => transport.state === 'closed');
  await until(iceTransport, 'statechange', () => iceTransport.state === 'closed');
});
