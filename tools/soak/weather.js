// What the network does in a soak: drawn from a seed, so that a soak can be run again.

/** @typedef {import('../../demo/call/impaired-network.js').Impairment} Impairment */
/** @typedef {{ name: string, seconds: number, impairment: Impairment }} Spell */

/** @type {Record<string, Partial<Impairment>>} */
const kKinds = {
  clear: {},
  'some loss': { loss: 0.01 },
  'much loss': { loss: 0.08 },
  'heavy loss': { loss: 0.2, delay: 20 },
  far: { delay: 120 },
  'far and lossy': { delay: 60, loss: 0.03 },
  slow: { rate: 1_500_000, delay: 20 },
  'very slow': { rate: 500_000, delay: 40 },
  'slow out': { rate: 1_000_000, direction: 'out' },
  'lossy in': { loss: 0.05, direction: 'in' },
  cut: { loss: 1 },
};

const kUnhurt = { loss: 0, delay: 0, rate: Infinity, direction: /** @type {const} */ ('both') };
/** Short of what makes consent expire (RFC 7675: 30 s), with time for what comes after. */
const kLongestCut = 5;
const kLeast = 8;
const kMost = 25;

/** Mulberry32. @param {number} seed */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Spells for so many seconds; the last one is clear, so that all can arrive. No two cuts follow each
 * other.
 * @param {number} seconds
 * @param {() => number} random
 * @returns {Spell[]}
 */
export function forecast(seconds, random) {
  const names = Object.keys(kKinds);
  /** @type {Spell[]} */
  const spells = [];
  let left = seconds;
  while (left > kMost) {
    let name = names[Math.floor(random() * names.length)];
    if (name === 'cut' && spells.at(-1)?.name === 'cut') name = 'clear';
    const length =
      name === 'cut'
        ? 1 + Math.floor(random() * kLongestCut)
        : kLeast + Math.floor(random() * (kMost - kLeast));
    spells.push({ name, seconds: length, impairment: { ...kUnhurt, ...kKinds[name] } });
    left -= length;
  }
  spells.push({ name: 'clear', seconds: Math.max(1, left), impairment: { ...kUnhurt } });
  return spells;
}
