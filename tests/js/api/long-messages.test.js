// Messages that pass the engine in pieces, on the real engine and a virtual network.

import { configure, setEngine } from '../../../js/api/runtime.js';
import createEngine from '../../../js/engine.node.js';
import { Pair } from './pair.js';

const kMegabyte = 2 ** 20;

/** The memory of the engine that the tests of this file use. */
let memory;

beforeAll(async () => {
  const { readFileSync } = await import('node:fs');
  const bytes = readFileSync(new URL('../../../dist/webrtc.wasm', import.meta.url));
  setEngine(
    await createEngine({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(bytes, imports).then(({ instance, module }) => {
          memory = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);
          done(instance, module);
        });
        return {};
      },
    }),
  );
});

/** Both ends take messages of any size, and have a channel that is open. */
async function openPair(size, { withoutInterleaving = false } = {}) {
  configure({ maxMessageSize: size, offerSctpInit: withoutInterleaving });
  const pair = new Pair({
    link: { latency: 1 },
    onTheWay: withoutInterleaving ? withoutIData : undefined,
  });
  configure({ maxMessageSize: undefined, offerSctpInit: undefined });
  const [near, far] = await pair.openChannel('long');
  return { pair, near, far };
}

/** As from a peer that does not interleave: of the INIT that it announces, I-DATA is taken out. */
function withoutIData({ type, sdp }) {
  const munged = sdp.replace(/(?<=a=sctp-init:)\S+/, (text) => {
    const kSupportedExtensions = 0x8008;
    const kIData = 64;
    const init = Buffer.from(text, 'base64');
    for (let at = 20; at < init.length; at += (init.readUInt16BE(at + 2) + 3) & ~3) {
      if (init.readUInt16BE(at) !== kSupportedExtensions) continue;
      const chunks = init.subarray(at + 4, at + init.readUInt16BE(at + 2));
      chunks[chunks.indexOf(kIData)] = chunks[0];
    }
    return init.toString('base64');
  });
  expect(munged).not.toBe(sdp);
  return { type, sdp: munged };
}

/** Bytes that depend on their place. */
function pattern(size) {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0, x = 1; i < words.length; i++) words[i] = x = (x * 1664525 + 1013904223) >>> 0;
  return new Uint8Array(words.buffer, 0, size);
}

/** The next message, as virtual time goes on. */
async function received(pair, channel) {
  let data;
  channel.addEventListener('message', (event) => (data = event.data), { once: true });
  await pair.until(() => data !== undefined, 600_000);
  return data;
}

test('The memory of the engine does not grow with the message', async () => {
  const { pair, near, far } = await openPair(64 * kMegabyte);
  const sent = pattern(64 * kMegabyte);
  const before = memory.buffer.byteLength;
  near.send(sent);
  expect(near.bufferedAmount).toBe(sent.length);
  const data = await received(pair, far);
  expect(Buffer.from(data).equals(Buffer.from(sent.buffer))).toBe(true);
  // What is in flight, as much as the peer's window of 8 MiB takes, and what is cut and joined.
  expect(memory.buffer.byteLength - before).toBeLessThan(16 * kMegabyte);
  await pair.until(() => near.bufferedAmount === 0);
  pair.close();
});

test('What the application writes into its buffer after send() is not sent', async () => {
  const { pair, near, far } = await openPair(4 * kMegabyte);
  const mine = pattern(3 * kMegabyte);
  near.send(mine);
  mine.fill(0);
  const data = new Uint8Array(await received(pair, far));
  expect(Buffer.from(data).equals(Buffer.from(pattern(3 * kMegabyte)))).toBe(true);
  pair.close();
});

