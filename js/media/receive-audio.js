// Plays received audio on a track.

import { Playout } from './audio/playout.js';
import { SoundMeter } from './audio/sound.js';
import { isAudioCodec, openAudioDecoding } from './codecs/audio.js';
import { OpeningLimit } from './opening-limit.js';

/** @typedef {import('./receive-pipeline.js').ReceivedFrame} ReceivedFrame */
/** @typedef {import('./codecs/audio.js').AudioDecoding} AudioDecoding */

/**
 * How long blocks of sound are. Each that a page is given to play costs it as much as all that was done
 * to have it, and packets are as long; sinks are told of shorter ones, as wrtc's are.
 */
const kPageBlockMs = 20;
const kSinkBlockMs = 10;

/** Frames that wait for their decoder to be loaded, a second of them. */
const kMostWaiting = 50;
/** With more than that to play nothing more is decoded: it would be cut, and whoever floods sets the pace. */
const kMostHeldMs = 2000;

export class AudioReceiver {
  #clock;
  #playout;
  #codec = '';
  #generation = 0;
  #openings;
  /** @type {AudioDecoding | null} */
  #decoding = null;
  /** @type {ReceivedFrame[]} */
  #waiting = [];
  /** Lost before the next frame. */
  #gapMs = 0;
  #meter = new SoundMeter();
  #framesDecoded = 0;
  #framesDropped = 0;
  #decodeTime = 0;

  /**
   * @param {import('./source.js').Source} source
   * @param {import('./clock.js').Clock} clock
   */
  constructor(source, clock) {
    this.#clock = clock;
    this.#openings = new OpeningLimit(clock);
    const blockMs = source.hasOutlet ? kPageBlockMs : kSinkBlockMs;
    this.#playout = new Playout(
      clock,
      (sound) => {
        this.#meter.add(sound.samples, sound.numberOfFrames / sound.sampleRate);
        source.playSound(sound);
      },
      blockMs,
    );
  }

  /** @param {ReceivedFrame} frame */
  push(frame) {
    const { mimeType, clockRate, channels, sdpFmtpLine } = frame;
    // Comfort noise (RFC 3389) comes between the packets of a codec: the silence is made here.
    if (!isAudioCodec(mimeType)) {
      this.#framesDropped++;
      return;
    }
    const name = JSON.stringify([mimeType, clockRate, channels, sdpFmtpLine]);
    if (name !== this.#codec) {
      if (!this.#openings.take()) {
        this.#framesDropped++;
        return;
      }
      this.#codec = name;
      this.#decoding?.close();
      this.#decoding = null;
      this.#waiting = [];
      void this.#open(frame, ++this.#generation);
    }
    if (this.#decoding) {
      this.#decode(this.#decoding, frame);
    } else if (this.#waiting.length < kMostWaiting) {
      this.#waiting.push(frame);
    } else {
      this.#framesDropped++;
    }
  }

  /** @param {{ count: number, duration: number }} gap */
  lost({ duration }) {
    // The codec may know better once it sees what comes next.
    if (this.#decoding?.conceal) this.#gapMs += duration;
    else this.#playout.lost(duration / 1000);
  }

  /** Nobody listens: nothing is decoded, and what was held is not played. */
  rest() {
    this.#gapMs = 0;
    this.#playout.close();
    this.#waiting = [];
  }

  stats() {
    return {
      framesDecoded: this.#framesDecoded,
      framesDropped: this.#framesDropped,
      totalDecodeTime: this.#decodeTime,
      decoderImplementation: this.#decoding?.implementation,
      ...this.#playout.counts,
      ...this.#meter.figures,
    };
  }

  close() {
    this.#generation++;
    this.#codec = '';
    this.#decoding?.close();
    this.#decoding = null;
    this.#waiting = [];
    this.#playout.close();
  }

  /**
   * @param {ReceivedFrame} codec
   * @param {number} generation
   */
  async #open(codec, generation) {
    const isCurrent = () => generation === this.#generation;
    try {
      const decoding = await openAudioDecoding(
        codec,
        (samples, format, playAt) => {
          if (isCurrent()) this.#playout.push(samples, format, playAt);
        },
        () => {
          // The next frame begins with a new decoder.
          if (isCurrent()) this.#codec = '';
        },
      );
      if (!isCurrent()) {
        decoding.close();
        return;
      }
      this.#decoding = decoding;
      for (const frame of this.#waiting.splice(0)) this.#decode(decoding, frame);
    } catch {
      // No decoder: its frames are dropped, and so counted.
      if (isCurrent()) {
        this.#framesDropped += this.#waiting.splice(0).length;
        this.#decoding = { implementation: '', decode: () => this.#framesDropped++, close() {} };
      }
    }
  }

  /** @param {AudioDecoding} decoding @param {ReceivedFrame} frame */
  #decode(decoding, frame) {
    if (this.#playout.heldMs > kMostHeldMs) {
      this.#framesDropped++;
      return;
    }
    const before = this.#clock.now();
    try {
      if (this.#gapMs > 0) {
        const gap = this.#gapMs / 1000;
        this.#gapMs = 0;
        this.#playout.lost(gap, (count) => decoding.conceal?.(count, frame.data));
      }
      decoding.decode(frame.data, frame.playAt);
      this.#framesDecoded++;
    } catch {
      this.#framesDropped++;
    }
    this.#decodeTime += (this.#clock.now() - before) / 1000;
  }
}
