// Time as the pipelines see it; tests bring their own.

/**
 * @typedef {object} Clock
 * @property {() => number} now  in ms, as `performance.now()`
 * @property {() => number} timeOrigin  when that was zero, in ms since 1970
 * @property {(work: () => void, delay: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** Nothing is played or shown later than that, whatever is said of it: such a time is no time. */
const kMostAheadMs = 10_000;

/**
 * @param {number} time  that is wanted, in ms
 * @param {number} now
 */
export const notFarAhead = (time, now) => Math.min(time, now + kMostAheadMs);

/** @type {Clock} */
export const realClock = {
  now: () => performance.now(),
  timeOrigin: () => performance.timeOrigin,
  // Fractions would be cut off, and what comes early has to wait a second time.
  setTimeout: (work, delay) => setTimeout(work, Math.ceil(delay)),
  clearTimeout: (timer) => clearTimeout(timer),
};
