// Choices that repeat themselves for a seed.

/** @param {number} seed */
export function randomFrom(seed) {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  /** xorshift32: plenty for choosing calls. */
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 0x1_0000_0000;
  };
  for (let i = 0; i < 8; i++) next();
  return {
    /** @param {number} n @returns {number} a whole number from 0 to n - 1 */
    below: (n) => Math.floor(next() * n),
    /** @param {number} chance */
    happens: (chance) => next() < chance,
    /**
     * @template T
     * @param {T[]} list
     * @returns {T}
     */
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
