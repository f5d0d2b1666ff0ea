// Data channels with every peer, in both directions of offering.

import {
  expectAllKinds,
  expectAllSizes,
  expectClosing,
  expectManyChannels,
} from './support/channel-tests.js';
import { chromium, firefox } from './support/browsers.js';
import { generateCertificate, kComplete, others, ours } from './support/implementations.js';
import { kUser, oursThroughRelay, oursWith, startRelay } from './support/networks.js';
import { Peer } from './support/peer.js';
import { connect, expectDelivery, expectFileTransfer, noise } from './support/session.js';

const browsers = [
  { ...kComplete, ...chromium, name: 'Chromium' },
  { ...kComplete, ...firefox, name: 'Firefox' },
];

/** A browser takes a while to start. */
beforeAll(() => Promise.all(browsers.map(({ start }) => start())), 90_000);

const directions = [...others, ...browsers].flatMap((other) => [
  { title: `webrtc-wasm offers to ${other.name}`, offering: ours, answering: other },
  { title: `${other.name} offers to webrtc-wasm`, offering: other, answering: ours },
]);

const kModes = [
  { how: 'candidates that trickle', trickle: true },
  { how: 'complete descriptions', trickle: false },
];

const kRsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};
const kEcdsa = { name: 'ECDSA', namedCurve: 'P-256' };

const kFile = noise(2 * 1024 * 1024);
const kMessages = ['hello', 'grüße 🚀', Buffer.from([0]), Buffer.from([0, 255, 128])];
const kEmptyMessages = ['', Buffer.alloc(0), 'after the empty ones'];

const messagesOf = ({ implementation }) =>
  implementation.sendsEmptyMessages ? [...kMessages, ...kEmptyMessages] : kMessages;

describe.each(directions)('$title', ({ offering, answering }) => {
  let offerer;
  let answerer;

  beforeEach(() => {
    offerer = new Peer(offering);
    answerer = new Peer(answering);
  });

  /** A connected pair with one channel of the offerer's. */
  async function connected(options) {
    const near = offerer.createChannel('first');
    await connect(offerer, answerer, options);
    const far = await answerer.announced('first');
    await Promise.all([near.opened, far.opened]);
    return [near, far];
  }

  test.each(kModes)('messages and a file pass both ways after $how', async ({ trickle }) => {
    const [near, far] = await connected({ trickle });
    await expectDelivery(near, far, messagesOf(offerer));
    await expectDelivery(far, near, messagesOf(answerer));
    await Promise.all([expectFileTransfer(near, far, kFile), expectFileTransfer(far, near, kFile)]);
  });

  test('messages of all sizes up to the agreed maximum pass whole, a larger one is refused', async () => {
    const [near, far] = await connected();
    await expectAllSizes(offerer, answerer, near, far);
  });

  test('channels of every kind open from either side and deliver', async () => {
    await connected();
    await expectAllKinds(offerer, answerer);
  });

  test('closing is seen on both sides, whoever closes, and the connection goes on', async () => {
    const [near, far] = await connected();
    await expectClosing(offerer, answerer, near, far);
  });
});

/** Who answers is the DTLS client (RFC 8842 section 5.3 recommends it, and all of these do). */
describe.each(directions)('DTLS when $title', ({ offering, answering }) => {
  test.each([
    ['RSA-2048', kRsa],
    ['ECDSA P-256', kEcdsa],
  ])('a certificate of ours with %s is taken', async (_, algorithm) => {
    const certificate = await generateCertificate(algorithm);
    const peerFor = (implementation) =>
      new Peer(implementation, implementation === ours ? { certificates: [certificate] } : {});
    const offerer = peerFor(offering);
    const answerer = peerFor(answering);
    const near = offerer.createChannel('first');
    const { offer, answer } = await connect(offerer, answerer);
    expect(offer.sdp).toContain('\r\na=setup:actpass\r\n');
    expect(answer.sdp).toContain('\r\na=setup:active\r\n');
    const far = await answerer.announced('first');
    await Promise.all([near.opened, far.opened]);
    const { sdp } = offering === ours ? offer : answer;
    for (const { algorithm: hash, value } of certificate.getFingerprints())
      expect(sdp.toLowerCase()).toContain(`a=fingerprint:${hash} ${value}`.toLowerCase());
    await expectDelivery(near, far, kMessages);
    await expectDelivery(far, near, kMessages);
  });
});

test.each([...others, ...browsers].map((other) => ({ name: other.name, other })))(
  'a thousand channels are open at once with $name',
  async ({ other }) => {
    const us = new Peer(ours);
    const them = new Peer(other);
    const near = us.createChannel('first');
    await connect(us, them);
    const far = await them.announced('first');
    await Promise.all([near.opened, far.opened]);
    await expectManyChannels(us, them, near, far);
  },
  120_000,
);

test.each(others.map((other) => ({ name: other.name, other })))(
  'an offer that says how SCTP begins connects with $name, which may not know of that',
  async ({ other }) => {
    const us = new Peer(oursWith({ offerSctpInit: true }));
    const them = new Peer(other);
    const near = us.createChannel('first');
    const { offer } = await connect(us, them);
    expect(offer.sdp).toContain('\r\na=sctp-init:');
    const far = await them.announced('first');
    await Promise.all([near.opened, far.opened]);
    await expectDelivery(near, far, kMessages);
    await expectDelivery(far, near, kMessages);
  },
);

test.each([
  ['on one machine', async () => [ours, ours]],
  [
    'at one relay',
    async () => {
      const { url } = await startRelay();
      return [oursThroughRelay(url, kUser), oursThroughRelay(url, kUser)];
    },
  ],
])('between two of ours %s packets become as large as records', async (_, implementations) => {
  const [us, them] = (await implementations()).map((one) => new Peer(one));
  const near = us.createChannel('first');
  await connect(us, them);
  const far = await them.announced('first');
  await Promise.all([near.opened, far.opened]);
  await expectFileTransfer(near, far, kFile);
  const before = await transportOf(us);
  await expectFileTransfer(near, far, kFile);
  const after = await transportOf(us);
  const mean = (after.bytesSent - before.bytesSent) / (after.packetsSent - before.packetsSent);
  expect(mean).toBeGreaterThan(4000);
});

async function transportOf({ pc }) {
  return [...(await pc.getStats()).values()].find(({ type }) => type === 'transport');
}
