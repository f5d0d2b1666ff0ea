// getStats(), RTCStatsReport and the records that a connection has without media: webrtc-pc 8, webrtc-stats.

import { rejects } from './support/errors.js';
import { audioTrack, certificate, connection } from './support/resources.js';
import { connectedPair, messageAt, openChannel } from './support/session.js';

const recordsOf = (report, type) => [...report.values()].filter((record) => record.type === type);

test('getStats() gives an RTCStatsReport, a read-only map of records by their ids', async () => {
  const { a } = await connectedPair();
  const report = await a.getStats();
  expect(report instanceof RTCStatsReport).toBe(true);
  expect(report.size).toBeGreaterThan(0);
  expect([...report.keys()]).toHaveLength(report.size);
  expect('set' in report).toBe(false);
  for (const [id, record] of report) {
    expect(report.get(id)).toEqual(record);
    expect(report.has(id)).toBe(true);
    expect(record.id).toBe(id);
    expect(record.type).toMatch(/^[a-z-]+$/);
    expect(record.timestamp).toEqual(expect.any(Number));
  }
  let count = 0;
  report.forEach(() => count++);
  expect(count).toBe(report.size);
});

test('the records of a report are the same objects every time', async () => {
  const report = await connection().getStats();
  for (const [id, record] of report) expect(report.get(id)).toBe(record);
});

test('timestamps are milliseconds since 1970, and advance', async () => {
  const pc = connection();
  const before = performance.timeOrigin + performance.now();
  const [first] = [...(await pc.getStats()).values()];
  const [second] = [...(await pc.getStats()).values()];
  expect(Math.abs(first.timestamp - before)).toBeLessThan(5000);
  expect(second.timestamp).toBeGreaterThanOrEqual(first.timestamp);
});

test('getStats() works before negotiation, with null and undefined, and after close()', async () => {
  const pc = connection();
  for (const args of [[], [null], [undefined]]) {
    expect((await pc.getStats(...args)) instanceof RTCStatsReport).toBe(true);
  }
  pc.close();
  expect((await pc.getStats()) instanceof RTCStatsReport).toBe(true);
});

test('getStats() rejects with InvalidAccessError for a track that is not the connection’s', async () => {
  await rejects(connection().getStats(audioTrack()), 'InvalidAccessError');
});

test('getStats() rejects with InvalidAccessError for a track that two senders have', async () => {
  const pc = connection();
  const track = audioTrack();
  pc.addTransceiver(track);
  pc.addTransceiver(track);
  await rejects(pc.getStats(track), 'InvalidAccessError');
});

test('getStats(track) gives a report for the track of a sender or receiver', async () => {
  const pc = connection();
  const track = audioTrack();
  const { receiver } = pc.addTransceiver(track);
  expect((await pc.getStats(track)) instanceof RTCStatsReport).toBe(true);
  expect((await pc.getStats(receiver.track)) instanceof RTCStatsReport).toBe(true);
});

test('getStats() rejects with a TypeError for what is no track', async () => {
  await rejects(connection().getStats('track'), 'TypeError');
});

test('the peer-connection record counts data channels', async () => {
  const { a, b } = await connectedPair();
  await openChannel(b, a, 'another');
  const [record] = recordsOf(await a.getStats(), 'peer-connection');
  expect(record).toMatchObject({ dataChannelsOpened: 2, dataChannelsClosed: 0 });
});

test('the data-channel record has the properties of the channel and counts messages and bytes', async () => {
  const { a, near, far } = await connectedPair();
  const arriving = messageAt(far);
  near.send('12345');
  await arriving;
  const [record] = recordsOf(await a.getStats(), 'data-channel');
  expect(record).toMatchObject({
    label: near.label,
    protocol: near.protocol,
    dataChannelIdentifier: near.id,
    state: 'open',
    messagesSent: 1,
    bytesSent: 5,
    messagesReceived: 0,
    bytesReceived: 0,
  });
});

