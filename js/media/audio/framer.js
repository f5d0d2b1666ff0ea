// Cuts sound of any length, rate and number of channels into frames that a codec takes.

import { Resampler } from './resampler.js';
import { mixChannels } from './sound.js';

/** A pause of the source that is longer has happened; a shorter one is its jitter. */
const kGapMs = 200;

/**
 * @typedef {object} FrameFormat
 * @property {number} sampleRate
 * @property {number} channelCount
 * @property {number} frameLength  samples of each channel
 */

/**
 * @typedef {object} SoundFrame
 * @property {Int16Array} samples
 * @property {number} position  of the first sample, counted from the start; jumps where the source paused
 * @property {number} captureTime  of the first sample in ms
 */

export class SoundFramer {
  #format;
  /** @type {Resampler | undefined} */
  #resampler;
  #inputRate = 0;
  /** Samples that are not a frame yet. */
  #pending;
  #pendingLength = 0;
  #position = 0;
  /** Of the first pending sample. */
  #captureTime = NaN;

  /** @param {FrameFormat} format */
  constructor(format) {
    this.#format = format;
    this.#pending = new Int16Array(format.frameLength * format.channelCount);
  }

  /**
   * @param {import('../source.js').Sound} sound
   * @param {number} startTime  when its first sample was captured, in ms
   * @param {(frame: SoundFrame) => void} onframe
   */
  push(sound, startTime, onframe) {
    const { sampleRate, channelCount, frameLength } = this.#format;
    const isNewRate = sound.sampleRate !== this.#inputRate;
    if (isNewRate) {
      this.#inputRate = sound.sampleRate;
      this.#resampler = new Resampler(sound.sampleRate, sampleRate, channelCount);
    }
    const held = isNewRate ? 0 : (this.#resampler?.delay ?? 0);
    const begin = startTime - 1000 * held;
    this.#follow(begin);
    const mixed = mixChannels(sound.samples, sound.channelCount, channelCount);
    const samples = this.#resampler?.process(mixed) ?? mixed;
    const whole = frameLength * channelCount;
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(whole - this.#pendingLength, samples.length - at);
      this.#pending.set(samples.subarray(at, at + taken), this.#pendingLength);
      this.#pendingLength += taken;
      at += taken;
      if (this.#pendingLength < whole) break;
      const frame = {
        samples: this.#pending,
        position: this.#position,
        captureTime: this.#captureTime,
      };
      this.#pending = new Int16Array(whole);
      this.#pendingLength = 0;
      this.#position += frameLength;
      this.#captureTime += (1000 * frameLength) / sampleRate;
      onframe(frame);
    }
  }

  /**
   * Keeps to the time at which the source captures: a long pause is one, a small difference is jitter
   * and is worn off.
   * @param {number} begin  when what follows was captured
   */
  #follow(begin) {
    const { sampleRate, channelCount } = this.#format;
    const pending = this.#pendingLength / channelCount;
    const expected = this.#captureTime + (1000 * pending) / sampleRate;
    if (Number.isNaN(expected)) {
      this.#captureTime = begin;
      return;
    }
    const late = begin - expected;
    if (Math.abs(late) <= kGapMs) {
      this.#captureTime += 0.05 * late;
      return;
    }
    // What was pending is not continued.
    this.#pendingLength = 0;
    if (late > 0) this.#position += pending + Math.round((late * sampleRate) / 1000);
    this.#captureTime = begin;
  }
}
