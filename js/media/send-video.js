// Sends the pictures of a track, in one or several encodings.

import { RateMeter } from './video/adaptation.js';
import { PictureEncoding } from './video/encoding.js';
import { blackLike, isI420, sizeOf } from './video/i420.js';

/** @typedef {import('./source.js').Picture} Picture */

/** A picture that stays is sent again so often: it gets better, and who joins late sees it. */
const kRepeatMs = 1000;
/** When a key frame is wanted, no picture is waited for longer than that. */
const kKeyWaitMs = 100;

export class VideoSender {
  #clock;
  #context;
  /** @type {PictureEncoding[]} */
  #encodings = [];
  /** @type {import('./send-pipeline.js').SendConfiguration} */
  #configuration = { codec: null, encodings: [] };
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {number[]} */
  #bitrates = [];
  #isHeld = false;
  /** @type {Picture | null} */
  #last = null;
  #lastTime = 0;
  /** @type {any} */
  #timer;
  /** When it fires, and from when on it is of use. */
  #timerAt = Infinity;
  #repeatAt = Infinity;
  #came = new RateMeter();
  #frames = 0;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {(encodingIndex: number, frame: any) => void} onframe
   * @param {(error: unknown) => void} onerror
   */
  constructor(clock, onframe, onerror) {
    this.#clock = clock;
    this.#context = { clock, onframe, onerror };
  }

  /** @type {import('./source.js').Sink} */
  sink = { onvideo: (picture, captureTime) => this.#take(picture, captureTime) };

  /**
   * @param {import('./send-pipeline.js').SendConfiguration} configuration
   * @param {MediaStreamTrack | null} track
   */
  configure(configuration, track) {
    if (track !== this.#track) {
      this.#track = track;
      this.#forget();
    }
    this.#configuration = configuration;
    const { codec, encodings, degradationPreference, namesColors = false } = configuration;
    while (this.#encodings.length > encodings.length) this.#encodings.pop()?.close();
    encodings.forEach((parameters, i) => {
      this.#encodings[i] ??= new PictureEncoding(i, this.#context);
      const hint = track?.contentHint ?? '';
      const wishes = { namesColors, degradationPreference, contentHint: hint };
      this.#encodings[i].configure(codec, parameters, wishes);
      this.#encodings[i].grant(this.#bitrates[i] ?? Infinity);
    });
    this.#arm();
  }

  /** @param {number[]} bitrates @param {boolean} held */
  setBitrates(bitrates, held) {
    this.#bitrates = bitrates;
    this.#isHeld = held;
    this.#encodings.forEach((encoding, i) => encoding.grant(bitrates[i] ?? Infinity));
    this.#arm();
  }

  /** @param {number} encodingIndex */
  requestKeyFrame(encodingIndex) {
    const encoding = this.#encodings[encodingIndex];
    if (!encoding) return;
    encoding.needsKey = true;
    this.#arm();
  }

  stats() {
    const size = this.#last ? sizeOf(this.#last) : undefined;
    return {
      encodings: this.#encodings.map((encoding) => encoding.stats()),
      source: {
        width: size?.width,
        height: size?.height,
        frames: this.#frames,
        framesPerSecond: this.#came.rate(this.#clock.now()),
      },
    };
  }

  close() {
    this.#forget();
    for (const encoding of this.#encodings.splice(0)) encoding.close();
  }

  /** @param {Picture} picture @param {number} captureTime */
  #take(picture, captureTime) {
    // Time goes forward, whatever two sources after one another say.
    const time = Math.max(captureTime, this.#lastTime + 0.1);
    this.#frames++;
    this.#came.add(time);
    this.#keep(picture);
    this.#lastTime = time;
    this.#encode(picture, time, false);
    this.#arm();
  }

  /** @param {Picture} picture */
  #keep(picture) {
    const kept = isI420(picture) ? picture : picture.clone();
    this.#drop();
    this.#last = kept;
  }

  #drop() {
    if (this.#last && !isI420(this.#last)) this.#last.close();
    this.#last = null;
  }

  #forget() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#repeatAt = Infinity;
    this.#drop();
  }

  /** Waits for the next picture, but not forever. */
  #arm() {
    this.#repeatAt = Infinity;
    const { codec } = this.#configuration;
    if (!codec || !this.#last || this.#track?.readyState !== 'live') return;
    const active = this.#encodings.filter(({ isActive }) => isActive);
    if (active.length === 0) return;
    const wait = active.some(({ needsKey }) => needsKey) ? kKeyWaitMs : kRepeatMs;
    this.#repeatAt = this.#clock.now() + wait;
    this.#setTimer();
  }

  /** One that fires too early is armed anew then: moving it for each picture would cost more. */
  #setTimer() {
    if (this.#timerAt <= this.#repeatAt) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timerAt = this.#repeatAt;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timerAt = Infinity;
      if (this.#repeatAt === Infinity) return;
      if (this.#clock.now() < this.#repeatAt) this.#setTimer();
      else this.#repeat();
    }, this.#repeatAt - this.#clock.now());
    // It is no reason for a process to stay.
    this.#timer?.unref?.();
  }

  #repeat() {
    const last = this.#last;
    if (last && this.#track?.readyState === 'live') {
      // It may have been disabled since.
      const picture = this.#track.enabled ? last : blackLike(last);
      const time = Math.max(this.#clock.now(), this.#lastTime + 0.1);
      this.#lastTime = time;
      this.#encode(picture, time, true);
    }
    this.#arm();
  }

  /** @param {Picture} picture @param {number} time @param {boolean} isRepeated */
  #encode(picture, time, isRepeated) {
    if (this.#isHeld) return;
    for (const encoding of this.#encodings) encoding.take(picture, time, isRepeated);
  }
}
