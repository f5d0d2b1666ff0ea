// Whether memory is flat: what is left after each tenth of the life cycles, from the one on by which all
// that is made once has been made.

/**
 * @typedef {object} Sample
 * @property {number} cycle
 * @property {Record<string, number>} counts  objects, sockets, timers: none may be left
 * @property {Record<string, number>} bytes
 */

/** Of all samples, those that warm up. */
const kWarmUp = 0.2;

/**
 * What may be more at the end than after warming up: a collector and an allocator are not exact. A
 * leak of one object in each cycle is above both terms. What is not named is reported, not judged.
 * @type {Record<string, { once: number, each: number }>}
 */
const kAllowed = {
  'memory of the engine in use': { once: 32 * 1024, each: 2 },
  'memory of the engine': { once: 0, each: 0 },
  'JavaScript heap': { once: 2 * 1024 * 1024, each: 40 },
  'array buffers': { once: 512 * 1024, each: 2 },
};

/**
 * @param {Sample[]} samples
 * @returns {{ growth: { name: string, from: number, to: number, allowed: number | undefined }[], problems: string[] }}
 */
export function judge(samples) {
  const problems = [];
  const last = samples.at(-1);
  const first = samples[Math.floor(samples.length * kWarmUp)];
  if (!last || !first || first === last) return { growth: [], problems: ['there are no samples'] };
  for (const { cycle, counts } of samples) {
    for (const [name, count] of Object.entries(counts)) {
      if (count > 0) problems.push(`${count} ${name} left after ${cycle} life cycles`);
    }
  }
  const cycles = last.cycle - first.cycle;
  const growth = Object.entries(last.bytes).map(([name, to]) => {
    const limit = kAllowed[name];
    const allowed = limit && limit.once + limit.each * cycles;
    const from = first.bytes[name];
    if (allowed !== undefined && to - from > allowed) {
      problems.push(`the ${name} grew by ${to - from} bytes in ${cycles} life cycles`);
    }
    return { name, from, to, allowed };
  });
  return { growth, problems };
}
