// Time as the pipelines see it; tests bring their own.

/**
 * @typedef {object} Clock
 * @property {() => number} now  in ms, as `performance.now()`
 * @property {(work: () => void, delay: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** @type {Clock} */
export const realClock = {
  now: () => performance.now(),
  setTimeout: (work, delay) => setTimeout(work, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};
