// libvpx's VP8 in WebAssembly.

import { i420Size } from '../video/i420.js';
import { openCodec } from './module.js';

/**
 * @typedef {object} Vp8Settings
 * @property {number} width
 * @property {number} height
 * @property {number} bitrate
 * @property {number} framerate
 * @property {number} temporalLayers  1 to 3
 * @property {boolean} isScreen
 */

/** In a picture to decode: 6144 x 3456, of the largest screens that somebody may share. The decoder holds four. */
const kMostMacroblocks = 82_944;

/**
 * What a key frame's header says (RFC 6386 section 9.1), before memory is taken for it: ten bytes may ask for
 * pictures of 16383 x 16383.
 * @param {Uint8Array} data
 * @throws {TypeError} for larger pictures than are decoded here
 */
function checkSize(data) {
  if (data.length < 10 || data[0] & 1) return;
  const width = (data[6] | (data[7] << 8)) & 0x3fff;
  const height = (data[8] | (data[9] << 8)) & 0x3fff;
  if (Math.ceil(width / 16) * Math.ceil(height / 16) > kMostMacroblocks)
    throw new TypeError(`pictures of ${width} x ${height} are too large to be decoded here`);
}

/** How little is tried to save bits, from 0 to 16: more pixels leave less time for each. @param {number} pixels */
const speedFor = (pixels) => (pixels <= 352 * 288 ? 6 : pixels <= 640 * 480 ? 8 : 12);

/** One stream's encoder. */
export async function openVp8Encoder() {
  const codec = await openCodec('vp8');
  const encoder = codec.call.encoder_create();
  if (!encoder) throw new RangeError('the codec is out of memory');
  let width = 0;
  let height = 0;
  return {
    implementation: 'libvpx',

    /**
     * @param {Vp8Settings} settings
     * @throws {RangeError} for what VP8 cannot do
     */
    configure(settings) {
      const error = codec.call.encoder_configure(
        encoder,
        settings.width,
        settings.height,
        Math.max(Math.round(settings.bitrate / 1000), 1),
        Math.round(settings.framerate),
        settings.temporalLayers,
        Number(settings.isScreen),
        speedFor(settings.width * settings.height),
      );
      if (error) throw new RangeError(`VP8 cannot be encoded so (error ${error})`);
      ({ width, height } = settings);
    },

    /**
     * @param {Uint8Array | Uint8ClampedArray} picture I420 of the size that was configured
     * @param {number} time  in seconds
     * @param {number} duration  in seconds
     * @param {boolean} key
     * @returns {{ data: Uint8Array, key: boolean, temporalLayer: number, quantizer: number } | null} null
     *   for a picture that rate control leaves out
     */
    encode(picture, time, duration, key) {
      const size = i420Size(width, height);
      codec.bytes(codec.call.encoder_picture(encoder), size).set(picture);
      const length = codec.call.encoder_encode(
        encoder,
        Math.round(time * 90_000),
        Math.max(Math.round(duration * 90_000), 1),
        Number(key),
      );
      if (length < 0) throw new TypeError(`VP8 failed to encode (error ${-length})`);
      if (length === 0) return null;
      return {
        data: codec.bytes(codec.call.encoder_data(encoder), length).slice(),
        key: codec.call.encoder_is_key(encoder) === 1,
        temporalLayer: codec.call.encoder_layer(encoder),
        quantizer: codec.call.encoder_quantizer(encoder),
      };
    },
  };
}

/** One stream's decoder. */
export async function openVp8Decoder() {
  const codec = await openCodec('vp8');
  const decoder = codec.call.decoder_create();
  if (!decoder) throw new RangeError('the codec is out of memory');
  let input = 0;
  let inputRoom = 0;
  let output = 0;
  let outputRoom = 0;
  return {
    implementation: 'libvpx',

    /**
     * @param {Uint8Array} data
     * @returns {{ width: number, height: number, data: Uint8Array, quantizer: number } | null} null when
     *   the frame shows no picture
     * @throws {TypeError} for what is no frame, is too large, or refers to one that was not there
     */
    decode(data) {
      checkSize(data);
      if (data.length > inputRoom) {
        codec.call.free(input);
        inputRoom = 2 * data.length;
        input = codec.allocate(inputRoom);
      }
      codec.bytes(input, data.length).set(data);
      const error = codec.call.decoder_decode(decoder, input, data.length);
      if (error) throw new TypeError(`a frame is no VP8 frame, or lacks others (error ${error})`);
      const width = codec.call.decoder_width(decoder);
      const height = codec.call.decoder_height(decoder);
      if (width === 0) return null;
      const size = i420Size(width, height);
      if (size > outputRoom) {
        codec.call.free(output);
        outputRoom = size;
        output = codec.allocate(size);
      }
      codec.call.decoder_picture(decoder, output);
      const quantizer = codec.call.decoder_quantizer(decoder);
      return { width, height, data: codec.bytes(output, size).slice(), quantizer };
    },
  };
}