test('Blobs, strings and buffers keep their order, long and short', async () => {
  const { pair, near, far } = await openPair(4 * kMegabyte);
  far.binaryType = 'blob';
  const long = pattern(2 * kMegabyte);
  const text = 'é'.repeat(kMegabyte);
  const messages = [];
  far.onmessage = ({ data }) => messages.push(data);
  near.send('first');
  near.send(new Blob(['short']));
  near.send(new Blob([long]));
  near.send(text);
  near.send('last');
  await pair.until(() => messages.length === 5, 600_000);
  expect(messages[0]).toBe('first');
  expect(await messages[1].text()).toBe('short');
  expect(Buffer.from(await messages[2].arrayBuffer()).equals(Buffer.from(long))).toBe(true);
  expect(messages[3] === text).toBe(true);
  expect(messages[4]).toBe('last');
  pair.close();
});

test('Closing while a message is being sent delivers it first', async () => {
  const { pair, near, far } = await openPair(4 * kMegabyte);
  const order = [];
  far.onmessage = ({ data }) => order.push(data.byteLength);
  far.onclose = () => order.push('close');
  near.send(pattern(3 * kMegabyte));
  near.close();
  await pair.until(() => order.length === 2, 600_000);
  expect(order).toEqual([3 * kMegabyte, 'close']);
  pair.close();
});

test('A Blob that cannot be read closes its channel with an error, and nothing of it arrives', async () => {
  const { pair, near, far } = await openPair(8 * kMegabyte);
  const events = [];
  const other = pair.a.createDataChannel('other');
  await pair.until(() => other.readyState === 'open');
  class Broken extends Blob {
    slice(begin, end) {
      if (begin === 0) return super.slice(begin, end);
      return { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) };
    }
  }
  near.onerror = ({ error }) => events.push(error.errorDetail);
  near.onclose = () => events.push('close');
  far.onmessage = () => events.push('message');
  near.send(new Broken([pattern(4 * kMegabyte)]));
  await pair.until(() => events.length >= 2, 600_000);
  expect(events).toEqual(['data-channel-failure', 'close']);
  expect(other.readyState).toBe('open');
  pair.close();
});

/** What is asked of it is in `slices`, functions that give it, as long as it is slow. */
class SlowBlob extends Blob {
  isSlow = true;
  slices = [];

  slice(begin, end) {
    const bytes = super.slice(begin, end).arrayBuffer();
    if (!this.isSlow) return { arrayBuffer: () => bytes };
    return {
      arrayBuffer: () => new Promise((resolve) => this.slices.push(() => resolve(bytes))),
    };
  }
}

describe.each([
  ['that interleaves', false],
  ['without I-DATA', true],
])('Towards a peer %s', (_, withoutInterleaving) => {
  test('a Blob that is slow to read does not hold up other channels', async () => {
    const { pair, near, far } = await openPair(8 * kMegabyte, { withoutInterleaving });
    const other = pair.a.createDataChannel('other', { negotiated: true, id: 40 });
    const otherFar = pair.b.createDataChannel('other', { negotiated: true, id: 40 });
    await pair.until(() => other.readyState === 'open' && otherFar.readyState === 'open');
    const sent = pattern(3 * kMegabyte);
    const blob = new SlowBlob([sent]);
    near.send(blob);
    other.send('first');
    await pair.until(() => blob.slices.length > 0);
    expect(await received(pair, otherFar)).toBe('first');
    other.send('second');
    expect(await received(pair, otherFar)).toBe('second');

    const whole = received(pair, far);
    blob.isSlow = false;
    for (const give of blob.slices) give();
    expect(Buffer.from(await whole).equals(Buffer.from(sent.buffer))).toBe(true);
    pair.close();
  });
});

test('Slices of a Blob that end out of order arrive in order', async () => {
  const { pair, near, far } = await openPair(4 * kMegabyte, { withoutInterleaving: true });
  const sent = pattern(3 * kMegabyte);
  const blob = new SlowBlob([sent]);
  near.send(blob);
  await pair.until(() => blob.slices.length === 4);
  blob.isSlow = false;
  const whole = received(pair, far);
  for (const give of blob.slices.reverse()) {
    give();
    await new Promise(setImmediate);
  }
  expect(Buffer.from(await whole).equals(Buffer.from(sent.buffer))).toBe(true);
  pair.close();
});
