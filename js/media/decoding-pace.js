// Codecs in WebAssembly decode on the realm's own thread, a picture of some size for as long as the sender likes:
// a few kilobytes may take 50 ms. Whatever it sends, a fifth of the time is left to everything else.

/** @typedef {import('./clock.js').Clock} Clock */

/** Of what decoding took. */
const kRestShare = 0.25;
/** What may be owed: a burst is decoded at once. */
const kGraceMs = 50;

export class DecodingPace {
  /** Of all streams together, by their clock. @type {WeakMap<Clock, DecodingPace>} */
  static #paces = new WeakMap();
  #clock;
  #owedMs = 0;
  #endedAt = -Infinity;
  /** When the next picture may be decoded. */
  restUntil = -Infinity;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** @param {Clock} clock @returns {DecodingPace} */
  static of(clock) {
    let pace = DecodingPace.#paces.get(clock);
    if (!pace) DecodingPace.#paces.set(clock, (pace = new DecodingPace(clock)));
    return pace;
  }

  /** @param {number} began  when what has just ended did */
  took(began) {
    const now = this.#clock.now();
    const rested = began - this.#endedAt;
    this.#owedMs = Math.max(this.#owedMs - rested, 0) + kRestShare * (now - began);
    this.#endedAt = now;
    this.restUntil = now + Math.max(this.#owedMs - kGraceMs, 0);
  }
}
