import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unpack } from '../../../js/api/unpack.js';
import { pack } from '../../../tools/build/packing.mjs';

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.of(42)],
  ['zeros', Buffer.alloc(100_000)],
  ['noise', randomBytes(50_000)],
  ['a program', readFileSync(process.execPath).subarray(0, 600_000)],
])('%s comes out as it went in', (_, bytes) => {
  expect(Buffer.from(unpack(pack(bytes))).equals(bytes)).toBe(true);
});

test('an engine is packed to less than half', () => {
  const engine = readFileSync(new URL('../../../dist/webrtc.wasm', import.meta.url));
  expect(pack(engine).text.length).toBeLessThan(0.6 * engine.length);
});
