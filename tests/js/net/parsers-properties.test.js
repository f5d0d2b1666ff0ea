// What is read of a network in JavaScript, on bytes of fast-check's making. The same every time;
// FAST_CHECK_SEED=<number> tries others.

import { isIP } from 'node:net';
import fc from 'fast-check';
import { readAddresses } from '../../../js/net/multicast-packet.js';
import { FrameFollower, isDroppable } from '../../../js/net/turn-frames.js';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

const u16 = (value) => [value >> 8, value & 255];
const seldom = (arbitrary) => fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, arbitrary);

describe('Responses of multicast DNS', () => {
  const label = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' });
  const part = fc.oneof(
    { weight: 60, arbitrary: label.map((text) => [text.length, ...Buffer.from(text)]) },
    // Pointers, mostly to what is there.
    fc.integer({ min: 0, max: 300 }).map((to) => u16(0xc000 | to)),
    fc.constantFrom([0x40], [0x80, 1], [63]),
  );
  const name = fc
    .tuple(fc.array(part, { maxLength: 4 }), seldom(fc.constant(true)))
    .map(([parts, isOpen]) => [...parts.flat(), ...(isOpen ? [] : [0])]);
  const bytes = (length) => fc.uint8Array({ minLength: length, maxLength: length });
  const content = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant(1), data: bytes(4) }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant(28), data: bytes(16) }) },
    fc.record({
      type: fc.constantFrom(1, 28, 16, 47, 0xffff),
      data: fc.uint8Array({ maxLength: 20 }),
    }),
  );
  const record = fc
    .record({
      name,
      content,
      klass: fc.constantFrom(1, 0x8001, 3),
      ttl: fc.nat({ max: 0xffff }),
      // What it says of its length.
      lies: seldom(fc.integer({ min: -3, max: 3000 })),
    })
    .map(({ name, content: { type, data }, klass, ttl, lies }) => [
      ...[name, u16(type), u16(klass), u16(0), u16(ttl)].flat(),
      ...u16(Math.max(0, data.length + (lies ?? 0))),
      ...data,
    ]);
  const question = name.map((bytes) => [...bytes, 0, 1, 0, 1]);
  const packet = fc
    .record({
      questions: fc.array(question, { maxLength: 2 }),
      records: fc.array(record, { maxLength: 6 }),
      counts: seldom(fc.tuple(...Array(4).fill(fc.nat({ max: 0xffff })))),
      cut: seldom(fc.nat({ max: 200 })),
    })
    .map(({ questions, records, counts, cut }) => {
      const told = counts ?? [questions.length, records.length, 0, 0];
      const bytes = [0, 0, 0x84, 0, ...told.flatMap(u16), ...questions.flat(), ...records.flat()];
      return Uint8Array.from(cut === null ? bytes : bytes.slice(0, cut));
    });

  it('are read to their addresses, or not at all', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: packet }, fc.uint8Array()), (bytes) => {
        const before = Uint8Array.from(bytes);
        const addresses = readAddresses(bytes);
        expect(bytes).toEqual(before);
        for (const { name, type, ttl, data } of addresses ?? []) {
          expect(isIP(data)).toBe(type === 'A' ? 4 : 6);
          expect(name.length).toBeLessThanOrEqual(255);
          expect(ttl).toBeLessThanOrEqual(0xffffffff);
        }
        read += addresses?.length ?? 0;
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  it('are read whole where they are well-formed, with names that are written out or pointed to', () => {
    const address = fc.record({
      labels: fc.array(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { minLength: 1, maxLength: 4 }),
      type: fc.constantFrom('A', 'AAAA'),
      ttl: fc.nat({ max: 0xffff }),
      last: fc.integer({ min: 1, max: 0x99 }),
    });
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 8 }), (all) => {
        const bytes = [0, 0, 0x84, 0, 0, 0, ...u16(all.length), 0, 0, 0, 0];
        const places = new Map();
        for (const { labels, type, ttl, last } of all) {
          const text = labels.join('.');
          const known = places.get(text);
          places.set(text, known ?? bytes.length);
          if (known) bytes.push(...u16(0xc000 | known));
          else bytes.push(...labels.flatMap((one) => [one.length, ...Buffer.from(one)]), 0);
          const data = type === 'A' ? [192, 0, 2, last] : [0x20, 1, ...Array(13).fill(0), last];
          bytes.push(...u16(type === 'A' ? 1 : 28), ...u16(1), 0, 0, ...u16(ttl));
          bytes.push(...u16(data.length), ...data);
        }
        expect(readAddresses(Uint8Array.from(bytes))).toEqual(
          all.map(({ labels, type, ttl, last }) => ({
            name: labels.join('.'),
            type,
            ttl,
            data: type === 'A' ? `192.0.2.${last}` : `2001::${last.toString(16)}`,
          })),
        );
      }),
    );
  });

  it('that point round in circles are no names', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { minLength: 24, maxLength: 24 }), (to) => {
        const names = to.flatMap((target) => u16(0xc000 | (12 + (target & ~1))));
        const bytes = Uint8Array.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, ...names]);
        expect(readAddresses(bytes)).toBeUndefined();
      }),
    );
  });
});

describe('Frames of TURN', () => {
  const payload = fc.uint8Array({ maxLength: 40 });
  const frame = fc.oneof(
    fc.tuple(fc.integer({ min: 0x4000, max: 0x7fff }), payload).map(([channel, data]) => ({
      isData: true,
      bytes: [...u16(channel), ...u16(data.length), ...data, ...Array(-data.length & 3).fill(0)],
    })),
    fc
      .tuple(fc.constantFrom(0x0016, 0x0017, 0x0001, 0x0103, 0x0113), payload)
      .map(([type, data]) => ({
        isData: type === 0x0016 || type === 0x0017,
        bytes: [...u16(type), ...u16(data.length), ...Array(16).fill(7), ...data],
      })),
  );
  const frames = fc.array(frame, { minLength: 1, maxLength: 8 });
  const pieces = (bytes, cuts) => {
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
    places.sort((a, b) => a - b);
    return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
  };
  const follow = (all) => {
    const seen = [];
    const follower = new FrameFollower((kind, length) => seen.push([kind, length]));
    for (const piece of all) follower.push(piece);
    return { seen, broken: follower.broken };
  };
  const cuts = fc.array(fc.nat(), { maxLength: 12 });

  it('are the same however a stream is cut, be they frames or not', () => {
    fc.assert(
      fc.property(frames, payload, cuts, (list, rest, places) => {
        const bytes = Uint8Array.from([...list.flatMap((one) => one.bytes), ...rest]);
        const whole = follow([bytes]);
        expect(follow(pieces(bytes, places))).toEqual(whole);
        expect(whole.seen.length).toBeGreaterThanOrEqual(list.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('may be dropped where all are data and whole', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (list, cut) => {
        const bytes = Uint8Array.from(list.flatMap((one) => one.bytes));
        const isAllData = list.every((one) => one.isData);
        expect(isDroppable(bytes)).toBe(isAllData);
        // Cut between two frames it is shorter and whole; elsewhere it is neither.
        const ends = list.map((_, i) => list.slice(0, i + 1).flatMap((one) => one.bytes).length);
        const length = cut % bytes.length;
        const begun = list.slice(
          0,
          ends.findIndex((end) => end > length),
        );
        const isWhole = ends.includes(length) && begun.every((one) => one.isData);
        expect(isDroppable(bytes.subarray(0, length))).toBe(isWhole);
      }),
      { numRuns: 1000 },
    );
  });
});
