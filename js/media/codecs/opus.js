// libopus in WebAssembly.

import { joined } from '../audio/sound.js';
import { openCodec } from './module.js';

/** The largest packet that RFC 6716 section 3.4 allows within one frame, and room for more frames. */
const kPacketRoom = 1275 * 3 + 7;
/** More than a datagram carries. */
const kInputRoom = 65536;
/** 120 ms, the longest packet. */
const kLongest = 5760;

/**
 * @typedef {object} OpusSettings
 * @property {number} bitrate
 * @property {number} loss  expected, in parts of a hundred
 * @property {boolean} fec
 * @property {boolean} dtx
 * @property {boolean} constant  bitrate
 */

/**
 * @param {number} channels
 * @param {boolean} music
 */
export async function openOpusEncoder(channels, music) {
  const codec = await openCodec('opus');
  const encoder = codec.call.encoder_create(channels, Number(music));
  if (!encoder) throw new RangeError('the codec is out of memory');
  const input = codec.allocate(2 * channels * kLongest);
  const packet = codec.allocate(kPacketRoom);
  return {
    implementation: 'libopus',

    /** @param {OpusSettings} settings */
    configure({ bitrate, loss, fec, dtx, constant }) {
      // Complexity 9 as elsewhere on desktops; WebAssembly manages it 60 times faster than it plays.
      codec.call.encoder_configure(
        encoder,
        Math.min(Math.max(Math.round(bitrate), 6000), 510_000),
        loss,
        Number(fec),
        Number(dtx),
        Number(!constant),
        9,
      );
    },

    /**
     * @param {Int16Array} samples at 48 kHz, of 2.5, 5, 10, 20, 40 or 60 ms
     * @returns {Uint8Array | null} null for what DTX leaves out
     * @throws {TypeError} for another length
     */
    encode(samples) {
      const count = samples.length / channels;
      codec.samples(input, samples.length).set(samples);
      const size = codec.call.encoder_encode(encoder, input, count, packet, kPacketRoom);
      if (size < 0) throw new TypeError(`Opus does not encode ${count} samples (error ${size})`);
      // RFC 7587 section 3.1.3: packets of two bytes or less need not be sent.
      return size <= 2 ? null : codec.bytes(packet, size).slice();
    },
  };
}

/** @param {number} channels */
export async function openOpusDecoder(channels) {
  const codec = await openCodec('opus');
  const decoder = codec.call.decoder_create(channels);
  if (!decoder) throw new RangeError('the codec is out of memory');
  const input = codec.allocate(kInputRoom);
  const output = codec.allocate(2 * channels * kLongest);
  let lastDuration = 960;

  /** @param {Uint8Array} packet */
  const load = (packet) => {
    if (packet.length > kInputRoom) throw new TypeError('a packet is too long');
    codec.bytes(input, packet.length).set(packet);
  };
  /** @param {number} size @param {number} room @param {number} fec */
  const decode = (size, room, fec) => {
    const count = codec.call.decoder_decode(decoder, input, size, output, room, fec);
    if (count < 0) throw new TypeError(`a packet is no Opus packet (error ${count})`);
    return codec.samples(output, count * channels).slice();
  };

  return {
    implementation: 'libopus',
    sampleRate: 48000,
    channelCount: channels,

    /**
     * @param {Uint8Array} packet
     * @returns {Int16Array}
     * @throws {TypeError} for what is no packet
     */
    decode(packet) {
      load(packet);
      const samples = decode(packet.length, kLongest, 0);
      lastDuration = samples.length / channels;
      return samples;
    },

    /**
     * What was lost before a packet that has arrived, as far as that says.
     * @param {Uint8Array} packet
     */
    recover(packet) {
      load(packet);
      return decode(packet.length, lastDuration, 1);
    },

    /**
     * Something in place of what was lost.
     * @param {number} count  samples of each channel; what is not a multiple of 2.5 ms is left out
     */
    conceal(count) {
      const pieces = [];
      for (let left = count - (count % 120); left > 0; left -= lastDuration) {
        pieces.push(decode(0, Math.min(left, lastDuration), 0));
      }
      return joined(pieces);
    },

    /**
     * Both: the last packet of those that were lost is told of by the next one.
     * @param {number} count
     * @param {Uint8Array} next
     */
    bridge(count, next) {
      return joined([this.conceal(Math.max(count - lastDuration, 0)), this.recover(next)]);
    },
  };
}
