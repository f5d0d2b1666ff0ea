// Plays decoded sound at an even pace, in blocks of some ms: what comes in bursts is held, what comes too
// late or never is concealed, and what is held for longer or shorter than is wanted is made to fit by
// periods of the sound that are left out or played twice.

import { notFarAhead } from '../clock.js';
import { Concealment, kStretchSpan, lengthen, shorten } from './stretch.js';

/** @typedef {import('../clock.js').Clock} Clock */

/** How far playing may be from where it is wanted before anything is done about it. */
const kToleranceMs = 15;
/** From here on it is cut, heard or not. */
const kCutMs = 300;
/** Nobody speaks any more. */
const kIdleMs = 1000;
/** After a suspended timer, what is not worth playing late. */
const kMostMsAtOnce = 200;
/** A period is left out or repeated no sooner than that after the last one. */
const kStretchMs = 50;

export class Playout {
  #clock;
  #onblock;
  #blockMs;
  #rate = 0;
  #channels = 0;
  /** @type {Int16Array} */
  #queue = new Int16Array(0);
  /** @type {Concealment} */
  #concealment = new Concealment(1, 8000);
  /** When the next block is to be played; not a number while nothing is. */
  #next = NaN;
  #idleSince = NaN;
  /** @type {any} */
  #timer;
  /** By how much playing is later than wanted, smoothed. */
  #late = 0;
  #blocksToStretch = 0;
  /** Samples that were concealed since none were there, and may yet be told to be lost. */
  #debt = 0;
  #isConcealing = false;
  counts = {
    totalSamplesReceived: 0,
    concealedSamples: 0,
    silentConcealedSamples: 0,
    concealmentEvents: 0,
    insertedSamplesForDeceleration: 0,
    removedSamplesForAcceleration: 0,
  };

  /**
   * @param {Clock} clock
   * @param {(sound: import('../source.js').Sound) => void} onblock
   * @param {number} [blockMs]  how long the blocks are
   */
  constructor(clock, onblock, blockMs = 10) {
    this.#clock = clock;
    this.#onblock = onblock;
    this.#blockMs = blockMs;
  }

  /** What is held, in ms. */
  get heldMs() {
    return this.#rate ? (1000 * this.#queue.length) / this.#channels / this.#rate : 0;
  }

