// Codecs in WebAssembly decode on the realm's own thread, a picture of some size for as long as the sender likes:
// a few kilobytes may take 50 ms. Whatever it sends, a fifth of the time is left to everything else.

/** @typedef {import('./clock.js').Clock} Clock */

/** Of what decoding took. */
const kRestShare = 0.25;
/** Less than that is no matter; a timer takes longer. */
const kNoticedMs = 2;

export class DecodingPace {
  /** Of all streams together, by their clock. @type {WeakMap<Clock, DecodingPace>} */
  static #paces = new WeakMap();
  #clock;
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
    if (now - began >= kNoticedMs) this.restUntil = now + kRestShare * (now - began);
  }
}
