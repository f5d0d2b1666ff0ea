// The codecs of audio by their names, all with the same face: the page's own for Opus where it has
// one, libopus elsewhere, G.711 and G.722 everywhere.

import { decodeG711, encodeG711 } from './g711.js';
import { G722Decoder, G722Encoder } from './g722.js';
import { codecName, formatParameters } from './format-parameters.js';
import { openOpusDecoder, openOpusEncoder } from './opus.js';
import { openPageOpusDecoder, openPageOpusEncoder } from './page-opus.js';

/**
 * What was negotiated.
 * @typedef {object} CodecParameters
 * @property {string} mimeType
 * @property {number} clockRate
 * @property {number} [channels]
 * @property {string} [sdpFmtpLine]  what the receiver wishes
 * @property {number} [ptime]  ms of sound in a packet
 */

/** @typedef {import('../audio/framer.js').SoundFrame} SoundFrame */

/**
 * @typedef {object} AudioEncoding
 * @property {number} sampleRate
 * @property {number} channelCount
 * @property {number} frameLength  samples of each channel in a packet
 * @property {string} implementation
 * @property {(bitrate: number | undefined) => void} setBitrate  undefined: what the codec does by itself
 * @property {(frame: SoundFrame) => void} encode
 * @property {() => void} close
 */

/**
 * @typedef {object} AudioDecoding
 * @property {string} implementation
 * @property {(data: Uint8Array, playAt: number) => void} decode
 * @property {(count: number, next: Uint8Array) => Int16Array} [conceal]  what is played for so many
 *   samples of each channel that were lost before the packet that comes next
 * @property {() => void} close
 */

/** Without anybody who says otherwise. */
const kSpeechBitrate = 32_000;
const kMusicBitrate = 64_000;
const kPtimeMs = 20;

/** The names of codecs that are sent and played, for a payload of audio. @param {string} mimeType */
export const isAudioCodec = (mimeType) =>
  ['opus', 'pcmu', 'pcma', 'g722'].includes(codecName(mimeType));

/**
 * @param {CodecParameters} codec
 * @param {string} contentHint  of the track
 * @param {(data: Uint8Array, frame: SoundFrame) => void} onpacket
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<AudioEncoding>}
 * @throws {DOMException} NotSupportedError for another codec
 */
export async function openAudioEncoding(codec, contentHint, onpacket, onerror) {
  const name = codecName(codec.mimeType);
  const ptime = codec.ptime ?? kPtimeMs;
  /** @param {number} sampleRate @param {(samples: Int16Array) => Uint8Array} encode */
  const plain = (sampleRate, encode) => ({
    sampleRate,
    channelCount: 1,
    frameLength: (sampleRate * ptime) / 1000,
    implementation: name,
    setBitrate() {},
    /** @param {SoundFrame} frame */
    encode: (frame) => onpacket(encode(frame.samples), frame),
    close() {},
  });
  switch (name) {
    case 'pcmu':
    case 'pcma':
      return plain(8000, (samples) => encodeG711(name, samples));
    case 'g722': {
      const encoder = new G722Encoder();
      return plain(16_000, (samples) => encoder.encode(samples));
    }
    case 'opus':
      return openOpus(codec, ptime, contentHint, onpacket, onerror);
    default:
      throw new DOMException(`${codec.mimeType} cannot be encoded`, 'NotSupportedError');
  }
}

/**
 * @param {CodecParameters} codec
 * @param {number} ptime
 * @param {string} contentHint
 * @param {(data: Uint8Array, frame: SoundFrame) => void} onpacket
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<AudioEncoding>}
 */
async function openOpus(codec, ptime, contentHint, onpacket, onerror) {
  const wishes = formatParameters(codec.sdpFmtpLine);
  const isOn = (/** @type {string} */ name) => wishes.get(name) === '1';
  // RFC 7587 section 6.1.
  const channelCount = isOn('stereo') ? 2 : 1;
  const isMusic = contentHint === 'music' || channelCount === 2;
  const standard = isMusic ? kMusicBitrate * channelCount : kSpeechBitrate;
  const most = Number(wishes.get('maxaveragebitrate')) || Infinity;
  const settings = {
    bitrate: Math.min(standard, most),
    loss: isOn('useinbandfec') ? 10 : 0,
    fec: isOn('useinbandfec'),
    dtx: isOn('usedtx'),
    constant: isOn('cbr'),
  };
  const frameLength = 48 * ptime;
  const face = { sampleRate: 48_000, channelCount, frameLength };
  const page = await openPageOpusEncoder({ ...settings, ...face }, isMusic, onpacket, onerror);
  if (page) return { ...face, ...page };
  const encoder = await openOpusEncoder(channelCount, isMusic);
  encoder.configure(settings);
  return {
    ...face,
    implementation: encoder.implementation,
    setBitrate(bitrate = standard) {
      encoder.configure({ ...settings, bitrate: Math.min(bitrate, most) });
    },
    encode(frame) {
      const data = encoder.encode(frame.samples);
      if (data) onpacket(data, frame);
    },
    close() {},
  };
}

/**
 * @param {CodecParameters} codec
 * @param {(samples: Int16Array, format: { sampleRate: number, channelCount: number }, playAt: number, isMadeUp?: boolean) => void} onsound
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<AudioDecoding>}
 * @throws {DOMException} NotSupportedError for another codec
 */
export async function openAudioDecoding(codec, onsound, onerror) {
  const name = codecName(codec.mimeType);
  /** @param {number} sampleRate @param {(data: Uint8Array) => Int16Array} decode */
  const plain = (sampleRate, decode) => {
    const format = { sampleRate, channelCount: 1 };
    return {
      implementation: name,
      /** @param {Uint8Array} data @param {number} playAt */
      decode: (data, playAt) => onsound(decode(data), format, playAt),
      close() {},
    };
  };
  switch (name) {
    case 'pcmu':
    case 'pcma':
      return plain(8000, (data) => decodeG711(name, data));
    case 'g722': {
      const decoder = new G722Decoder();
      return plain(16_000, (data) => decoder.decode(data));
    }
    case 'opus': {
      const page = await openPageOpusDecoder(codec, onsound, onerror);
      if (page) return page;
      const decoder = await openOpusDecoder(codec.channels === 1 ? 1 : 2);
      return {
        implementation: decoder.implementation,
        decode: (data, playAt) => onsound(decoder.decode(data), decoder, playAt),
        conceal: (count, next) => decoder.bridge(count, next),
        close() {},
      };
    }
    default:
      throw new DOMException(`${codec.mimeType} cannot be decoded`, 'NotSupportedError');
  }
}
