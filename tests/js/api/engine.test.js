// The facade on the real engine: what a scripted one cannot show.

import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { implOf } from '../../../js/api/webidl/brand.js';
import { tasksDone } from './fake-engine.js';
import { Pair, useEngine } from './pair.js';

const { RTCPeerConnection, RTCError } = interfaces;

let engine;
let pair;

beforeAll(async () => {
  engine = await useEngine();
});

afterEach(async () => {
  pair?.close();
  pair = undefined;
  await tasksDone();
  expect(engine.liveHandles()).toBe(0);
});

const received = (channel) => {
  const messages = [];
  channel.addEventListener('message', ({ data }) => messages.push(data));
  return messages;
};

describe('Two connections', () => {
  test('connect, and every state ends where it should', async () => {
    pair = new Pair();
    const states = [];
    pair.a.onconnectionstatechange = () => states.push(pair.a.connectionState);
    const [local, remote] = await pair.openChannel('label', { protocol: 'p', ordered: false });
    await pair.until(() => pair.a.iceGatheringState === 'complete');
    expect(states).toEqual(['connecting', 'connected']);
    expect(pair.errors).toEqual([]);
    for (const pc of [pair.a, pair.b]) {
      expect(['connected', 'completed']).toContain(pc.iceConnectionState);
      expect(pc.signalingState).toBe('stable');
      expect(pc.canTrickleIceCandidates).toBe(true);
      expect(pc.sctp.state).toBe('connected');
      expect(pc.sctp.maxMessageSize).toBeGreaterThanOrEqual(65536);
      expect(pc.sctp.maxChannels).toBeGreaterThan(0);
      expect(pc.sctp.transport.state).toBe('connected');
      expect(pc.sctp.transport.getRemoteCertificates()).toHaveLength(1);
      const selected = pc.sctp.transport.iceTransport.getSelectedCandidatePair();
      expect(selected.local.type).toBe('host');
      expect(selected.remote.port).toBeGreaterThan(0);
    }
    const roles = [pair.a, pair.b].map((pc) => pc.sctp.transport.iceTransport.role);
    expect(roles).toEqual(['controlling', 'controlled']);
    expect(remote).toMatchObject({ label: 'label', protocol: 'p', ordered: false, id: local.id });
  });

  test('pass a message of the size that the application allows, larger than the receive window', async () => {
    configure({ maxMessageSize: 20 * 2 ** 20 });
    try {
      pair = new Pair();
    } finally {
      configure({ maxMessageSize: undefined });
    }
    const [local, remote] = await pair.openChannel();
    expect(pair.a.localDescription.sdp).toContain('a=max-message-size:20971520\r\n');
    expect(pair.a.sctp.maxMessageSize).toBe(20 * 2 ** 20);
    const messages = received(remote);
    remote.binaryType = 'arraybuffer';
    const sent = new Uint8Array(20 * 2 ** 20).map((_, i) => i >> 8);
    local.send(sent);
    expect(() => local.send(new Uint8Array(sent.length + 1))).toThrow(TypeError);
    await pair.until(() => messages.length === 1);
    expect(Buffer.compare(Buffer.from(messages[0]), Buffer.from(sent))).toBe(0);
  });

  test('refuse a message size that is none', () => {
    for (const maxMessageSize of [0, -1, 1.5, 2 ** 30 + 1, NaN, '1000', null])
      expect(() => configure({ maxMessageSize })).toThrow(TypeError);
  });

  test('exchange text, bytes, empty messages and Blobs in order', async () => {
    pair = new Pair();
    const [local, remote] = await pair.openChannel();
    const messages = received(remote);
    local.send('grüße 😀');
    local.send('');
    local.send(new Uint8Array([0, 1, 255]));
    local.send(new Blob(['from a blob']));
    local.send(new ArrayBuffer(0));
    local.send('last');
    await pair.until(() => messages.length === 6);
    const plain = messages.map((m) => (typeof m === 'string' ? m : [...new Uint8Array(m)]));
    expect(plain).toEqual([
      'grüße 😀',
      '',
      [0, 1, 255],
      [...new TextEncoder().encode('from a blob')],
      [],
      'last',
    ]);
    await pair.until(() => local.bufferedAmount === 0);
  });

  test('carry a message as large as the peer takes, and no larger one', async () => {
    pair = new Pair();
    const [local, remote] = await pair.openChannel();
    const messages = received(remote);
    const size = pair.a.sctp.maxMessageSize;
    local.bufferedAmountLowThreshold = 1000;
    let low = 0;
    local.onbufferedamountlow = () => low++;
    local.send(new Uint8Array(size).fill(7));
    expect(local.bufferedAmount).toBe(size);
    expect(() => local.send(new Uint8Array(size + 1))).toThrow(TypeError);
    await pair.until(() => messages.length === 1 && local.bufferedAmount === 0);
    expect(new Uint8Array(messages[0]).every((byte) => byte === 7)).toBe(true);
    expect([messages[0].byteLength, low]).toEqual([size, 1]);
  });

  test('give ids by DTLS role, the same on both sides, and agree on negotiated ones', async () => {
    pair = new Pair();
    const [local, remote] = await pair.openChannel();
    const fromB = pair.b.createDataChannel('from b');
    const second = pair.a.createDataChannel('second');
    expect(remote.id).toBe(local.id);
    expect(second.id).not.toBe(null);
    expect(second.id % 2).toBe(local.id % 2);
    expect(fromB.id % 2).not.toBe(local.id % 2);
    const init = { negotiated: true, id: 100 };
    const [one, two] = [pair.a, pair.b].map((pc) => pc.createDataChannel('negotiated', init));
    await pair.until(() => one.readyState === 'open' && two.readyState === 'open');
    const messages = received(two);
    one.send('over the negotiated one');
    await pair.until(() => messages.length === 1);
    const taken = () => pair.a.createDataChannel('again', init);
    expect(taken).toThrow(expect.objectContaining({ name: 'OperationError' }));
  });

  test('see a channel closed on both sides, the rest staying open', async () => {
    pair = new Pair();
    const [local, remote] = await pair.openChannel('one');
    const [other] = await pair.openChannel('two');
    const log = [];
    for (const [name, channel] of [
      ['local', local],
      ['remote', remote],
    ]) {
      for (const type of ['closing', 'close', 'error']) {
        channel.addEventListener(type, () => log.push(`${name} ${type}`));
      }
    }
    local.close();
    await pair.until(() => local.readyState === 'closed' && remote.readyState === 'closed');
    expect(log.sort()).toEqual(['local close', 'remote close', 'remote closing']);
    expect(other.readyState).toBe('open');
  });

  test('see the other connection close', async () => {
    pair = new Pair();
    const [, remote] = await pair.openChannel();
    pair.a.close();
    await pair.until(() => remote.readyState === 'closed');
    await pair.until(() => pair.b.sctp.transport.state === 'closed');
    expect(pair.b.signalingState).toBe('stable');
  });

  test('restart ICE and go on', async () => {
    pair = new Pair();
    const [local, remote] = await pair.openChannel();
    const ufrag = () => /a=ice-ufrag:(.*)\r/.exec(pair.a.localDescription.sdp)[1];
    const before = ufrag();
    const needed = new Promise((resolve) => (pair.a.onnegotiationneeded = resolve));
    pair.a.restartIce();
    await needed;
    await pair.negotiate();
    expect(ufrag()).not.toBe(before);
    const messages = received(remote);
    await pair.until(() => pair.a.iceGatheringState === 'complete');
    local.send('after the restart');
    await pair.until(() => messages.length === 1);
    expect(pair.errors).toEqual([]);
  });

  test('connect without trickling, the candidates being in the descriptions', async () => {
    pair = new Pair({ trickle: false });
    const complete = (pc) => () => pc.iceGatheringState === 'complete';
    const channel = pair.a.createDataChannel('x');
    await pair.a.setLocalDescription(await pair.a.createOffer());
    await pair.until(complete(pair.a));
    await pair.b.setRemoteDescription(pair.a.localDescription);
    await pair.b.setLocalDescription(await pair.b.createAnswer());
    await pair.until(complete(pair.b));
    await pair.a.setRemoteDescription(pair.b.localDescription);
    await pair.until(() => channel.readyState === 'open');
  });

  test('connect over a link that loses, delays and reorders', async () => {
    pair = new Pair({ link: { latency: 30, jitter: 20, loss: 0.1 } });
    const [local, remote] = await pair.openChannel();
    const messages = received(remote);
    for (let i = 0; i < 50; i++) local.send(String(i));
    await pair.until(() => messages.length === 50, 120_000);
    expect(messages).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  });

  test('connect with certificates of their own, RSA on one side', async () => {
    const [ecdsa, rsa] = await Promise.all([
      RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }),
      RTCPeerConnection.generateCertificate({
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-256',
      }),
    ]);
    const handles = engine.liveHandles();
    expect(handles).toBe(2);
    pair = new Pair({ a: { certificates: [ecdsa] }, b: { certificates: [rsa] } });
    await pair.openChannel();
    const [{ algorithm, value }] = rsa.getFingerprints();
    expect(pair.a.remoteDescription.sdp.toLowerCase()).toContain(
      `a=fingerprint:${algorithm} ${value}`,
    );
    pair.close();
    for (const certificate of [ecdsa, rsa]) releaseCertificate(certificate);
  });
});

