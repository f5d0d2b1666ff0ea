// What arrives of a fake camera or microphone: how much, in what order, how late.

import { RTCAudioSink, RTCEncodedSink, RTCVideoSink, Smoothness } from '../api/testing-hooks.js';
import { readFrame } from './frame-content.js';
import { readPicture } from './raw-media.js';

/** @typedef {{ mean: number, min: number, max: number, p95: number }} Delays  in ms */

/** Delays and numbers, which both kinds have. */
class Measure {
  #sink;
  /** @type {number[]} */
  #delays = [];
  /** @type {Set<number>} */
  #numbers = new Set();
  #first = Infinity;
  #last = -Infinity;
  #damaged = 0;
  #duplicates = 0;
  #outOfOrder = 0;
  #bytes = 0;
  #from = NaN;
  #to = NaN;

  /** @param {'audio' | 'video'} kind @param {MediaStreamTrack} track @param {boolean} [isRaw]  pictures */
  constructor(kind, track, isRaw = false) {
    if (track.kind !== kind) throw new TypeError(`the track is not of ${kind}`);
    if (isRaw) {
      this.#sink = new RTCVideoSink(track);
      this.#sink.onframe = ({ frame }) =>
        this.#take({ ...frame, playAt: frame.timestamp }, readPicture(frame));
    } else {
      this.#sink = new RTCEncodedSink(track);
      this.#sink.onframe = ({ frame }) => this.#take(frame, readFrame(kind, frame.data));
    }
  }

  /**
   * @param {any} frame
   * @param {{ number: number, captureTime: number, key?: boolean, tone?: number } | null} content
   */
  #take(frame, content) {
    if (!content) {
      this.#damaged++;
      return;
    }
    const { number, captureTime } = content;
    if (this.#numbers.has(number)) this.#duplicates++;
    else if (number < this.#last) this.#outOfOrder++;
    this.#numbers.add(number);
    this.#first = Math.min(this.#first, number);
    this.#last = Math.max(this.#last, number);
    this.#bytes += frame.data.length;
    const shownAt = frame.playAt ?? captureTime;
    this.#from = Number.isNaN(this.#from) ? shownAt : this.#from;
    this.#to = shownAt;
    this.#delays.push(shownAt - captureTime);
    this.took(frame, content, shownAt);
  }

  /**
   * @param {any} _frame
   * @param {{ key?: boolean, tone?: number }} _content
   * @param {number} _shownAt
   */
  took(_frame, _content, _shownAt) {}

  get figures() {
    const { size: frames } = this.#numbers;
    const seconds = (this.#to - this.#from) / 1000;
    return {
      frames,
      /** Sent between the first and the last that arrived, and not arrived. */
      lost: frames > 0 ? this.#last - this.#first + 1 - frames : 0,
      outOfOrder: this.#outOfOrder,
      duplicates: this.#duplicates,
      damaged: this.#damaged,
      bytes: this.#bytes,
      /** Bits per second. */
      bitrate: seconds > 0 ? (8 * this.#bytes) / seconds : 0,
      /** From capture to being shown or heard. */
      delay: summary(this.#delays),
    };
  }

  /** Takes no more. */
  stop() {
    this.#sink.stop();
  }
}

class VideoMeasure extends Measure {
  #smoothness = new Smoothness();
  #keyFrames = 0;
  #size = { width: 0, height: 0 };

  /** @param {MediaStreamTrack} track @param {boolean} [isRaw] */
  constructor(track, isRaw) {
    super('video', track, isRaw);
  }

  /** @param {any} frame @param {{ key?: boolean }} content @param {number} shownAt @override */
  took({ width, height }, { key }, shownAt) {
    if (key) this.#keyFrames++;
    if (width > 0) this.#size = { width, height };
    this.#smoothness.add(shownAt);
  }

  /** @override */
  get figures() {
    const { freezeCount, totalFreezesDuration } = this.#smoothness.figures;
    return {
      ...super.figures,
      ...this.#size,
      keyFrames: this.#keyFrames,
      /** By the rule of webrtc-stats. */
      freezes: freezeCount,
      /** Milliseconds. */
      frozen: 1000 * totalFreezesDuration,
    };
  }
}

class AudioMeasure extends Measure {
  #tone = 0;
  #lastShown = NaN;
  #longestGap = 0;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    super('audio', track);
  }

  /** @param {any} _ @param {{ tone?: number }} content @param {number} shownAt @override */
  took(_, { tone = 0 }, shownAt) {
    this.#tone = tone;
    if (shownAt - this.#lastShown > this.#longestGap) this.#longestGap = shownAt - this.#lastShown;
    this.#lastShown = shownAt;
  }

  /** @override */
  get figures() {
    return {
      ...super.figures,
      /** Hz. */
      tone: this.#tone,
      /** From one frame's beginning to the next one's, in ms. */
      longestGap: this.#longestGap,
    };
  }
}

/** Sound below that is silence. */
const kSilence = 500;

/** What a track plays, by its samples. */
class SoundMeasure {
  #sink;
  #heard = 0;
  #silent = 0;
  #longest = 0;
  #run = 0;
  #crossings = 0;
  #last = 0;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.#sink = new RTCAudioSink(track);
    this.#sink.ondata = (sound) => this.#take(sound);
  }

  /** @param {import('../media/source.js').Sound} sound */
  #take({ samples, sampleRate, channelCount, numberOfFrames }) {
    const ms = (1000 * numberOfFrames) / sampleRate;
    const isSilent = samples.every((sample) => Math.abs(sample) < kSilence);
    // What comes before there is sound is no gap.
    if (isSilent && this.#heard === 0) return;
    if (isSilent) {
      this.#silent += ms;
      this.#run += ms;
      this.#longest = Math.max(this.#longest, this.#run);
      return;
    }
    this.#run = 0;
    this.#heard += ms;
    for (let i = 0; i < samples.length; i += channelCount) {
      if (this.#last < 0 && samples[i] >= 0) this.#crossings++;
      this.#last = samples[i];
    }
  }

  get figures() {
    return {
      /** Milliseconds in which there was sound, and in which there was none after it had begun. */
      heard: this.#heard,
      silent: this.#silent,
      longestSilence: this.#longest,
      /** Hz, on average. */
      tone: this.#heard > 0 ? (1000 * this.#crossings) / this.#heard : 0,
    };
  }

  /** Takes no more. */
  stop() {
    this.#sink.stop();
  }
}

/**
 * Counts what a received track of a fake camera shows: `figures` is asked at any time.
 * @param {MediaStreamTrack} track
 * @param {{ raw?: boolean }} [options]  raw: it is decoded
 */
export const measureVideo = (track, { raw } = {}) => new VideoMeasure(track, raw);

/**
 * Counts what a received track of a fake microphone plays.
 * @template {{ raw?: boolean }} O
 * @param {MediaStreamTrack} track
 * @param {O} [options]  raw: it is decoded
 * @returns {O extends { raw: true } ? SoundMeasure : AudioMeasure}
 */
export const measureAudio = (track, options) =>
  /** @type {any} */ (options?.raw ? new SoundMeasure(track) : new AudioMeasure(track));

/** @param {number[]} values @returns {Delays} */
function summary(values) {
  if (values.length === 0) return { mean: NaN, min: NaN, max: NaN, p95: NaN };
  const sorted = [...values].sort((a, b) => a - b);
  return {
    mean: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    min: sorted[0],
    max: sorted[sorted.length - 1],
    p95: sorted[Math.floor(0.95 * (sorted.length - 1))],
  };
}