test('the transport record names its certificates and the selected pair, and that its candidates', async () => {
  const { a } = await connectedPair();
  const report = await a.getStats();
  const [transport] = recordsOf(report, 'transport');
  expect(transport).toMatchObject({
    dtlsState: 'connected',
    iceRole: 'controlling',
    dtlsRole: 'server',
  });
  expect(transport.bytesSent).toBeGreaterThan(0);
  expect(transport.packetsReceived).toBeGreaterThan(0);
  // DTLS 1.2 or 1.3
  expect(transport.tlsVersion).toMatch(/^FEF[DC]$/i);
  expect(transport.dtlsCipher).toEqual(expect.any(String));
  for (const id of [transport.localCertificateId, transport.remoteCertificateId]) {
    expect(report.get(id)).toMatchObject({ type: 'certificate' });
  }
  const pair = report.get(transport.selectedCandidatePairId);
  expect(pair).toMatchObject({ type: 'candidate-pair', transportId: transport.id });
  expect(report.get(pair.localCandidateId)).toMatchObject({
    type: 'local-candidate',
    transportId: transport.id,
  });
  expect(report.get(pair.remoteCandidateId)).toMatchObject({
    type: 'remote-candidate',
    transportId: transport.id,
  });
});

test('the candidate-pair record of the selected pair has succeeded and measured the round trip', async () => {
  const { a } = await connectedPair();
  const selectedPair = async () => {
    const report = await a.getStats();
    const [{ selectedCandidatePairId }] = recordsOf(report, 'transport');
    return report.get(selectedCandidatePairId);
  };
  // Data flows on a valid pair before one is nominated.
  let pair = await selectedPair();
  while (!pair.nominated) pair = await selectedPair();
  expect(pair.state).toBe('succeeded');
  expect(pair.currentRoundTripTime).toBeGreaterThanOrEqual(0);
  expect(pair.responsesReceived).toBeGreaterThan(0);
  expect(pair.bytesSent).toBeGreaterThan(0);
});

test('candidate records have address, port, protocol, type and priority', async () => {
  const { a } = await connectedPair();
  const report = await a.getStats();
  for (const type of ['local-candidate', 'remote-candidate']) {
    const records = recordsOf(report, type);
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) {
      expect(record.port).toEqual(expect.any(Number));
      expect(record.protocol).toMatch(/^(udp|tcp)$/);
      expect(record.candidateType).toMatch(/^(host|srflx|prflx|relay)$/);
      expect(record.priority).toEqual(expect.any(Number));
    }
  }
});

test('certificate records have the fingerprint of the certificate in use', async () => {
  const own = await certificate();
  const { a } = await connectedPair({ certificates: [own] });
  const report = await a.getStats();
  const [{ localCertificateId }] = recordsOf(report, 'transport');
  const record = report.get(localCertificateId);
  const { algorithm, value } = own.getFingerprints()[0];
  expect(record.fingerprintAlgorithm).toBe(algorithm);
  expect(record.fingerprint.toLowerCase()).toBe(value);
  expect(record.base64Certificate).toMatch(/^[A-Za-z0-9+/]+=*$/);
});

test('ids stay the same from report to report', async () => {
  const { a } = await connectedPair();
  const [first, second] = [await a.getStats(), await a.getStats()];
  for (const type of ['transport', 'data-channel', 'peer-connection']) {
    expect(recordsOf(second, type).map(({ id }) => id)).toEqual(
      recordsOf(first, type).map(({ id }) => id),
    );
  }
});

test('a track that is attached to a sender is a media source before anything is negotiated', async () => {
  const pc = connection();
  const track = audioTrack();
  pc.addTrack(track);
  const records = [...(await pc.getStats()).values()];
  const sources = records.filter(({ type }) => type === 'media-source');
  expect(sources).toMatchObject([{ kind: 'audio', trackIdentifier: track.id }]);
});