/** Certificates go with their wrappers, which no test can wait for. */
function releaseCertificate(certificate) {
  implOf(certificate).handle.delete();
}

describe('Negotiation', () => {
  test('fires the events of a first negotiation in the order of the specification', async () => {
    pair = new Pair();
    const log = [];
    for (const type of ['negotiationneeded', 'signalingstatechange', 'icegatheringstatechange']) {
      pair.a.addEventListener(type, () =>
        log.push(type === 'icegatheringstatechange' ? pair.a.iceGatheringState : type),
      );
    }
    pair.a.addEventListener('icecandidate', ({ candidate }) =>
      log.push(candidate === null ? 'null' : candidate.candidate === '' ? 'end' : 'candidate'),
    );
    pair.a.createDataChannel('x');
    await tasksDone();
    await pair.a.setLocalDescription().then(() => log.push('resolved'));
    await pair.until(() => pair.a.iceGatheringState === 'complete');
    expect(log).toEqual([
      'negotiationneeded',
      'signalingstatechange',
      'resolved',
      'gathering',
      'candidate',
      'end',
      'complete',
      'null',
    ]);
    expect(pair.a.localDescription.sdp).toMatch(/a=candidate:.* 192\.0\.2\.1 /);
    expect(pair.a.localDescription.sdp).toContain('a=end-of-candidates');
  });

  test('rolls back on glare and ends up connected (perfect negotiation)', async () => {
    pair = new Pair();
    pair.a.createDataChannel('a');
    pair.b.createDataChannel('b');
    await Promise.all([pair.a.setLocalDescription(), pair.b.setLocalDescription()]);
    // B is polite: its own offer gives way.
    const states = [];
    pair.b.onsignalingstatechange = () => states.push(pair.b.signalingState);
    await pair.b.setRemoteDescription(pair.a.localDescription);
    expect(states).toEqual(['stable', 'have-remote-offer']);
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    await pair.until(() => pair.a.connectionState === 'connected');
    await pair.until(() => pair.b.connectionState === 'connected');
  });

  test.each([
    ['no SDP at all', 'garbage'],
    ['a broken line', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application\r\n'],
  ])('rejects %s with a syntax error that names a line, and stays usable', async (_, sdp) => {
    pair = new Pair();
    const error = await pair.b.setRemoteDescription({ type: 'offer', sdp }).catch((e) => e);
    expect(error).toBeInstanceOf(RTCError);
    expect(error.errorDetail).toBe('sdp-syntax-error');
    expect(error.sdpLineNumber).toBeGreaterThan(0);
    await pair.openChannel();
  });

  test('refuses a munged offer and an answer in the wrong state by name', async () => {
    pair = new Pair();
    pair.a.createDataChannel('x');
    const offer = await pair.a.createOffer();
    offer.sdp = offer.sdp.replace(/a=ice-pwd:.*/, 'a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa');
    const munged = await pair.a.setLocalDescription(offer).catch(({ name }) => name);
    expect(munged).toBe('InvalidModificationError');
    const early = await pair.a.createAnswer().catch(({ name }) => name);
    expect(early).toBe('InvalidStateError');
    await pair.negotiate();
  });

  test('refuses malformed candidates and stays usable', async () => {
    pair = new Pair();
    pair.a.createDataChannel('x');
    await pair.negotiate();
    const bad = { candidate: 'candidate:nonsense', sdpMid: '0' };
    await expect(pair.a.addIceCandidate(bad)).rejects.toMatchObject({ name: 'OperationError' });
    const elsewhere = { candidate: '', sdpMid: 'no such section' };
    await expect(pair.a.addIceCandidate(elsewhere)).rejects.toMatchObject({
      name: 'OperationError',
    });
    await pair.until(() => pair.a.connectionState === 'connected');
  });

  test('a wrong fingerprint ends in failed, with an error, and no data', async () => {
    pair = new Pair();
    const channel = pair.a.createDataChannel('x');
    await pair.a.setLocalDescription();
    await pair.b.setRemoteDescription(pair.a.localDescription);
    await pair.b.setLocalDescription();
    const { type, sdp } = pair.b.localDescription;
    const other = sdp.replace(
      /(a=fingerprint:sha-256 )(..)/,
      (_, start, byte) => start + (byte === '00' ? '01' : '00'),
    );
    await pair.a.setRemoteDescription({ type, sdp: other });
    const errors = [];
    pair.a.sctp.transport.onerror = ({ error }) => errors.push(error.errorDetail);
    await pair.until(() => pair.a.connectionState === 'failed');
    expect(errors).toEqual(['fingerprint-failure']);
    expect(channel.readyState).not.toBe('open');
  });
});

test('getStats tells of transport, candidates, pair, certificates and channels', async () => {
  pair = new Pair();
  const [local, remote] = await pair.openChannel();
  const messages = received(remote);
  local.send('1234567890');
  await pair.until(() => messages.length === 1);
  const report = await pair.a.getStats();
  const byType = (type) => [...report.values()].filter((entry) => entry.type === type);
  for (const type of ['transport', 'local-candidate', 'remote-candidate', 'candidate-pair']) {
    expect(byType(type).length).toBeGreaterThan(0);
  }
  expect(byType('data-channel')[0]).toMatchObject({
    label: 'channel',
    state: 'open',
    messagesSent: 1,
    bytesSent: 10,
  });
  expect(byType('peer-connection')[0]).toMatchObject({ dataChannelsOpened: 1 });
  for (const [id, entry] of report) {
    expect(entry.id).toBe(id);
    expect(Math.abs(entry.timestamp - Date.now())).toBeLessThan(60_000);
  }
});
