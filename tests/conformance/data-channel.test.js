// RTCDataChannel: webrtc-pc 6.2, and priority of webrtc-priority.

import { throws } from './support/errors.js';
import { connection } from './support/resources.js';
import {
  connectedPair,
  messageAt,
  negotiate,
  openChannel,
  opened,
  pair,
} from './support/session.js';
import { nextEvent, quiet, record, soon, until } from './support/waiting.js';

/** @param {RTCDataChannel} channel */
const closed = (channel) => until(channel, 'close', () => channel.readyState === 'closed');

// ---- createDataChannel()

test('createDataChannel() gives a channel that is connecting, ordered and reliable', () => {
  const channel = connection().createDataChannel('name');
  expect(channel instanceof RTCDataChannel).toBe(true);
  expect(channel.label).toBe('name');
  expect(channel.protocol).toBe('');
  expect(channel.ordered).toBe(true);
  expect(channel.maxPacketLifeTime).toBe(null);
  expect(channel.maxRetransmits).toBe(null);
  expect(channel.negotiated).toBe(false);
  expect(channel.id).toBe(null);
  expect(channel.readyState).toBe('connecting');
  expect(channel.bufferedAmount).toBe(0);
  expect(channel.bufferedAmountLowThreshold).toBe(0);
  expect(channel.binaryType).toBe('arraybuffer');
});

test('createDataChannel() takes all members of its dictionary', () => {
  const pc = connection();
  expect(
    pc.createDataChannel('a', { ordered: false, maxRetransmits: 3, protocol: 'chat' }),
  ).toMatchObject({ ordered: false, maxRetransmits: 3, maxPacketLifeTime: null, protocol: 'chat' });
  expect(pc.createDataChannel('b', { maxPacketLifeTime: 500 })).toMatchObject({
    maxPacketLifeTime: 500,
    maxRetransmits: null,
  });
  expect(pc.createDataChannel('c', { negotiated: true, id: 42 })).toMatchObject({
    negotiated: true,
    id: 42,
  });
});

test('createDataChannel() ignores an id of a channel that is not negotiated', () => {
  expect(connection().createDataChannel('a', { id: 42 }).id).toBe(null);
});

for (const [what, args] of [
  ['no label', []],
  ['negotiated without an id', ['a', { negotiated: true }]],
  ['both kinds of partial reliability', ['a', { maxRetransmits: 1, maxPacketLifeTime: 1 }]],
  ['an id of 65535', ['a', { negotiated: true, id: 65_535 }]],
  ['an id beyond 16 bits', ['a', { negotiated: true, id: 65_536 }]],
  ['a negative id', ['a', { negotiated: true, id: -1 }]],
  ['maxRetransmits beyond 16 bits', ['a', { maxRetransmits: 65_536 }]],
  ['maxPacketLifeTime beyond 16 bits', ['a', { maxPacketLifeTime: 65_536 }]],
  ['a label of more than 65535 bytes', ['l'.repeat(65_536)]],
  ['a label whose bytes are more than 65535', ['é'.repeat(32_768)]],
  ['a protocol of more than 65535 bytes', ['a', { protocol: 'p'.repeat(65_536) }]],
]) {
  test(`createDataChannel() throws a TypeError for ${what}`, () => {
    throws(() => connection().createDataChannel(...args), 'TypeError');
  });
}

test('createDataChannel() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  pc.close();
  throws(() => pc.createDataChannel('a'), 'InvalidStateError');
});

test('createDataChannel() throws OperationError for an id that is in use', () => {
  const pc = connection();
  pc.createDataChannel('a', { negotiated: true, id: 1 });
  throws(() => pc.createDataChannel('b', { negotiated: true, id: 1 }), 'OperationError');
});

test('labels and protocols keep what is no Unicode as replacement characters', () => {
  const channel = connection().createDataChannel('a\ud800b', { protocol: '\udc00' });
  expect([channel.label, channel.protocol]).toEqual(['a\ufffdb', '\ufffd']);
});

// ---- Opening

