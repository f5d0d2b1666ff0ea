/** Freezes and intervals between pictures (webrtc-stats section 8.5). */
export class Smoothness {
  /** Of the last 30 intervals. @type {number[]} */
  #intervals = [];
  #last = NaN;
  figures = {
    freezeCount: 0,
    totalFreezesDuration: 0,
    pauseCount: 0,
    totalPausesDuration: 0,
    totalInterFrameDelay: 0,
    totalSquaredInterFrameDelay: 0,
  };

  /** @param {number} now  in ms */
  add(now) {
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    if (Number.isNaN(seconds)) return;
    const { figures } = this;
    figures.totalInterFrameDelay += seconds;
    figures.totalSquaredInterFrameDelay += seconds * seconds;
    if (seconds > 5) {
      figures.pauseCount++;
      figures.totalPausesDuration += seconds;
    }
    if (this.#intervals.length >= 5) {
      const mean = this.#intervals.reduce((sum, one) => sum + one, 0) / this.#intervals.length;
      if (seconds > Math.max(3 * mean, mean + 0.15)) {
        figures.freezeCount++;
        figures.totalFreezesDuration += seconds;
      }
    }
    this.#intervals.push(seconds);
    if (this.#intervals.length > 30) this.#intervals.shift();
  }
}
