// How often a stream may have its decoder opened. Each takes memory that only the collector gives back, and a
// page's takes processes; a peer that changes codecs with each frame, or whose frames none decodes, asks for one
// with each.

const kMost = 4;
const kWithinMs = 1000;

export class OpeningLimit {
  #clock;
  /** @type {number[]} */
  #times = [];

  /** @param {import('./clock.js').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** Counts an opening; false when there have been too many, and none is due. */
  take() {
    const now = this.#clock.now();
    while (this.#times.length > 0 && now - this.#times[0] >= kWithinMs) this.#times.shift();
    if (this.#times.length >= kMost) return false;
    this.#times.push(now);
    return true;
  }
}
