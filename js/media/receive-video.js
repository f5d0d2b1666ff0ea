// Shows received video on a track: decodes ahead of time, shows in time.

import { notFarAhead } from './clock.js';
import { openVideoDecoding } from './codecs/video.js';
import { DecodingPace } from './decoding-pace.js';
import { OpeningLimit } from './opening-limit.js';
import { RateMeter } from './video/adaptation.js';
import { inLimitedRange, isI420, sizeOf } from './video/i420.js';
import { rotated } from './video/page-frame.js';
import { Smoothness } from './video/smoothness.js';

/** @typedef {import('./receive-pipeline.js').ReceivedFrame} ReceivedFrame */
/** @typedef {import('./source.js').Picture} Picture */
/** @typedef {import('./codecs/video.js').VideoDecoding} VideoDecoding */

/** So long before it is shown a frame is decoded: decoders hold few pictures. */
const kDecodeAheadMs = 60;
/** Encoded frames that may wait: ten seconds of them, and of many bits. */
const kMostWaiting = 600;
const kMostWaitingBytes = 2 ** 26;
/** So long what is due may wait for those before it, when they take more time than there is. */
const kMostBehindMs = 1000;
/** Frames that a decoder may be behind. */
const kMostInDecoder = 30;
/** Frames in the decoder that it may yet have a picture of: some show none. */
const kMostInside = 4 * kMostInDecoder;
/** Pictures that wait to be shown, and what more than one of them may take. */
const kMostPictures = 12;
const kMostPictureBytes = 2 ** 26;
/** Key frames are asked for so often at most. */
const kKeyRequestMs = 300;
/** A picture that is later than that when a newer one is due as well is not shown. */
const kLateMs = 5;

