// Sends frames that the application has encoded already.

import { Source } from './source.js';

/** @typedef {import('./source.js').EncodedFrame} EncodedFrame */

export class EncodedSender {
  #kind;
  #clock;
  #onframe;
  #onerror;
  /** @type {import('./codecs/audio.js').CodecParameters | null} */
  #codec = null;
  /** @type {import('./send-pipeline.js').EncodingParameters[]} */
  #encodings = [];
  /** @type {Source | undefined} */
  #source;
  #hasComplained = false;
  /** Encodings of video that have begun with a key frame. @type {Set<number>} */
  #begun = new Set();
  /** @type {Map<number, { framesSent: number, keyFrames: number, width: number, height: number }>} */
  #counts = new Map();

  /**
   * @param {'audio' | 'video'} kind
   * @param {import('./clock.js').Clock} clock
   * @param {(encodingIndex: number, frame: any) => void} onframe
   * @param {(error: unknown) => void} onerror
   */
  constructor(kind, clock, onframe, onerror) {
    this.#kind = kind;
    this.#clock = clock;
    this.#onframe = onframe;
    this.#onerror = onerror;
  }

  /** @type {import('./source.js').Sink} */
  sink = { onencoded: (frame) => this.#take(frame) };

  /**
   * @param {import('./send-pipeline.js').SendConfiguration} configuration
   * @param {MediaStreamTrack | null} track
   */
  configure({ codec, encodings }, track) {
    const source = track ? Source.of(track) : undefined;
    if (source !== this.#source || codec?.mimeType !== this.#codec?.mimeType) this.#begun.clear();
    this.#codec = codec;
    this.#encodings = encodings;
    this.#source = source;
    this.#hasComplained = false;
    if (!this.#fits()) return;
    // Nothing can be shown before: it is asked for at once.
    if (this.#kind === 'video') this.requestKeyFrame(0);
  }

  /** @param {number[]} bitrates @param {boolean} held */
  setBitrates(bitrates, held) {
    this.#source?.onbitrates?.(bitrates, held);
  }

  /** @param {number} encodingIndex */
  requestKeyFrame(encodingIndex) {
    this.#source?.onkeyframerequest?.(encodingIndex);
  }

  stats() {
    return {
      encodings: this.#encodings.map(({ active }, i) => {
        const { framesSent = 0, keyFrames = 0, width, height } = this.#counts.get(i) ?? {};
        return {
          active: active !== false && this.#codec !== null,
          framesEncoded: framesSent,
          framesSent,
          keyFramesEncoded: keyFrames,
          frameWidth: width,
          frameHeight: height,
          totalEncodeTime: 0,
          encoderImplementation: 'application',
          qualityLimitationReason: 'none',
        };
      }),
      source: {},
    };
  }

  close() {
    this.#source = undefined;
  }

  /** Whether what the source brings is what was negotiated. */
  #fits() {
    if (!this.#codec || !this.#source) return false;
    const { mimeType } = this.#source;
    if (mimeType?.toLowerCase() === this.#codec.mimeType.toLowerCase()) return true;
    if (!this.#hasComplained) {
      this.#hasComplained = true;
      const text = `the track carries ${mimeType}, and ${this.#codec.mimeType} was negotiated`;
      this.#onerror(new DOMException(text, 'NotSupportedError'));
    }
    return false;
  }

  /** @param {EncodedFrame} frame */
  #take(frame) {
    const { encodingIndex = 0 } = frame;
    const encoding = this.#encodings[encodingIndex];
    if (!encoding || encoding.active === false || !this.#fits()) return;
    const isVideo = this.#kind === 'video';
    const key = !isVideo || frame.key === true;
    if (!key && !this.#begun.has(encodingIndex)) {
      this.requestKeyFrame(encodingIndex);
      return;
    }
    this.#begun.add(encodingIndex);
    const { width = 0, height = 0, captureTime = this.#clock.now() } = frame;
    const counts = this.#counts.get(encodingIndex) ?? {
      framesSent: 0,
      keyFrames: 0,
      width,
      height,
    };
    counts.framesSent++;
    if (isVideo && key) counts.keyFrames++;
    if (width) Object.assign(counts, { width, height });
    this.#counts.set(encodingIndex, counts);
    const clockRate = this.#codec?.clockRate ?? 90_000;
    this.#onframe(encodingIndex, {
      data: frame.data,
      rtpTimestamp: (frame.rtpTimestamp ?? Math.round((captureTime * clockRate) / 1000)) >>> 0,
      key,
      width,
      height,
      rotation: frame.rotation ?? 0,
      spatialLayer: frame.spatialLayer ?? 0,
      temporalLayer: frame.temporalLayer ?? 0,
      captureTime,
      duration: frame.duration,
      audioLevel: frame.audioLevel,
      voiceActivity: frame.voiceActivity,
    });
  }
}
