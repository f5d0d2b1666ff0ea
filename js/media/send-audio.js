// Sends the sound of a track: one stream, whatever the number of encodings.

import { SoundFramer } from './audio/framer.js';
import { SoundMeter, isVoiceLevel, levelOf, meanSquare } from './audio/sound.js';
import { openAudioEncoding } from './codecs/audio.js';

/** @typedef {import('./send-pipeline.js').SendConfiguration} SendConfiguration */
/** @typedef {import('./codecs/audio.js').AudioEncoding} AudioEncoding */

export class AudioSender {
  #clock;
  #onframe;
  #onerror;
  #codec = '';
  /** Changes with the codec: what was begun for another one is dropped. */
  #generation = 0;
  /** @type {AudioEncoding | null} */
  #encoding = null;
  /** @type {SoundFramer | null} */
  #framer = null;
  #clockRate = 48_000;
  #isActive = false;
  /** @type {number | undefined} */
  #maxBitrate;
  /** @type {number | undefined} */
  #granted;
  #meter = new SoundMeter();
  #framesEncoded = 0;
  #framesSent = 0;
  #encodeTime = 0;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {(encodingIndex: number, frame: any) => void} onframe
   * @param {(error: unknown) => void} onerror
   */
  constructor(clock, onframe, onerror) {
    this.#clock = clock;
    this.#onframe = onframe;
    this.#onerror = onerror;
  }

  /** @type {import('./source.js').Sink} */
  sink = { onaudio: (sound) => this.#take(sound) };

  /**
   * @param {SendConfiguration} configuration
   * @param {MediaStreamTrack | null} track
   */
  configure({ codec, encodings }, track) {
    const [encoding] = encodings;
    this.#isActive = codec !== null && encoding?.active !== false;
    this.#maxBitrate = encoding?.maxBitrate;
    const hint = track?.contentHint ?? '';
    const name = codec ? JSON.stringify([codec, hint]) : '';
    if (name === this.#codec) {
      this.#applyBitrate();
      return;
    }
    this.#codec = name;
    this.#generation++;
    this.#encoding?.close();
    this.#encoding = null;
    this.#framer = null;
    if (codec) void this.#open(codec, hint, this.#generation);
  }

  /** @param {number[]} bitrates */
  setBitrates([bitrate]) {
    this.#granted = bitrate;
    this.#applyBitrate();
  }

  requestKeyFrame() {}

  stats() {
    return {
      encodings: [
        {
          active: this.#isActive,
          framesEncoded: this.#framesEncoded,
          framesSent: this.#framesSent,
          totalEncodeTime: this.#encodeTime,
          encoderImplementation: this.#encoding?.implementation,
        },
      ],
      source: this.#meter.figures,
    };
  }

  close() {
    this.#generation++;
    this.#encoding?.close();
    this.#encoding = null;
    this.#framer = null;
    this.#codec = '';
  }

  /**
   * @param {import('./codecs/audio.js').CodecParameters} codec
   * @param {string} hint
   * @param {number} generation
   */
  async #open(codec, hint, generation) {
    /** @param {unknown} error */
    const failed = (error) => {
      if (generation === this.#generation) this.#onerror(error);
    };
    try {
      const encoding = await openAudioEncoding(
        codec,
        hint,
        (data, frame) => {
          if (generation === this.#generation) this.#send(data, frame);
        },
        failed,
      );
      if (generation !== this.#generation) {
        encoding.close();
        return;
      }
      this.#encoding = encoding;
      this.#clockRate = codec.clockRate;
      this.#framer = new SoundFramer(encoding);
      this.#applyBitrate();
    } catch (error) {
      failed(error);
    }
  }

  #applyBitrate() {
    const bounds = [this.#maxBitrate, this.#granted].filter((bound) => bound !== undefined);
    this.#encoding?.setBitrate(bounds.length > 0 ? Math.min(...bounds) : undefined);
  }

  /** @param {import('./source.js').Sound} sound */
  #take(sound) {
    const duration = sound.numberOfFrames / sound.sampleRate;
    this.#meter.add(sound.samples, duration);
    const encoding = this.#encoding;
    if (!encoding || !this.#isActive) return;
    const startTime = sound.captureTime ?? this.#clock.now() - 1000 * duration;
    this.#framer?.push(sound, startTime, (frame) => {
      const before = this.#clock.now();
      try {
        encoding.encode(frame);
      } catch (error) {
        this.#onerror(error);
      }
      this.#encodeTime += (this.#clock.now() - before) / 1000;
      this.#framesEncoded++;
    });
  }

  /**
   * @param {Uint8Array} data
   * @param {import('./audio/framer.js').SoundFrame} frame
   */
  #send(data, frame) {
    const { sampleRate = 48_000, channelCount = 1 } = this.#encoding ?? {};
    const audioLevel = levelOf(meanSquare(frame.samples));
    this.#framesSent++;
    this.#onframe(0, {
      data,
      rtpTimestamp: Math.round((frame.position * this.#clockRate) / sampleRate) >>> 0,
      key: true,
      width: 0,
      height: 0,
      spatialLayer: 0,
      temporalLayer: 0,
      captureTime: frame.captureTime,
      duration: (1000 * frame.samples.length) / channelCount / sampleRate,
      audioLevel,
      voiceActivity: isVoiceLevel(audioLevel),
    });
  }
}
