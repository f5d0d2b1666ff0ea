// One encoding of a track's pictures: its size, its rate, its encoder.

import { openVideoEncoding } from '../codecs/video.js';
import { Adaptation, RateGate, RateMeter } from './adaptation.js';
import { rotationOf, sizeOf } from './i420.js';

/** @typedef {import('../source.js').Picture} Picture */
/** @typedef {import('../codecs/video.js').VideoEncoding} Encoder */
/** @typedef {import('../codecs/video.js').VideoSettings} VideoSettings */
/** @typedef {import('../codecs/audio.js').CodecParameters} CodecParameters */
/** @typedef {import('../send-pipeline.js').EncodingParameters} EncodingParameters */

/** Pictures that an encoder may be behind. */
const kLongestQueue = 2;
/** Until somebody says what may be sent: enough for each pixel, within bounds. */
const kStartBitsPerPixel = 0.07;
const kStartMost = 2_500_000;
/** Before it is known how often pictures come. */
const kUsualFramerate = 30;
/** A picture that stands still may move again: it must not take the bits of a second. */
const kLeastFramerate = 10;
/** More than there was is told to the encoder so often: some begin anew with a key frame then. */
const kRaiseMs = 1000;
/** A frame that is so much larger than the mean is a huge one (webrtc-stats section 8.7). */
const kHuge = 2.5;

/**
 * @typedef {object} Context  what all encodings of a sender share
 * @property {import('../clock.js').Clock} clock
 * @property {(index: number, frame: import('../send-pipeline.js').SentFrame) => void} onframe
 * @property {(error: unknown) => void} onerror
 */

