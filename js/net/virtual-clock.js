// The clock of a virtual network: a queue of things to do, and a time that moves from one to the
// next only when it is told to. With `realTime` the same queue is driven by the realm's timers.

import { realClock } from './network.js';

/**
 * @typedef {object} Entry
 * @property {number} at
 * @property {number} order   entries of one instant run in the order in which they were made
 * @property {(() => void) | undefined} run  undefined once it ran or was cancelled
 */

/** Tasks that may follow from one another after one event. */
const kSettlingTasks = 4;

/** Lets everything run that the last event set going: promises, and tasks behind them. */
async function settleTasks() {
  for (let i = 0; i < kSettlingTasks; i++) await nextTask();
}

// Taken at import, so that a test's fake timers do not reach them.
const { setImmediate, setTimeout } = globalThis;

/** @returns {Promise<void>} */
export function nextTask() {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
    } else if (typeof MessageChannel !== 'function') {
      setTimeout(resolve, 0);
    } else {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    }
  });
}

export class VirtualClock {
  /** @param {{realTime?: boolean, start?: number, settle?: () => Promise<void> | undefined}} [options] */
  constructor({ realTime = false, start = 0, settle = settleTasks } = {}) {
    this.realTime_ = realTime;
    this.time_ = start;
    this.settle_ = settle;
    /** @type {Entry[]} */
    this.heap_ = [];
    this.nextOrder_ = 0;
    this.running_ = false;
    /** @type {any} */
    this.realTimer_ = undefined;
    /** @type {Set<() => void>} */
    this.afterEvent_ = new Set();
  }

  now() {
    return this.realTime_ ? realClock.now() : this.time_;
  }

  /**
   * @param {() => void} run
   * @param {number} at  past times run at the next opportunity
   * @returns {Entry}
   */
  schedule(run, at) {
    const entry = { at: Math.max(at, this.now()), order: this.nextOrder_++, run };
    if (at === Infinity) return entry;
    this.push_(entry);
    if (this.realTime_) this.armReal_();
    return entry;
  }

  /** @param {Entry} entry */
  cancel(entry) {
    entry.run = undefined;
    if (this.realTime_) this.armReal_();
  }

  /** Entries that are still to come. */
  get pending() {
    return this.heap_.filter(({ run }) => run !== undefined).length;
  }

  clear() {
    this.heap_ = [];
    if (this.realTime_) this.armReal_();
  }

  /**
   * Moves time on by `ms`, running what falls due on the way.
   * @param {number} ms
   */
  async run(ms) {
    await this.advance_(() => false, this.now() + ms);
  }

  /**
   * Moves time on until `condition` holds, which is looked at after each event.
   * @param {() => boolean} condition
   * @param {{limitMs?: number}} [options]  rejects when this much time was not enough
   */
  async runUntil(condition, { limitMs = 60_000 } = {}) {
    if (await this.advance_(condition, this.now() + limitMs)) return;
    throw new Error(`the condition did not come true within ${limitMs} ms of network time`);
  }

  /**
   * @param {() => boolean} condition
   * @param {number} end
   * @returns {Promise<boolean>}
   */
  async advance_(condition, end) {
    if (this.realTime_) return this.waitReal_(condition, end);
    if (this.running_) throw new Error('the virtual clock is running already');
    this.running_ = true;
    try {
      await this.settle_();
      while (!condition()) {
        const next = this.peek_();
        if (!next || next.at > end) {
          this.time_ = end;
          return false;
        }
        this.time_ = next.at;
        this.runDue_();
        const settling = this.settle_();
        // Where nothing is to be waited for, not even a microtask is.
        if (settling) await settling;
      }
      return true;
    } finally {
      this.running_ = false;
    }
  }

  /**
   * @param {() => boolean} condition
   * @param {number} end
   * @returns {Promise<boolean>}
   */
  waitReal_(condition, end) {
    return new Promise((resolve, reject) => {
      const finish = (/** @type {() => void} */ settle) => {
        this.afterEvent_.delete(check);
        realClock.clearTimer(timer);
        settle();
      };
      const check = () => {
        try {
          if (condition()) finish(() => resolve(true));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = realClock.setTimer(() => finish(() => resolve(condition())), end);
      this.afterEvent_.add(check);
      Promise.resolve(this.settle_()).then(check);
    });
  }

  runDue_() {
    const now = this.now();
    for (let next = this.peek_(); next && next.at <= now; next = this.peek_()) {
      this.pop_();
      const run = /** @type {() => void} */ (next.run);
      next.run = undefined;
      run();
    }
  }

  armReal_() {
    realClock.clearTimer(this.realTimer_);
    const next = this.peek_();
    if (!next) return;
    this.realTimer_ = realClock.setTimer(() => {
      this.runDue_();
      this.armReal_();
      Promise.resolve(this.settle_()).then(() => {
        for (const check of [...this.afterEvent_]) check();
      });
    }, next.at);
  }

  /** @returns {Entry | undefined} the first entry that was not cancelled */
  peek_() {
    while (this.heap_.length > 0 && this.heap_[0].run === undefined) this.pop_();
    return this.heap_[0];
  }

  /** @param {Entry} entry */
  push_(entry) {
    const heap = this.heap_;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  pop_() {
    const heap = this.heap_;
    const last = /** @type {Entry} */ (heap.pop());
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
  }
}

/**
 * @param {Entry} a
 * @param {Entry} b
 */
function isBefore(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
