// Bytes on their way into the engine: as many as there are, whatever an array says of itself.

import { useEngine } from './pair.js';

test('An array with a length of its own making is taken whole, and nothing behind it is written', async () => {
  const { Certificate } = await useEngine();
  const now = Date.UTC(2026, 0, 1);
  const fingerprintOf = async (seed) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', seed };
    const certificate = await Certificate.generate(algorithm, now + 1e9, now);
    const [{ value }] = certificate.fingerprints();
    certificate.delete();
    return value;
  };
  class Liar extends Uint8Array {
    get length() {
      return 1;
    }
  }
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => i);
  const liar = new Liar(bytes.buffer);
  const shadowed = bytes.slice();
  Object.defineProperty(shadowed, 'length', { value: 2 ** 20 });
  const whole = await fingerprintOf(bytes);
  expect(await fingerprintOf(bytes.slice(0, 1))).not.toBe(whole);
  expect(await fingerprintOf(liar)).toBe(whole);
  expect(await fingerprintOf(shadowed)).toBe(whole);
});