export class PictureEncoding {
  #index;
  #context;
  /** @type {CodecParameters | null} */
  #codec = null;
  /** @type {EncodingParameters} */
  #parameters = {};
  #isScreen = false;
  #namesColors = false;
  #granted = Infinity;
  #generation = 0;
  /** @type {Encoder | null} */
  #encoder = null;
  #isOpening = false;
  /** Nothing encodes it: that was told. */
  #isHopeless = false;
  /** What the encoder is configured for. @type {VideoSettings} */
  #settings = { width: 0, height: 0, bitrate: 0, framerate: 0, isScreen: false };
  #appliedAt = -Infinity;
  needsKey = true;
  #gate = new RateGate();
  #adaptation = new Adaptation();
  #came = new RateMeter();
  #went = new RateMeter();
  /** Pictures on the way: when they were captured and given. @type {Map<number, { began: number, rotation: number }>} */
  #pending = new Map();
  #limitedSince = NaN;
  #limitedBy = 'none';
  #limitedFor = { none: 0, cpu: 0, bandwidth: 0, other: 0 };
  #resolutionChanges = 0;
  #counts = {
    framesEncoded: 0,
    keyFramesEncoded: 0,
    framesSent: 0,
    hugeFramesSent: 0,
    totalEncodeTime: 0,
  };
  /** @type {number | undefined} */
  #quantizers;
  #meanSize = 0;

  /** @param {number} index @param {Context} context */
  constructor(index, context) {
    this.#index = index;
    this.#context = context;
  }

  get isActive() {
    return this.#codec !== null && this.#parameters.active !== false && this.#granted > 0;
  }

  /**
   * @param {CodecParameters | null} codec
   * @param {EncodingParameters} parameters
   * @param {object} wishes  for all encodings of the track
   * @param {boolean} wishes.namesColors
   * @param {string} [wishes.degradationPreference]
   * @param {string} wishes.contentHint
   */
  configure(codec, parameters, { namesColors, degradationPreference, contentHint }) {
    const isSame =
      JSON.stringify([codec, parameters.scalabilityMode, namesColors]) ===
      JSON.stringify([this.#codec, this.#parameters.scalabilityMode, this.#namesColors]);
    const wasActive = this.isActive;
    this.#codec = codec;
    this.#parameters = parameters;
    this.#isScreen = contentHint === 'detail' || contentHint === 'text';
    this.#namesColors = namesColors;
    this.#adaptation.prefer(degradationPreference, contentHint);
    if (!isSame) this.close();
    if (!wasActive && this.isActive) this.needsKey = true;
  }

  /** @param {number} bitrate */
  grant(bitrate) {
    if (this.#granted <= 0 && bitrate > 0) this.needsKey = true;
    this.#granted = bitrate;
  }

  /**
   * @param {Picture} picture
   * @param {number} time  when it was captured, in ms
   * @param {boolean} isRepeated  it was given before, and is now since it is needed
   */
  take(picture, time, isRepeated) {
    const codec = this.#codec;
    if (!codec || !this.isActive || this.#isHopeless) return;
    if (!isRepeated) this.#came.add(time);
    const { maxFramerate = Infinity } = this.#parameters;
    const rate = Math.max(this.#came.steadyRate(time) ?? kUsualFramerate, kLeastFramerate);
    const framerate = Math.min(rate, maxFramerate);
    const settings = this.#settingsFor(picture, framerate);
    const share = this.#adaptation.step.rate;
    const most = share < 1 ? framerate * share : maxFramerate;
    if (!isRepeated && !this.#gate.lets(time, most)) return;
    const encoder = this.#encoder;
    if (!encoder) {
      if (!this.#isOpening) void this.#open(codec, settings, this.#generation);
      return;
    }
    const isBehind = encoder.queueLength > kLongestQueue;
    this.#adaptation.count(isBehind);
    if (isBehind) return;
    try {
      this.#apply(encoder, settings);
      // Times have to differ to tell frames apart.
      while (this.#pending.has(Math.round(1000 * time))) time += 0.001;
      const began = this.#context.clock.now();
      this.#pending.set(Math.round(1000 * time), { began, rotation: rotationOf(picture) });
      const key = this.needsKey;
      this.needsKey = false;
      encoder.encode(picture, time, 1000 / framerate, key);
      // One that encodes at once is behind when it takes longer than there is until the next picture.
      if (this.#context.clock.now() - began > 900 / framerate) this.#adaptation.count(true);
    } catch (error) {
      this.#fail(error);
    }
  }

  stats() {
    const now = this.#context.clock.now();
    this.#followLimits(now);
    const { width, height, scalabilityMode } = this.#settings;
    return {
      active: this.isActive,
      ...this.#counts,
      frameWidth: width || undefined,
      frameHeight: height || undefined,
      framesPerSecond: this.#went.rate(now),
      qpSum: this.#quantizers,
      encoderImplementation: this.#encoder?.implementation,
      scalabilityMode: this.#encoder?.scalabilityMode ?? scalabilityMode,
      targetBitrate: this.#settings.bitrate || undefined,
      qualityLimitationReason: this.#limitedBy,
      qualityLimitationDurations: { ...this.#limitedFor },
      qualityLimitationResolutionChanges: this.#resolutionChanges,
    };
  }

  close() {
    this.#generation++;
    this.#encoder?.close();
    this.#encoder = null;
    this.#isOpening = false;
    this.#isHopeless = false;
    this.#pending.clear();
    this.needsKey = true;
  }

  /**
   * @param {Picture} picture
   * @param {number} framerate
   * @returns {VideoSettings}
   */
  #settingsFor(picture, framerate) {
    const { scaleResolutionDownBy = 1, maxBitrate = Infinity, scalabilityMode } = this.#parameters;
    const source = sizeOf(picture);
    const whole = {
      width: source.width / Math.max(scaleResolutionDownBy, 1),
      height: source.height / Math.max(scaleResolutionDownBy, 1),
    };
    const pixels = whole.width * whole.height;
    const allowed = Math.min(this.#granted, maxBitrate);
    const start = Math.min(kStartBitsPerPixel * pixels * 30, kStartMost);
    const bitrate = allowed < Infinity ? allowed : start;
    this.#adaptation.fit(pixels, framerate, bitrate);
    const { size, rate } = this.#adaptation.step;
    return {
      width: even(whole.width * size),
      height: even(whole.height * size),
      bitrate,
      framerate: framerate * rate,
      scalabilityMode,
      namesColors: this.#namesColors,
      isScreen: this.#isScreen,
    };
  }

  /** @param {Encoder} encoder @param {VideoSettings} settings */
  #apply(encoder, settings) {
    const now = this.#settings;
    const isResized = settings.width !== now.width || settings.height !== now.height;
    const time = this.#context.clock.now();
    const isLess = settings.bitrate < 0.95 * now.bitrate;
    const isMore =
      settings.bitrate > 1.05 * now.bitrate ||
      Math.abs(settings.framerate - now.framerate) > 0.3 * now.framerate;
    const isDue = isLess || (isMore && time - this.#appliedAt >= kRaiseMs);
    if (!isResized && settings.isScreen === now.isScreen && !isDue) return;
    this.#appliedAt = time;
    if (isResized) {
      this.needsKey = true;
      this.#resolutionChanges++;
    }
    encoder.configure(settings);
    this.#settings = settings;
    this.#followLimits(time);
  }

  /** @param {number} now */
  #followLimits(now) {
    if (!Number.isNaN(this.#limitedSince)) {
      const past = this.#limitedBy;
      this.#limitedFor[/** @type {'none' | 'cpu' | 'bandwidth'} */ (past)] +=
        (now - this.#limitedSince) / 1000;
    }
    this.#limitedSince = now;
    this.#limitedBy = this.#adaptation.reason;
  }

  /**
   * @param {CodecParameters} codec
   * @param {VideoSettings} settings
   * @param {number} generation
   */
  async #open(codec, settings, generation) {
    this.#isOpening = true;
    try {
      const encoder = await openVideoEncoding(
        codec,
        settings,
        (picture) => {
          if (generation === this.#generation) this.#send(picture);
        },
        (error) => {
          if (generation === this.#generation) this.#fail(error);
        },
      );
      if (generation !== this.#generation) {
        encoder.close();
        return;
      }
      this.#encoder = encoder;
      this.#settings = settings;
      this.#appliedAt = this.#context.clock.now();
      this.needsKey = true;
      this.#isOpening = false;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#isOpening = false;
      this.#isHopeless = true;
      this.#context.onerror(error);
    }
  }

  /** An encoder that fails is done with; the next picture gets a new one. @param {unknown} error */
  #fail(error) {
    this.close();
    this.#context.onerror(error);
  }

  /** @param {import('../codecs/video.js').EncodedPicture} picture */
  #send(picture) {
    const { data, key, time, width, height, quantizer } = picture;
    const stamp = Math.round(1000 * time);
    const now = this.#context.clock.now();
    const { began = now, rotation = 0 } = this.#pending.get(stamp) ?? {};
    for (const one of this.#pending.keys()) if (one <= stamp) this.#pending.delete(one);
    const counts = this.#counts;
    counts.framesEncoded++;
    counts.framesSent++;
    counts.totalEncodeTime += (now - began) / 1000;
    if (key) counts.keyFramesEncoded++;
    if (quantizer !== undefined) this.#quantizers = (this.#quantizers ?? 0) + quantizer;
    if (this.#meanSize > 0 && data.length > kHuge * this.#meanSize) counts.hugeFramesSent++;
    this.#meanSize += (data.length - this.#meanSize) / Math.min(counts.framesEncoded, 50);
    this.#went.add(now);
    this.#context.onframe(this.#index, {
      data,
      rtpTimestamp: Math.round((time * (this.#codec?.clockRate ?? 90_000)) / 1000) >>> 0,
      key,
      width,
      height,
      rotation,
      colorSpace: picture.colorSpace,
      spatialLayer: picture.spatialLayer,
      temporalLayer: picture.temporalLayer,
      captureTime: time,
    });
  }
}

/** Encoders of H.264 take even sizes alone. @param {number} size */
const even = (size) => Math.max(2 * Math.round(size / 2), 2);
