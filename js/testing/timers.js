// Timers and clocks in virtual time, with the names and the manners of the platform's.

/**
 * @typedef {object} TimerSource
 * @property {() => number} now
 * @property {(callback: () => void, atMs: number) => any} setTimer
 * @property {(timer: any) => void} clearTimer
 */

/** What Node.js gives for a timer; a number elsewhere will do for all of them. */
class TimerHandle {
  #id;
  #timers;

  /** @param {number} id @param {VirtualTimers} timers */
  constructor(id, timers) {
    this.#id = id;
    this.#timers = timers;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  hasRef() {
    return true;
  }

  close() {
    this.#timers.clearTimeout(this);
    return this;
  }

  [Symbol.toPrimitive]() {
    return this.#id;
  }
}

const isNode = typeof process === 'object' && typeof process.versions?.node === 'string';

export class VirtualTimers {
  #source;
  #script;
  /** @type {Map<number, any>} */
  #timers = new Map();
  #lastId = 0;

  /**
   * @param {object} options
   * @param {TimerSource} options.source
   * @param {() => number} options.unixTime  milliseconds since 1970
   * @param {(run: () => void) => void} options.script  runs what is the application's
   */
  constructor({ source, unixTime, script }) {
    this.#source = source;
    this.#script = script;
    this.Date = virtualDate(Date, unixTime);
  }

  /** Timers that are set. */
  get pending() {
    return this.#timers.size;
  }

  /** Milliseconds, as `performance.now()`. */
  now = () => this.#source.now();

  /**
   * @param {(...args: any[]) => void} callback
   * @param {number} [delay] milliseconds
   * @param {any[]} args
   * @returns {any}
   */
  setTimeout = (callback, delay = 0, ...args) => {
    const id = ++this.#lastId;
    this.#set(id, () => callback(...args), atLeast(0, delay));
    return this.#handle(id);
  };

  /**
   * @param {(...args: any[]) => void} callback
   * @param {number} [delay] milliseconds, one at least
   * @param {any[]} args
   * @returns {any}
   */
  setInterval = (callback, delay = 0, ...args) => {
    const id = ++this.#lastId;
    const period = atLeast(1, delay);
    const tick = () => {
      this.#set(id, tick, period);
      callback(...args);
    };
    this.#set(id, tick, period);
    return this.#handle(id);
  };

  /** @param {any} [handle] */
  clearTimeout = (handle) => {
    const id = Number(handle);
    this.#source.clearTimer(this.#timers.get(id));
    this.#timers.delete(id);
  };

  clearInterval = this.clearTimeout;

  /** Forgets all timers. */
  clear() {
    for (const timer of this.#timers.values()) this.#source.clearTimer(timer);
    this.#timers.clear();
  }

  /**
   * Puts these timers, `Date` and `performance.now` in the place of the realm's. The package itself keeps its own.
   * @param {any} [target]
   * @returns {() => void} puts back what was there
   */
  install(target = globalThis) {
    const { setTimeout, clearTimeout, setInterval, clearInterval } = this;
    const replaced = { setTimeout, clearTimeout, setInterval, clearInterval, Date: this.Date };
    const restores = Object.entries(replaced).map(([name, value]) => replace(target, name, value));
    if (target.performance) restores.push(replace(target.performance, 'now', this.now));
    return () => {
      for (const restore of restores.splice(0)) restore();
    };
  }

  /** @param {number} id @param {() => void} work @param {number} delay */
  #set(id, work, delay) {
    const timer = this.#source.setTimer(() => {
      this.#timers.delete(id);
      this.#script(work);
    }, this.#source.now() + delay);
    this.#timers.set(id, timer);
  }

  /** @param {number} id */
  #handle(id) {
    return isNode ? new TimerHandle(id, this) : id;
  }
}

/** @param {number} least @param {unknown} delay */
const atLeast = (least, delay) => Math.max(least, Number(delay) || 0);

/**
 * @param {DateConstructor} Native
 * @param {() => number} now
 */
function virtualDate(Native, now) {
  const VirtualDate = class extends Native {
    /** @param {any[]} args */
    constructor(...args) {
      if (args.length === 0) super(now());
      // @ts-ignore the overloads of Date
      else super(...args);
    }

    /** @override */
    static now() {
      return Math.floor(now());
    }
  };
  Object.defineProperty(VirtualDate, 'name', { value: 'Date' });
  return /** @type {DateConstructor} */ (VirtualDate);
}

/**
 * @param {any} target
 * @param {string} name
 * @param {unknown} value
 * @returns {() => void} puts back what was there
 */
export function replace(target, name, value) {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(target, name, before);
    else delete target[name];
  };
}