test('a channel opens on both sides, and the datachannel event comes before its open event', async () => {
  const [a, b] = pair();
  const near = a.createDataChannel('label', {
    protocol: 'chat',
    ordered: false,
    maxRetransmits: 2,
  });
  const order = [];
  const far = new Promise((resolve) => {
    b.addEventListener('datachannel', ({ channel }) => {
      order.push(`datachannel ${channel.readyState}`);
      channel.addEventListener('open', () => {
        order.push('open');
        resolve();
      });
    });
  });
  const announced = nextEvent(b, 'datachannel');
  await negotiate(a, b);
  const event = await announced;
  await Promise.all([opened(near), soon(far, 'the channel opens')]);
  expect(event instanceof RTCDataChannelEvent).toBe(true);
  expect(order).toEqual(['datachannel open', 'open']);
  expect(event.channel).toMatchObject({
    label: 'label',
    protocol: 'chat',
    ordered: false,
    maxRetransmits: 2,
    maxPacketLifeTime: null,
    negotiated: false,
    id: near.id,
  });
});

test('ids are even for the DTLS client and odd for the server', async () => {
  const { a, b } = await connectedPair();
  const { near: fromA } = await openChannel(a, b, 'from a');
  const { near: fromB } = await openChannel(b, a, 'from b');
  // The answerer is the client.
  expect(fromB.id % 2).toBe(0);
  expect(fromA.id % 2).toBe(1);
});

test('a negotiated channel opens on both sides without an event', async () => {
  const [a, b] = pair();
  const events = record(b, 'datachannel');
  const both = openChannel(a, b, 'agreed', { negotiated: true, id: 7 });
  await negotiate(a, b);
  const { near, far } = await both;
  expect([near.id, far.id]).toEqual([7, 7]);
  expect(events).toEqual([]);
});

test('channels made when the connection is there open as well', async () => {
  const { a, b } = await connectedPair();
  const { near, far } = await openChannel(b, a, 'later');
  expect([near.readyState, far.readyState]).toEqual(['open', 'open']);
});

// ---- Messages

test('a string arrives as a string', async () => {
  const { near, far } = await connectedPair();
  const arriving = nextEvent(far, 'message');
  near.send('aé€𝄞');
  const event = await arriving;
  expect(event instanceof MessageEvent).toBe(true);
  expect(event.data).toBe('aé€𝄞');
});

for (const [what, make] of [
  ['an ArrayBuffer', (bytes) => bytes.buffer],
  ['a typed array', (bytes) => bytes],
  ['a part of a typed array', (bytes) => Uint8Array.of(9, ...bytes, 9).subarray(1, 4)],
  ['a DataView', (bytes) => new DataView(bytes.buffer)],
  ['a Blob', (bytes) => new Blob([bytes])],
]) {
  test(`${what} arrives as an ArrayBuffer`, async () => {
    const { near, far } = await connectedPair();
    const arriving = messageAt(far);
    near.send(make(Uint8Array.of(1, 2, 3)));
    expect([...new Uint8Array(await arriving)]).toEqual([1, 2, 3]);
  });
}

test('empty messages arrive, as what they were', async () => {
  const { near, far } = await connectedPair();
  const text = messageAt(far);
  near.send('');
  expect(await text).toBe('');
  const bytes = messageAt(far);
  near.send(new ArrayBuffer(0));
  expect((await bytes).byteLength).toBe(0);
});

test('binaryType blob gives messages as Blobs', async () => {
  const { near, far } = await connectedPair();
  far.binaryType = 'blob';
  expect(far.binaryType).toBe('blob');
  const arriving = messageAt(far);
  near.send(Uint8Array.of(1, 2, 3));
  const blob = await arriving;
  expect(blob instanceof Blob).toBe(true);
  expect(blob.size).toBe(3);
});

test('binaryType ignores what is no binary type', () => {
  const channel = connection().createDataChannel('a');
  channel.binaryType = 'nodebuffer';
  expect(channel.binaryType).toBe('arraybuffer');
});

