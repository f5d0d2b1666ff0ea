// Node only: tells when the machine's addresses change. The system reports nothing of it to Node.js,
// so they are compared with what they were now and then, while somebody wants to know.

/** A laptop that changes networks is offline longer than this. */
const kIntervalMs = 2000;

/**
 * @typedef {object} InterfaceWatchOptions
 * @property {() => string[]} addresses  those of this moment
 * @property {number} [intervalMs]
 * @property {{set: (tick: () => void, ms: number) => any, clear: (timer: any) => void}} [timer]
 *           by default an interval that does not keep the process alive
 */

const kUnrefInterval = {
  /**
   * @param {() => void} tick
   * @param {number} ms
   */
  set(tick, ms) {
    const timer = setInterval(tick, ms);
    timer.unref?.();
    return timer;
  },
  /** @param {any} timer */
  clear(timer) {
    clearInterval(timer);
  },
};

/** One for all connections of a network. Nothing runs while nobody listens. */
export class InterfaceWatch {
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #options;
  #timer = /** @type {any} */ (undefined);
  #known = '';

  /** @param {InterfaceWatchOptions} options */
  constructor(options) {
    this.#options = { intervalMs: kIntervalMs, timer: kUnrefInterval, ...options };
  }

  /**
   * @param {() => void} changed runs after the addresses have changed
   * @returns {() => void} ends it
   */
  listen(changed) {
    // Two listeners may be one function.
    const listener = () => changed();
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#end();
    };
  }

  #begin() {
    this.#known = this.#read();
    this.#timer = this.#options.timer.set(() => this.#look(), this.#options.intervalMs);
  }

  #end() {
    this.#options.timer.clear(this.#timer);
    this.#timer = undefined;
  }

  #read() {
    return [...this.#options.addresses()].sort().join(' ');
  }

  #look() {
    let now;
    try {
      now = this.#read();
    } catch (error) {
      // The system would not say (out of file descriptors); it may the next time.
      return;
    }
    if (now === this.#known) return;
    this.#known = now;
    for (const listener of [...this.#listeners]) listener();
  }
}
