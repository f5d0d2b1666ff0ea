import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { toText, unpackerModule } from '../../../tools/build/packing.mjs';

const kAsIsWritten = /^[(-;=-[\]-_a-|!#~]*$/;

test('bytes become five characters for four, none of which needs an escape', () => {
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 73) ^ (i >> 3));
  const text = toText(bytes);
  expect(text).toHaveLength(5120);
  expect(text).toMatch(kAsIsWritten);
  expect(toText(Uint8Array.of(0, 0, 0, 1))).toBe('(((()');
  expect(toText(Uint8Array.of(255, 255, 255, 255))).toBe('z?^4(');
});

/** Text of `packed` as the unpacker gives it back. */
async function unpacked(packed, size) {
  const module = await WebAssembly.compile(readFileSync(await unpackerModule()));
  const { memory, begin, step, output } = new WebAssembly.Instance(module).exports;
  const text = toText(packed);
  const start = begin(text.length, size);
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, start, text.length));
  let steps = 1;
  while (step() < size) steps++;
  return { bytes: Buffer.from(memory.buffer, output(), size), steps };
}

/** What the build does. */
const pack = (bytes) =>
  execFileSync('xz', ['--format=lzma', '--lzma1=preset=9e,lc=3,lp=0,pb=2', '--stdout'], {
    input: bytes,
    maxBuffer: 2 ** 24,
  }).subarray(13);

const repeatable = (length, period) => Buffer.from(Uint8Array.from({ length }, (_, i) => i % period));
let seed = 1;
const noise = (length) =>
  Buffer.from(Uint8Array.from({ length }, () => (seed = (seed * 48271) % 2147483647) >> 7));

test.each([
  ['one byte', Buffer.of(42)],
  ['zeros, in long matches', Buffer.alloc(100_000)],
  ['what repeats at a distance', Buffer.concat([noise(70_000), noise(9), noise(70_000)])],
  ['periods, in repeated matches', Buffer.concat([1, 3, 7, 250].map((n) => repeatable(5000, n)))],
  ['noise, in literals', noise(50_000)],
  ['a program', readFileSync(process.execPath).subarray(0, 600_000)],
])('%s comes out as it went in', async (_, bytes) => {
  const { bytes: found, steps } = await unpacked(pack(bytes), bytes.length);
  expect(found.equals(bytes)).toBe(true);
  expect(steps).toBeLessThanOrEqual(Math.ceil(bytes.length / 8192));
});
