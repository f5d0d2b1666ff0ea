// Responses of multicast DNS, as they come from whoever reaches the port.

import { EventEmitter } from 'node:events';
import { linksOf } from '../../../js/net/local-addresses.js';
import { readResponses } from '../../../js/net/multicast-resolver.js';
import { mayBeResponse, readAddresses } from '../../../js/net/multicast-packet.js';

const u16 = (value) => [value >> 8, value & 255];
const label = (text) => [text.length, ...Buffer.from(text)];
const pointer = (to) => u16(0xc000 | to);
const record = (name, type, data, { ttl = 120, klass = 0x8001 } = {}) => [
  ...[name, u16(type), u16(klass), u16(0), u16(ttl), u16(data.length), data].flat(),
];
/** Questions are none; `counts` are of answers, authorities and additional records. */
const packet = (counts, ...records) =>
  Uint8Array.from([0, 0, 0x84, 0, 0, 0, ...counts.flatMap(u16), ...records.flat()]);
const peer = [...label('peer'), ...label('local'), 0];

describe('readAddresses', () => {
  const whole = packet(
    [2, 1, 1],
    record(peer, 1, [192, 0, 2, 1]),
    // TXT, and a name of which a part stands before.
    record([...label('other'), ...pointer(12 + 5)], 16, [1, 0x78]),
    record(peer, 1, [192, 0, 2, 66]),
    record(pointer(12), 28, [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1], { ttl: 7 }),
  );

  it('reads A and AAAA of answers and additional records', () => {
    expect(readAddresses(whole)).toEqual([
      { name: 'peer.local', type: 'A', ttl: 120, data: '192.0.2.1' },
      { name: 'peer.local', type: 'AAAA', ttl: 7, data: '2001:db8::1' },
    ]);
    const compressed = packet(
      [2, 0, 0],
      record(peer, 1, [192, 0, 2, 1]),
      record([...label('other'), ...pointer(12 + 5)], 1, [192, 0, 2, 2]),
    );
    expect(readAddresses(compressed)[1]).toMatchObject({ name: 'other.local' });
  });

  it('passes over questions, other classes and lengths that no address has', () => {
    const question = [...peer, ...u16(1), ...u16(1)];
    const bytes = packet(
      [3, 0, 0],
      question,
      record(peer, 1, [192, 0, 2, 1, 1]),
      record(peer, 28, [192, 0, 2, 1]),
      record(peer, 1, [192, 0, 2, 1], { klass: 3 }),
    );
    bytes[5] = 1;
    expect(readAddresses(bytes)).toEqual([]);
  });

  it('takes no beginning of a packet for a packet, and reads nothing beyond it', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(readAddresses(whole.slice(0, length))).toBeUndefined();
      // Nor where more of the buffer follows.
      expect(readAddresses(whole.subarray(0, length))).toBeUndefined();
    }
  });

  it.each([
    ['to itself', pointer(12)],
    ['through many pointers', [...pointer(14), ...pointer(16), ...pointer(12)]],
    ['beyond the end', pointer(0x3fff)],
    ['of a label that is none', [0x40, 0]],
    [
      'longer than a name may be',
      [
        ...Array(5)
          .fill(label('x'.repeat(63)))
          .flat(),
        0,
      ],
    ],
  ])('refuses a name %s', (_, name) => {
    expect(readAddresses(packet([1, 0, 0], record(name, 1, [192, 0, 2, 1])))).toBeUndefined();
  });

  it('follows no chain of pointers, which thousands of records could share', () => {
    // A record whose data are a name and 2000 pointers, each to the one before.
    const start = 12 + 11;
    const chain = [0];
    for (let i = 0; i < 2000; i++)
      chain.push(...pointer(i === 0 ? start : start + 1 + 2 * (i - 1)));
    const last = start + chain.length - 2;
    const many = Array(300).fill(record(pointer(last), 1, [192, 0, 2, 1]));
    const bytes = packet([301, 0, 0], record([0], 10, chain), ...many);
    expect(bytes.length).toBeLessThan(9000);
    expect(readAddresses(bytes)).toBeUndefined();
  });

  it('refuses what is longer than a packet may be', () => {
    expect(readAddresses(packet([0, 0, 0], Array(9000 - 12).fill(0)))).toEqual([]);
    expect(readAddresses(packet([0, 0, 0], Array(9000 - 11).fill(0)))).toBeUndefined();
  });
});

describe('what is listened to', () => {
  const isOnLink = linksOf(() => ({ eth0: [{ address: '192.0.2.5', netmask: '255.255.255.0' }] }));
  const from = { address: '192.0.2.77', port: 5353 };
  const response = packet([1, 0, 0], record(peer, 1, [192, 0, 2, 1]));

  it('comes from port 5353 of the same link, and is a response', () => {
    expect(mayBeResponse(response, from, isOnLink)).toBe(true);
    expect(mayBeResponse(response, { ...from, port: 53 }, isOnLink)).toBe(false);
    expect(mayBeResponse(response, { ...from, address: '198.51.100.1' }, isOnLink)).toBe(false);
    const query = Uint8Array.from(response);
    query[2] = 0;
    expect(mayBeResponse(query, from, isOnLink)).toBe(false);
    expect(mayBeResponse(response.subarray(0, 11), from, isOnLink)).toBe(false);
    expect(mayBeResponse(new Uint8Array(9001).fill(0x80), from, isOnLink)).toBe(false);
  });

  it('is read by nobody else, and told as a response', () => {
    const [socket, multicast, told, decoded] = [new EventEmitter(), new EventEmitter(), [], []];
    socket.on('message', (bytes) => decoded.push(bytes));
    multicast.on('response', (heard) => told.push(heard));
    readResponses(socket, multicast, isOnLink);
    socket.emit('message', response, from);
    socket.emit('message', response, { ...from, address: '198.51.100.1' });
    socket.emit('message', response.subarray(0, 20), from);
    expect(decoded).toEqual([]);
    expect(told).toEqual([
      { answers: [{ name: 'peer.local', type: 'A', ttl: 120, data: '192.0.2.1' }] },
    ]);
  });
});
