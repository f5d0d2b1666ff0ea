// Time as the pipelines see it; tests bring their own.

/**
 * @typedef {object} Clock
 * @property {() => number} now  in ms, as `performance.now()`
 * @property {() => number} timeOrigin  when that was zero, in ms since 1970
 * @property {(work: () => void, delay: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** @type {Clock} */
export const realClock = {
  now: () => performance.now(),
  timeOrigin: () => performance.timeOrigin,
  setTimeout: (work, delay) => setTimeout(work, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};