  /**
   * @param {Int16Array} samples
   * @param {{ sampleRate: number, channelCount: number }} format
   * @param {number} playAt  when its first sample is wanted, in ms
   */
  push(samples, { sampleRate, channelCount }, playAt) {
    if (samples.length === 0) return;
    playAt = notFarAhead(playAt, this.#clock.now());
    if (sampleRate !== this.#rate || channelCount !== this.#channels) {
      this.#rate = sampleRate;
      this.#channels = channelCount;
      this.#queue = new Int16Array(0);
      this.#concealment = new Concealment(channelCount, sampleRate);
      this.#debt = 0;
    }
    this.#idleSince = NaN;
    if (Number.isNaN(this.#next)) {
      this.#late = 0;
      this.#next = Math.max(playAt, this.#clock.now());
      this.#arm();
    } else {
      this.#follow(this.#next + this.heldMs - playAt);
    }
    this.#append(samples);
    this.#debt = 0;
  }

  /**
   * Sound that will never come.
   * @param {number} duration  in seconds
   * @param {((count: number) => Int16Array | undefined)} [makeUp]  what the codec makes of it, in
   *   samples of each channel
   */
  lost(duration, makeUp) {
    if (Number.isNaN(this.#next) || this.#rate === 0) return;
    const count = Math.round(Math.min(duration, 0.5) * this.#rate);
    const left = count - Math.min(count, this.#debt);
    this.#debt -= count - left;
    if (left === 0) return;
    const made = makeUp?.(left);
    // Without a codec that can, the place is filled from what is played before it, when that is known.
    if (!made && this.#queue.length > 0) {
      const copy = new Concealment(this.#channels, this.#rate);
      copy.resume(this.#queue);
      this.#append(copy.continue(left));
    } else if (made) {
      this.#append(made);
    } else {
      return;
    }
    this.#count(left, false);
    this.#isConcealing = false;
  }

  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = NaN;
    this.#queue = new Int16Array(0);
  }

  /** @param {Int16Array} samples */
  #append(samples) {
    const queue = new Int16Array(this.#queue.length + samples.length);
    queue.set(this.#queue);
    queue.set(samples, this.#queue.length);
    this.#queue = queue;
  }

  /** @param {number} late  in ms, negative when playing is too early */
  #follow(late) {
    this.#late += 0.2 * (late - this.#late);
    if (late > kCutMs && this.#late > kCutMs / 2) {
      const cut = Math.min(
        Math.round((late * this.#rate) / 1000) * this.#channels,
        this.#queue.length,
      );
      this.#queue = this.#queue.slice(cut);
      this.counts.removedSamplesForAcceleration += cut / this.#channels;
      this.#late = 0;
    } else if (late < -kCutMs && this.#late < -kCutMs / 2) {
      const count = Math.round((-late * this.#rate) / 1000);
      this.#append(new Int16Array(count * this.#channels));
      this.counts.insertedSamplesForDeceleration += count;
      this.#late = 0;
    }
  }

  #arm() {
    this.#timer = this.#clock.setTimeout(
      () => this.#tick(),
      Math.max(this.#next - this.#clock.now(), 0),
    );
  }

  #tick() {
    const now = this.#clock.now();
    if (now - this.#next > kMostMsAtOnce) this.#next = now;
    while (this.#next <= now + 0.5) {
      this.#playBlock();
      this.#next += this.#blockMs;
      if (now - this.#idleSince > kIdleMs) {
        this.#next = NaN;
        return;
      }
    }
    this.#arm();
  }

  #playBlock() {
    const frames = Math.round((this.#rate * this.#blockMs) / 1000);
    const length = frames * this.#channels;
    this.#stretch();
    let samples;
    if (this.#queue.length >= length) {
      samples = this.#concealment.resume(this.#queue.slice(0, length));
      this.#queue = this.#queue.slice(length);
      this.#isConcealing = false;
    } else {
      samples = this.#bridge(frames);
    }
    this.counts.totalSamplesReceived += frames;
    this.#onblock({
      samples,
      sampleRate: this.#rate,
      channelCount: this.#channels,
      numberOfFrames: frames,
      captureTime: this.#next,
    });
  }

  /** A block of what is left and of what makes up for the rest. @param {number} frames */
  #bridge(frames) {
    const channels = this.#channels;
    const samples = new Int16Array(frames * channels);
    const left = this.#queue.length / channels;
    if (left > 0) {
      samples.set(this.#concealment.resume(this.#queue));
      this.#queue = new Int16Array(0);
      this.#isConcealing = false;
    }
    if (Number.isNaN(this.#idleSince)) this.#idleSince = this.#next;
    const missing = frames - left;
    const isSilent = this.#concealment.isActive && this.#concealment.isSilent;
    samples.set(this.#concealment.continue(missing), left * channels);
    this.#debt += missing;
    this.#count(missing, isSilent);
    return samples;
  }

  /** @param {number} samples @param {boolean} isSilent */
  #count(samples, isSilent) {
    this.counts.concealedSamples += samples;
    if (isSilent) this.counts.silentConcealedSamples += samples;
    if (!this.#isConcealing) this.counts.concealmentEvents++;
    this.#isConcealing = true;
  }

  /** One period at most in 50 ms: tempo changes by a fifth, pitch does not. */
  #stretch() {
    if (--this.#blocksToStretch > 0 || Math.abs(this.#late) < kToleranceMs) return;
    const span = Math.round(kStretchSpan * this.#rate) * this.#channels;
    if (this.#queue.length < span) return;
    const head = this.#queue.subarray(0, span);
    const stretch = this.#late > 0 ? shorten : lengthen;
    const stretched = stretch(head, this.#channels, this.#rate);
    if (!stretched) return;
    const rest = this.#queue.subarray(span);
    this.#queue = stretched;
    this.#append(rest);
    const inserted = (stretched.length - span) / this.#channels;
    this.#late += (1000 * inserted) / this.#rate;
    if (inserted > 0) this.counts.insertedSamplesForDeceleration += inserted;
    else this.counts.removedSamplesForAcceleration -= inserted;
    this.#blocksToStretch = Math.ceil(kStretchMs / this.#blockMs);
  }
}
