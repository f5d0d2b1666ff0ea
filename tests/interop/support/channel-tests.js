// What channels do between ours and any peer: each takes a connected pair, whoever offered.

import { ours } from './implementations.js';
import { expectDelivery, expectUnorderedDelivery, noise, openChannel } from './session.js';

const kSmallBurst = Array.from({ length: 10 }, (_, i) => `message ${i}`);

const kEmptyMessages = ['', Buffer.alloc(0)];

const kKinds = [
  {},
  { protocol: 'chat.v1' },
  { ordered: false },
  { maxRetransmits: 0 },
  { ordered: false, maxRetransmits: 3 },
  { maxPacketLifeTime: 4000 },
  { ordered: false, maxPacketLifeTime: 4000 },
];

const kDefaultKind = {
  ordered: true,
  protocol: '',
  maxRetransmits: null,
  maxPacketLifeTime: null,
};

/** Ours sends no larger ones, whatever the peer says: maxMessageSize is what can be sent. */
const kLargestOfOurs = 1024 ** 3;

/** Peers that take any size (Firefox says a gigabyte) are tried up to this one. */
const kLargestTried = 4 * 1024 * 1024;

/**
 * Messages of all sizes up to the peer's maximum, and one byte more.
 * @param {Peer} offerer
 * @param {Peer} answerer
 * @param {Channel} near the offerer's end
 * @param {Channel} far
 */
export async function expectAllSizes(offerer, answerer, near, far) {
  const isOurs = offerer.implementation.name === ours.name;
  const [our, their] = isOurs ? [near, far] : [far, near];
  const [we, they] = isOurs ? [offerer, answerer] : [answerer, offerer];
  const most = we.pc.sctp.maxMessageSize;
  const announced = maxMessageSizeIn(we.pc.remoteDescription.sdp);
  expect(most).toBe(Math.min(announced, kLargestOfOurs));
  expect(most).toBeGreaterThanOrEqual(65_536);
  if (they.implementation.tellsEmptyMessages) await expectDelivery(our, their, kEmptyMessages);
  const taken = Math.min(most, kLargestTried, they.implementation.largestTaken ?? most);
  await expectDelivery(our, their, sizesUpTo(taken).map(noise));
  if (most < kLargestTried) expect(() => our.send(noise(most + 1))).toThrow(TypeError);
  const theirMost = Math.min(
    they.implementation.largestMessage,
    maxMessageSizeIn(we.pc.localDescription.sdp),
  );
  if (they.implementation.sendsEmptyMessages) await expectDelivery(their, our, kEmptyMessages);
  await expectDelivery(their, our, sizesUpTo(theirMost).map(noise));
  await expectDelivery(our, their, ['still open']);
}

/** Channels of every kind, from either side. */
export async function expectAllKinds(offerer, answerer) {
  for (const [from, to] of [
    [offerer, answerer],
    [answerer, offerer],
  ]) {
    for (const options of kindsFor(from)) {
      const label = `${from.implementation.name} ${JSON.stringify(options)}`;
      const [near, far] = await openChannel(from, to, label, options);
      if (to.implementation.tellsKind) expect(kindOf(far)).toEqual({ ...kDefaultKind, ...options });
      expect(far.raw.protocol).toBe(options.protocol ?? '');
      const deliver = options.ordered === false ? expectUnorderedDelivery : expectDelivery;
      await deliver(near, far, kSmallBurst);
      await deliver(far, near, kSmallBurst);
    }
  }
}

/** Closing from either side, and channels on the streams that it sets free. */
export async function expectClosing(offerer, answerer, near, far) {
  const second = await openChannel(offerer, answerer, 'second');
  const third = await openChannel(answerer, offerer, 'third');
  for (const [closing, watching] of [second, third, [far, near]]) {
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
}

const kMany = 1000;
const kAtOnce = 50;

/**
 * A thousand channels at once, the first included, half of them from each side since that is how ids
 * are given out; a message each way on each of them, and all are open in the end.
 */
export async function expectManyChannels(offerer, answerer, near, far) {
  const we = [offerer, answerer].find(({ implementation }) => implementation.name === ours.name);
  const they = we === offerer ? answerer : offerer;
  expect(we.pc.sctp.maxChannels).toBe(they.implementation.streams);
  const pairs = [[near, far]];
  while (pairs.length < kMany) {
    const some = Array.from({ length: Math.min(kAtOnce, kMany - pairs.length) }, (_, i) => {
      const number = pairs.length + i;
      const [from, to] = number % 2 === 0 ? [offerer, answerer] : [answerer, offerer];
      return openChannel(from, to, `channel ${number}`);
    });
    pairs.push(...(await Promise.all(some)));
  }
  for (let at = 0; at < kMany; at += kAtOnce) {
    await Promise.all(
      pairs
        .slice(at, at + kAtOnce)
        .flatMap(([near, far]) => [
          expectDelivery(near, far, [`${near.label} there`]),
          expectDelivery(far, near, [`${far.label} back`]),
        ]),
    );
  }
  const states = pairs.flat().map(({ raw }) => raw.readyState);
  expect(new Set(states)).toEqual(new Set(['open']));
}

function kindsFor({ implementation }) {
  if (implementation.sendsUnorderedPartial) return kKinds;
  return kKinds.filter((kind) => kind.ordered !== false || Object.keys(kind).length === 1);
}

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

/** RFC 8841 section 6.1: 64K where nothing is said. */
function maxMessageSizeIn(sdp) {
  return Number(/^a=max-message-size:(\d+)/m.exec(sdp)?.[1] ?? 65_536);
}

/**
 * @typedef {import('./peer.js').Peer} Peer
 * @typedef {import('./channel.js').Channel} Channel
 */
