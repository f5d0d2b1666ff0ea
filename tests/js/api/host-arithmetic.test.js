// The arithmetic on P-256 that Node.js does for the engine, and connections with it and without.

import { createECDH } from 'node:crypto';
import { setEngine } from '../../../js/api/runtime.js';
import createEngine, { openEngine } from '../../../js/engine.node.js';
import { tasksDone } from './fake-engine.js';
import { Pair } from './pair.js';

const number = (/** @type {number} */ value) => {
  const bytes = new Uint8Array(32);
  bytes[31] = value;
  return bytes;
};

describe('What Node.js computes for the engine', () => {
  const engine = openEngine();
  const drawn = () => {
    const pair = { scalar: new Uint8Array(32), point: new Uint8Array(65) };
    expect(engine.drawKeyPair(pair.scalar, pair.point)).toBe(true);
    return pair;
  };

  test('is the multiple of the base point that goes with a drawn scalar', () => {
    const { scalar, point } = drawn();
    const product = new Uint8Array(65);
    expect(engine.multiplyBase(scalar, product)).toBe(true);
    expect(product).toEqual(point);
  });

  test('is what both sides of ECDH agree on', () => {
    const { scalar, point } = drawn();
    const other = createECDH('prime256v1');
    other.generateKeys();
    const x = new Uint8Array(32);
    expect(engine.multiplyPoint(scalar, new Uint8Array(other.getPublicKey()), x)).toBe(true);
    expect(x).toEqual(new Uint8Array(other.computeSecret(point)));
  });

  test('is nothing for a point off the curve, and for scalars out of range', () => {
    const { scalar, point } = drawn();
    const x = new Uint8Array(32);
    const off = point.slice();
    off[64] ^= 1;
    expect(engine.multiplyPoint(scalar, off, x)).toBe(false);
    for (const bad of [number(0), new Uint8Array(32).fill(0xff)]) {
      expect(engine.multiplyPoint(bad, point, x)).toBe(false);
      expect(engine.multiplyBase(bad, new Uint8Array(65))).toBe(false);
    }
  });
});

describe('A connection', () => {
  /** @type {Pair | undefined} */
  let pair;
  afterEach(async () => {
    pair?.close();
    pair = undefined;
    await tasksDone();
  });

  /** The members of a host around those of Node.js, and how often they were asked. */
  function counting(answer) {
    const real = openEngine();
    const asked = { drawKeyPair: 0, multiplyBase: 0, multiplyPoint: 0 };
    const members = Object.keys(asked).map((name) => [
      name,
      (...parameters) => {
        asked[name]++;
        return answer ? answer(name) : real[name](...parameters);
      },
    ]);
    return { asked, members: Object.fromEntries(members) };
  }

  async function connect(options) {
    const engine = await createEngine(options);
    setEngine(engine);
    engine.forgetPreparedCertificates();
    pair = new Pair();
    const [, remote] = await pair.openChannel('label');
    expect(remote.label).toBe('label');
    return engine;
  }

  test('takes both ends of its handshake from the host', async () => {
    const { asked, members } = counting();
    await connect(members);
    // One signature to verify at each end (three multiplications), and one secret to agree on.
    expect(asked.multiplyBase).toBe(2);
    expect(asked.multiplyPoint).toBe(6);
    // An ephemeral key each; the others are those of the certificates.
    expect(asked.drawKeyPair).toBeGreaterThanOrEqual(2);
  });

  test('comes about with a host that cannot compute', async () => {
    const { asked, members } = counting(() => false);
    await connect(members);
    expect(asked.multiplyPoint).toBeGreaterThan(0);
  });

  test('comes about in a realm that has nothing to offer, as pages have', async () => {
    await connect({
      drawKeyPair: undefined,
      multiplyBase: undefined,
      multiplyPoint: undefined,
    });
  });
});
