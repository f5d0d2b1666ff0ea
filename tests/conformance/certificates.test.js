// RTCCertificate and generateCertificate(): webrtc-pc 4.9.

import { rejects, throws } from './support/errors.js';
import { certificate, connection } from './support/resources.js';
import { parse } from './support/sdp.js';
import { answerTo, connectedPair, negotiate, openChannel, pair } from './support/session.js';
import { until } from './support/waiting.js';

const kEcdsa = { name: 'ECDSA', namedCurve: 'P-256' };
const kRsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};
const kDayMs = 24 * 60 * 60 * 1000;

const fingerprintsIn = (description) => {
  const { values, sections } = parse(description);
  return [
    ...values('fingerprint'),
    ...sections.flatMap((section) => section.values('fingerprint')),
  ];
};

for (const [name, algorithm] of [
  ['ECDSA on P-256', kEcdsa],
  ['RSASSA-PKCS1-v1_5 with 2048 bits', kRsa],
]) {
  test(`generateCertificate() makes one for ${name}, with a fingerprint`, async () => {
    const made = await certificate(algorithm);
    expect(made instanceof RTCCertificate).toBe(true);
    const { value } = made.getFingerprints().find((x) => x.algorithm === 'sha-256');
    expect(value).toMatch(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/);
  }, 20_000);

  test(`a connection with a certificate for ${name} offers its fingerprint, and connects`, async () => {
    const made = await certificate(algorithm);
    const [a, b] = pair({ certificates: [made] }, {});
    const channel = openChannel(a, b);
    await negotiate(a, b);
    const { value } = made.getFingerprints().find((x) => x.algorithm === 'sha-256');
    expect(new Set(fingerprintsIn(a.localDescription))).toEqual(
      new Set([`sha-256 ${value.toUpperCase()}`]),
    );
    await channel;
    expect(a.getConfiguration().certificates).toEqual([made]);
  }, 20_000);
}

test('a certificate is good for 30 days by default', async () => {
  const before = Date.now();
  const { expires } = await certificate();
  expect(expires).toBeGreaterThanOrEqual(before + 30 * kDayMs - 1000);
  expect(expires).toBeLessThanOrEqual(Date.now() + 30 * kDayMs + 1000);
});

test('expires of the algorithm is how long the certificate is good for', async () => {
  const before = Date.now();
  const { expires } = await certificate({ ...kEcdsa, expires: kDayMs });
  expect(expires).toBeGreaterThanOrEqual(before + kDayMs - 1000);
  expect(expires).toBeLessThanOrEqual(Date.now() + kDayMs + 1000);
});

test('a certificate is good for 365 days at most', async () => {
  const { expires } = await certificate({ ...kEcdsa, expires: 10_000 * kDayMs });
  expect(expires).toBeLessThanOrEqual(Date.now() + 365 * kDayMs + 1000);
});

test('names of algorithms are compared without regard to case', async () => {
  expect((await certificate({ ...kEcdsa, name: 'ecdsa' })) instanceof RTCCertificate).toBe(true);
});

for (const [what, algorithm, name] of [
  ['an algorithm for encryption', { name: 'AES-GCM', length: 256 }, 'NotSupportedError'],
  ['an algorithm that is none', 'nonsense', 'NotSupportedError'],
  ['a hash', 'SHA-256', 'NotSupportedError'],
  ['another curve', { name: 'ECDSA', namedCurve: 'P-31' }, 'NotSupportedError'],
  ['SHA-1', { ...kRsa, hash: 'SHA-1' }, 'NotSupportedError'],
  ['no argument', undefined, 'TypeError'],
  ['an algorithm without a name', {}, 'TypeError'],
  ['ECDSA without a curve', { name: 'ECDSA' }, 'TypeError'],
  ['a negative expires', { ...kEcdsa, expires: -1 }, 'TypeError'],
]) {
  test(`generateCertificate() rejects with ${name} for ${what}`, async () => {
    const args = algorithm === undefined ? [] : [algorithm];
    await rejects(RTCPeerConnection.generateCertificate(...args), name);
  });
}

test('RTCCertificate cannot be constructed', () => {
  throws(() => new RTCCertificate(), 'TypeError');
});

test('an expired certificate is an InvalidAccessError for the constructor', async () => {
  const expired = await certificate({ ...kEcdsa, expires: 0 });
  while (Date.now() <= expired.expires) await new Promise((resolve) => setTimeout(resolve));
  throws(() => connection({ certificates: [expired] }), 'InvalidAccessError');
});

test('a connection keeps the certificate that it was given over its offers', async () => {
  const made = await certificate();
  const pc = connection({ certificates: [made] });
  pc.createDataChannel('channel');
  const first = fingerprintsIn(await pc.createOffer());
  expect(fingerprintsIn(await pc.createOffer())).toEqual(first);
});

test('a certificate can be used by several connections', async () => {
  const made = await certificate();
  const [a, b] = [connection({ certificates: [made] }), connection({ certificates: [made] })];
  a.createDataChannel('channel');
  b.createDataChannel('channel');
  expect(fingerprintsIn(await a.createOffer())).toEqual(fingerprintsIn(await b.createOffer()));
});

test('connections without certificates have one each', async () => {
  const [a, b] = [connection(), connection()];
  a.createDataChannel('channel');
  b.createDataChannel('channel');
  expect(fingerprintsIn(await a.createOffer())).not.toEqual(fingerprintsIn(await b.createOffer()));
});

test('a connection fails whose peer has another certificate than its fingerprint says', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const { type, sdp } = a.localDescription;
  const wrong = sdp.replace(
    /(a=fingerprint:\S+ )(..)/g,
    (_, head, byte) => head + (byte === '00' ? '01' : '00'),
  );
  await b.setRemoteDescription({ type, sdp: wrong });
  await answerTo(b, a);
  await until(b, 'connectionstatechange', () => b.connectionState === 'failed');
  expect(b.sctp.transport.state).toBe('failed');
});

/** The certificate as its peer gets it. @param {RTCCertificate} made */
async function derOf(made) {
  const { a } = await connectedPair({ certificates: [made] });
  const stats = await a.getStats();
  const { localCertificateId } = [...stats.values()].find(({ type }) => type === 'transport');
  const { base64Certificate } = stats.get(localCertificateId);
  return Uint8Array.from(atob(base64Certificate), (letter) => letter.charCodeAt(0));
}

for (const hash of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) {
  test(`a peer is known by the ${hash} of its certificate alone`, async () => {
    const made = await certificate();
    const digest = new Uint8Array(await crypto.subtle.digest(hash, await derOf(made)));
    const pairs = [...digest].map((byte) => byte.toString(16).padStart(2, '0'));
    const fingerprint = `${hash.toLowerCase()} ${pairs.join(':').toUpperCase()}`;
    const [a, b] = pair({ certificates: [made] }, {});
    const channel = openChannel(a, b);
    await a.setLocalDescription();
    const { type, sdp } = a.localDescription;
    await b.setRemoteDescription({
      type,
      sdp: sdp.replace(/a=fingerprint:.*/g, `a=fingerprint:${fingerprint}`),
    });
    await answerTo(b, a);
    await channel;
    expect(fingerprintsIn(b.remoteDescription)).toContain(fingerprint);
  });
}