test('messages of an ordered channel arrive in order', async () => {
  const { near, far } = await connectedPair();
  const seen = [];
  far.addEventListener('message', ({ data }) => seen.push(Number(data)));
  for (let i = 0; i < 200; i++) near.send(String(i));
  await until(far, 'message', () => seen.length === 200);
  expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

test('a string of invalid UTF-16 arrives with replacement characters, and counts with them', async () => {
  const { near, far } = await connectedPair();
  const arriving = messageAt(far);
  near.send('a\ud800b\udc00\ud83d');
  expect(near.bufferedAmount).toBe(11);
  expect(await arriving).toBe('a\ufffdb\ufffd\ufffd');
});

test('Blobs keep their place, however long it takes to read them, and with close() behind them', async () => {
  const { near, far } = await connectedPair();
  far.binaryType = 'arraybuffer';
  const seen = [];
  far.addEventListener('message', ({ data }) => seen.push(data.byteLength ?? data));
  const closed = nextEvent(far, 'close');
  const large = new Blob(Array.from({ length: 20 }, () => new Uint8Array(10_000)));
  near.send(large);
  near.send('first');
  near.send(new Blob([]));
  near.send(new Blob(['x']));
  near.send('second');
  near.send(large.slice(0, 100_000));
  near.close();
  await closed;
  expect(seen).toEqual([200_000, 'first', 0, 1, 'second', 100_000]);
});

test('messages and Blobs between them keep their order', async () => {
  const { near, far } = await connectedPair();
  const seen = [];
  far.addEventListener('message', ({ data }) => seen.push(typeof data));
  near.send('first');
  near.send(new Blob(['second']));
  near.send('third');
  await until(far, 'message', () => seen.length === 3);
  expect(seen).toEqual(['string', 'object', 'string']);
});

test('a message as large as maxMessageSize arrives, and one byte more is a TypeError', async () => {
  const { a, near, far } = await connectedPair();
  const size = Math.min(a.sctp.maxMessageSize, 262_144);
  const arriving = messageAt(far);
  near.send(new Uint8Array(size));
  expect((await arriving).byteLength).toBe(size);
  if (a.sctp.maxMessageSize <= 0x1000_0000) {
    throws(() => near.send(new Uint8Array(a.sctp.maxMessageSize + 1)), 'TypeError');
  }
});

test('send() throws OperationError when the buffer is full, and takes more when it is not', async () => {
  const { near, far } = await connectedPair();
  const message = new Uint8Array(262_144);
  let sent = 0;
  const fill = () => {
    // No implementation keeps a gigabyte.
    for (; sent < 4096; sent++) near.send(message);
  };
  const arriving = nextEvent(far, 'message');
  throws(fill, 'OperationError');
  expect(near.readyState).toBe('open');
  expect(near.bufferedAmount).toBe(sent * message.length);
  await arriving;
  const before = near.bufferedAmount;
  near.send('again');
  expect(near.bufferedAmount).toBe(before + 5);
});

test('send() throws InvalidStateError while connecting', () => {
  throws(() => connection().createDataChannel('a').send('early'), 'InvalidStateError');
});

test('send() throws InvalidStateError once the channel closes', async () => {
  const { near } = await connectedPair();
  near.close();
  throws(() => near.send('late'), 'InvalidStateError');
});

test('send() turns what it does not know into a string', async () => {
  const { near, far } = await connectedPair();
  const arriving = messageAt(far);
  near.send(null);
  expect(await arriving).toBe('null');
});

// ---- bufferedAmount

test('bufferedAmount counts the bytes of UTF-8 and of buffers, in the task of send()', async () => {
  const { near } = await connectedPair();
  near.send('é€');
  near.send(new Uint8Array(10));
  expect(near.bufferedAmount).toBe(15);
});

test('bufferedAmount goes back to 0 when all was sent, and fires bufferedamountlow', async () => {
  const { near } = await connectedPair();
  const low = nextEvent(near, 'bufferedamountlow');
  near.send(new Uint8Array(1000));
  await low;
  expect(near.bufferedAmount).toBe(0);
});

test('bufferedamountlow fires when bufferedAmount falls to the threshold', async () => {
  const { near } = await connectedPair();
  near.bufferedAmountLowThreshold = 100_000;
  const low = nextEvent(near, 'bufferedamountlow');
  for (let i = 0; i < 20; i++) near.send(new Uint8Array(16_384));
  await low;
  expect(near.bufferedAmount).toBeLessThanOrEqual(100_000);
});

test('bufferedAmount stays as it was when the channel is closed', async () => {
  const { near } = await connectedPair();
  near.send(new Uint8Array(100_000));
  const before = near.bufferedAmount;
  near.close();
  expect(near.bufferedAmount).toBe(before);
});

// ---- Closing

test('close() makes a channel closing, and closes it on both sides with a close event each', async () => {
  const { near, far } = await connectedPair();
  const events = [
    record(near, 'closing', 'close', 'error'),
    record(far, 'closing', 'close', 'error'),
  ];
  const both = Promise.all([closed(near), closed(far)]);
  expect(near.close()).toBe(undefined);
  expect(near.readyState).toBe('closing');
  await both;
  await quiet();
  expect(events).toEqual([['close'], ['closing', 'close']]);
});

test('close() of a channel that is connecting closes it', async () => {
  const pc = connection();
  const channel = pc.createDataChannel('a');
  channel.close();
  expect(['closing', 'closed']).toContain(channel.readyState);
});

test('close() twice is as good as once', async () => {
  const { near } = await connectedPair();
  near.close();
  near.close();
  await closed(near);
  near.close();
  expect(near.readyState).toBe('closed');
});

test('what was sent before close() arrives', async () => {
  const { near, far } = await connectedPair();
  const seen = [];
  far.addEventListener('message', ({ data }) => seen.push(data.byteLength ?? data));
  const gone = closed(far);
  for (let i = 0; i < 10; i++) near.send(new Uint8Array(10_000));
  near.send('last words');
  near.close();
  await gone;
  expect(seen).toHaveLength(11);
  expect(seen.at(-1)).toBe('last words');
});

test('an id can be used again once its channel is closed on both sides', async () => {
  const { a, b, near, far } = await connectedPair();
  const { id } = near;
  const both = Promise.all([closed(near), closed(far)]);
  near.close();
  await both;
  const again = await openChannel(a, b, 'again', { negotiated: true, id });
  expect(again.near.id).toBe(id);
});

test('close() of the connection closes its channels at once, without an event', async () => {
  const { a, near } = await connectedPair();
  const events = record(near, 'closing', 'close', 'error');
  a.close();
  expect(near.readyState).toBe('closed');
  await quiet();
  expect(events).toEqual([]);
});

test('close() of the connection closes the channels of the other side with error and close', async () => {
  const { a, far } = await connectedPair();
  const errors = [];
  far.addEventListener('error', ({ error }) => errors.push(error.errorDetail));
  const gone = closed(far);
  a.close();
  await gone;
  expect(errors).toEqual(['sctp-failure']);
});

// ---- priority

for (const priority of ['very-low', 'low', 'medium', 'high']) {
  test(`createDataChannel() takes the priority ${priority}, and the other side sees it`, async () => {
    const [a, b] = pair();
    const both = openChannel(a, b, 'a', { priority });
    await negotiate(a, b);
    const { near, far } = await both;
    expect([near.priority, far.priority]).toEqual([priority, priority]);
  });
}

test('priority is low by default, and a priority that is none is a TypeError', () => {
  const pc = connection();
  expect(pc.createDataChannel('a').priority).toBe('low');
  throws(() => pc.createDataChannel('b', { priority: 'utmost' }), 'TypeError');
});

// ---- RTCDataChannelEvent

test('RTCDataChannelEvent is constructed with a channel', () => {
  const channel = connection().createDataChannel('a');
  const event = new RTCDataChannelEvent('datachannel', { channel });
  expect([event.type, event.channel]).toEqual(['datachannel', channel]);
  throws(() => new RTCDataChannelEvent('datachannel'), 'TypeError');
  throws(() => new RTCDataChannelEvent('datachannel', { channel: {} }), 'TypeError');
});

test('a channel is kept alive by its connection', async () => {
  const { a, b } = await connectedPair();
  const heard = new Promise((resolve) => {
    b.addEventListener('datachannel', ({ channel }) => {
      channel.onmessage = ({ data }) => resolve(data);
    });
  });
  const channel = a.createDataChannel('nobody holds the other end');
  await opened(channel);
  channel.send('heard');
  expect(await heard).toBe('heard');
});
