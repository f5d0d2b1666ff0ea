/** Time that passes when a test says so. */
export class TestClock {
  #now = 1000;
  #timers = new Map();
  #last = 0;

  now = () => this.#now;

  setTimeout = (work, delay) => {
    this.#timers.set(++this.#last, { work, at: this.#now + Math.max(delay, 0) });
    return this.#last;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  get timers() {
    return this.#timers.size;
  }

  /** What runs now takes that many ms. */
  spend(ms) {
    this.#now += ms;
  }

  /** Lets that many ms pass, with all that is due in them. */
  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      if (due.length === 0) break;
      const [id, { work, at }] = due.reduce((a, b) => (b[1].at < a[1].at ? b : a));
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      work();
    }
    this.#now = Math.max(this.#now, end);
  }
}