export class VideoReceiver {
  #source;
  #clock;
  #askForKey;
  #codec = '';
  #generation = 0;
  /** @type {VideoDecoding | null} */
  #decoding = null;
  #readyAt = 0;
  #openings;
  /** Nothing here decodes it. */
  #isHopeless = false;
  /** @type {{ frame: ReceivedFrame, dueAt: number }[]} */
  #waiting = [];
  #waitingBytes = 0;
  #pace;
  /** Of frames in the decoder what is needed to show them, by the time under which it knows them. @type {Map<number, { frame: Omit<ReceivedFrame, 'data'>, began: number }>} */
  #inside = new Map();
  #lastStamp = 0;
  /** @type {{ picture: Picture, playAt: number }[]} */
  #pictures = [];
  #needsKey = true;
  #askedAt = -Infinity;
  /** @type {any} */
  #decodeTimer;
  /** @type {any} */
  #showTimer;
  #shown = new RateMeter();
  #smoothness = new Smoothness();
  #counts = {
    framesDecoded: 0,
    keyFramesDecoded: 0,
    framesDropped: 0,
    framesRendered: 0,
    totalDecodeTime: 0,
  };
  /** @type {number | undefined} */
  #quantizers;
  #width = 0;
  #height = 0;

  /**
   * @param {import('./source.js').Source} source
   * @param {import('./clock.js').Clock} clock
   * @param {() => void} requestKeyFrame
   */
  constructor(source, clock, requestKeyFrame) {
    this.#source = source;
    this.#clock = clock;
    this.#openings = new OpeningLimit(clock);
    this.#pace = DecodingPace.of(clock);
    this.#askForKey = requestKeyFrame;
  }

  /** @param {ReceivedFrame} frame */
  push(frame) {
    const { mimeType, clockRate, sdpFmtpLine, colorSpace } = frame;
    const name = JSON.stringify([mimeType, clockRate, sdpFmtpLine, colorSpace]);
    if (name !== this.#codec) {
      if (!this.#openings.take()) {
        this.#counts.framesDropped++;
        this.#startAnew();
        return;
      }
      this.#dropDecoder();
      this.#codec = name;
      void this.#open(frame, this.#generation);
    }
    if (this.#isHopeless) {
      this.#counts.framesDropped++;
      return;
    }
    if (this.#needsKey && !frame.key) {
      this.#counts.framesDropped++;
      this.#requestKey();
      return;
    }
    this.#needsKey = false;
    const { length } = frame.data;
    if (this.#waiting.length >= kMostWaiting || this.#waitingBytes + length > kMostWaitingBytes) {
      this.#counts.framesDropped += this.#dropWaiting() + 1;
      this.#startAnew();
      return;
    }
    const now = this.#clock.now();
    const playAt = notFarAhead(frame.playAt, now);
    const dueAt = Math.max(playAt - kDecodeAheadMs, now);
    this.#waiting.push({ frame: { ...frame, playAt }, dueAt });
    this.#waitingBytes += length;
    this.#pump();
  }

  lost() {}

  /** Nobody looks: nothing is decoded until a key frame comes to somebody who does. */
  rest() {
    this.#dropWaiting();
    this.#needsKey = true;
    this.#dropPictures();
  }

  stats() {
    return {
      ...this.#counts,
      qpSum: this.#quantizers,
      frameWidth: this.#width || undefined,
      frameHeight: this.#height || undefined,
      framesPerSecond: this.#shown.rate(this.#clock.now()),
      decoderImplementation: this.#decoding?.implementation,
      ...this.#smoothness.figures,
    };
  }

  close() {
    this.#dropDecoder();
    this.#codec = '';
    this.#dropPictures();
    this.#clock.clearTimeout(this.#decodeTimer);
  }

  #dropDecoder() {
    this.#generation++;
    this.#decoding?.close();
    this.#decoding = null;
    this.#isHopeless = false;
    this.#dropWaiting();
    this.#inside.clear();
    this.#needsKey = true;
  }

  /**
   * @param {number} [count]  of the first ones
   * @returns {number} how many there were
   */
  #dropWaiting(count = this.#waiting.length) {
    const dropped = this.#waiting.splice(0, count);
    for (const { frame } of dropped) this.#waitingBytes -= frame.data.length;
    return dropped.length;
  }

  #dropPictures() {
    this.#clock.clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    for (const { picture } of this.#pictures.splice(0)) discard(picture);
  }

  #startAnew() {
    this.#needsKey = true;
    this.#requestKey();
  }

  #requestKey() {
    const now = this.#clock.now();
    if (now - this.#askedAt < kKeyRequestMs) return;
    this.#askedAt = now;
    this.#askForKey();
  }

  /** @param {ReceivedFrame} codec @param {number} generation */
  async #open(codec, generation) {
    try {
      const decoding = await openVideoDecoding(
        codec,
        (picture, time) => {
          if (generation === this.#generation) this.#take(picture, time);
          else discard(picture);
        },
        () => {
          if (generation === this.#generation) this.#fail();
        },
      );
      if (generation !== this.#generation) {
        decoding.close();
        return;
      }
      this.#decoding = decoding;
      this.#readyAt = this.#clock.now();
      this.#pump();
    } catch {
      // Nothing here decodes it; its frames are dropped, and so counted.
      if (generation !== this.#generation) return;
      this.#isHopeless = true;
      this.#counts.framesDropped += this.#dropWaiting();
    }
  }

  /** A decoder that fails is done with; a new one begins with a key frame. */
  #fail() {
    this.#counts.framesDropped += this.#inside.size;
    this.#dropDecoder();
    this.#codec = '';
    this.#requestKey();
  }

  #pump() {
    this.#clock.clearTimeout(this.#decodeTimer);
    while (this.#decoding && this.#waiting.length > 0) {
      const now = this.#clock.now();
      const [{ frame, dueAt }] = this.#waiting;
      const wait = Math.max(dueAt, this.#pace.restUntil) - now;
      if (wait > 0) {
        this.#decodeTimer = this.#clock.setTimeout(() => this.#pump(), wait);
        return;
      }
      if (now - Math.max(dueAt, this.#readyAt) > kMostBehindMs && !frame.key) {
        const key = this.#waiting.findIndex((one) => one.frame.key);
        this.#counts.framesDropped += this.#dropWaiting(key < 0 ? undefined : key);
        if (key >= 0) continue;
        this.#startAnew();
        return;
      }
      this.#dropWaiting(1);
      if (this.#decoding.queueLength > kMostInDecoder && !frame.key) {
        this.#counts.framesDropped += 1 + this.#dropWaiting();
        this.#startAnew();
        return;
      }
      this.#decode(this.#decoding, frame, now);
    }
  }

  /** @param {VideoDecoding} decoding @param {ReceivedFrame} frame @param {number} now */
  #decode(decoding, frame, now) {
    // Decoders give back a time in whole microseconds, which tells the frames apart.
    this.#lastStamp = Math.max(this.#lastStamp + 1, Math.round(1000 * frame.playAt));
    const { data, ...shown } = frame;
    this.#inside.set(this.#lastStamp, { frame: shown, began: now });
    if (this.#inside.size > kMostInside) {
      const [oldest] = this.#inside.keys();
      this.#inside.delete(oldest);
    }
    const generation = this.#generation;
    try {
      decoding.decode(data, this.#lastStamp / 1000, frame.key === true);
    } catch {
      if (generation === this.#generation) this.#fail();
    }
    this.#pace.took(now);
  }

  /** @param {Picture} picture @param {number} time */
  #take(picture, time) {
    const stamp = Math.round(1000 * time);
    const entry = this.#inside.get(stamp);
    // What was before it and has not come shows nothing.
    for (const one of this.#inside.keys()) if (one <= stamp) this.#inside.delete(one);
    if (!entry) {
      discard(picture);
      return;
    }
    const { frame, began } = entry;
    const counts = this.#counts;
    counts.framesDecoded++;
    if (frame.key) counts.keyFramesDecoded++;
    counts.totalDecodeTime += (this.#clock.now() - began) / 1000;
    const { quantizer } = /** @type {{ quantizer?: number }} */ (picture);
    if (quantizer !== undefined) this.#quantizers = (this.#quantizers ?? 0) + quantizer;
    try {
      this.#pictures.push({ picture: turned(picture, frame), playAt: frame.playAt });
    } catch {
      // Larger than the page draws.
      counts.framesDropped++;
      discard(picture);
    }
    while (this.#areTooMany()) this.#dropOldest();
    this.#show();
  }

  #areTooMany() {
    if (this.#pictures.length > kMostPictures) return true;
    const bytes = this.#pictures.reduce((sum, { picture }) => {
      const { width, height } = sizeOf(picture);
      return sum + 1.5 * width * height;
    }, 0);
    return this.#pictures.length > 1 && bytes > kMostPictureBytes;
  }

  #dropOldest() {
    const oldest = this.#pictures.shift();
    if (oldest) discard(oldest.picture);
    this.#counts.framesDropped++;
  }

  #show() {
    this.#clock.clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    const now = this.#clock.now();
    while (this.#pictures.length > 1 && this.#pictures[1].playAt <= now - kLateMs) {
      this.#dropOldest();
    }
    const next = this.#pictures[0];
    if (!next) return;
    if (next.playAt > now + 0.5) {
      this.#showTimer = this.#clock.setTimeout(() => this.#show(), next.playAt - now);
      return;
    }
    this.#pictures.shift();
    this.#shown.add(now);
    this.#smoothness.add(now);
    this.#counts.framesRendered++;
    const { width, height } = sizeOf(next.picture);
    [this.#width, this.#height] = [width, height];
    this.#source.showPicture(next.picture, now);
    discard(next.picture);
    if (this.#pictures.length > 0) this.#show();
  }
}

/**
 * @param {Picture} picture  that becomes the result, or is closed
 * @param {Omit<ReceivedFrame, 'data'>} frame
 * @returns {Picture}
 */
function turned(picture, { rotation = 0, colorSpace }) {
  if (isI420(picture)) return { ...inLimitedRange(picture, colorSpace), rotation };
  return rotation ? rotated(picture, rotation) : picture;
}

/** @param {Picture} picture */
function discard(picture) {
  if (!isI420(picture)) picture.close();
}
