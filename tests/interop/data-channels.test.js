// Data channels with every peer, in both directions of offering.

import { others, ours } from './support/implementations.js';
import { oursWith } from './support/networks.js';
import { Peer } from './support/peer.js';
import {
  connect,
  expectDelivery,
  expectFileTransfer,
  expectUnorderedDelivery,
  noise,
  openChannel,
} from './support/session.js';

const directions = others.flatMap((other) => [
  { title: `webrtc-wasm offers to ${other.name}`, offering: ours, answering: other },
  { title: `${other.name} offers to webrtc-wasm`, offering: other, answering: ours },
]);

const kModes = [
  { how: 'candidates that trickle', trickle: true },
  { how: 'complete descriptions', trickle: false },
];

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
    const [our, their] = offering === ours ? [near, far] : [far, near];
    const [we, they] = offering === ours ? [offerer, answerer] : [answerer, offerer];
    const most = we.pc.sctp.maxMessageSize;
    expect(most).toBe(maxMessageSizeIn(we.pc.remoteDescription.sdp));
    expect(most).toBeGreaterThanOrEqual(65_536);
    await expectDelivery(our, their, sizesUpTo(most).map(noise));
    expect(() => our.send(noise(most + 1))).toThrow(TypeError);
    const theirMost = Math.min(
      they.implementation.largestMessage,
      maxMessageSizeIn(we.pc.localDescription.sdp),
    );
    await expectDelivery(their, our, sizesUpTo(theirMost).map(noise));
    await expectDelivery(our, their, ['still open']);
  });

  test('channels of every kind open from either side and deliver', async () => {
    await connected();
    for (const [from, to] of [
      [offerer, answerer],
      [answerer, offerer],
    ]) {
      for (const options of kindsFor(from)) {
        const label = `${from.implementation.name} ${JSON.stringify(options)}`;
        const [near, far] = await openChannel(from, to, label, options);
        if (to.implementation.tellsKind)
          expect(kindOf(far)).toEqual({ ...kDefaultKind, ...options });
        expect(far.raw.protocol).toBe(options.protocol ?? '');
        const deliver = options.ordered === false ? expectUnorderedDelivery : expectDelivery;
        await deliver(near, far, kSmallBurst);
        await deliver(far, near, kSmallBurst);
      }
    }
  });

  test('closing is seen on both sides, whoever closes, and the connection goes on', async () => {
    const [first, itsFar] = await connected();
    const second = await openChannel(offerer, answerer, 'second');
    const third = await openChannel(answerer, offerer, 'third');
    for (const [closing, watching] of [second, third, [itsFar, first]]) {
      closing.close();
      await Promise.all([closing.closed, watching.closed]);
      expect([closing.raw.readyState, watching.raw.readyState]).toEqual(['closed', 'closed']);
    }
    for (const [from, to] of [
      [offerer, answerer],
      [answerer, offerer],
    ]) {
      if (!from.implementation.reusesStreams) continue;
      const [near, far] = await openChannel(from, to, `again ${from.implementation.name}`);
      await expectDelivery(near, far, ['after the others']);
      await expectDelivery(far, near, ['indeed']);
    }
  });
});

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

test('between two of ours on one machine packets become as large as records', async () => {
  const [us, them] = [new Peer(ours), new Peer(ours)];
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

const kSmallBurst = Array.from({ length: 10 }, (_, i) => `message ${i}`);

const kKinds = [
  {},
  { protocol: 'chat.v1' },
  { ordered: false },
  { maxRetransmits: 0 },
  { ordered: false, maxRetransmits: 3 },
  { maxPacketLifeTime: 4000 },
  { ordered: false, maxPacketLifeTime: 4000 },
];

function kindsFor({ implementation }) {
  if (implementation.sendsUnorderedPartial) return kKinds;
  return kKinds.filter((kind) => kind.ordered !== false || Object.keys(kind).length === 1);
}

const kDefaultKind = {
  ordered: true,
  protocol: '',
  maxRetransmits: null,
  maxPacketLifeTime: null,
};

function kindOf({ raw }) {
  // wrtc says 65535 for "no limit", as an early draft did; others leave it out.
  const limit = (value) => (value === undefined || value === 65_535 ? null : value);
  return {
    ordered: raw.ordered,
    protocol: raw.protocol,
    maxRetransmits: limit(raw.maxRetransmits),
    maxPacketLifeTime: limit(raw.maxPacketLifeTime),
  };
}

function sizesUpTo(most) {
  const sizes = [1, 1000, 1200, 1201, 16_384, 65_535, 65_536, 262_143, 262_144];
  return [...sizes.filter((size) => size < most), most];
}

function maxMessageSizeIn(sdp) {
  return Number(/^a=max-message-size:(\d+)/m.exec(sdp)[1]);
}
