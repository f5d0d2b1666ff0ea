// The codecs of video by their names, all with the same face: the page's own where it has them,
// libvpx for VP8 elsewhere.

import { codecName } from './format-parameters.js';
import { hasCodec } from './module.js';
import { openPageVideoDecoding, openPageVideoEncoding } from './page-video.js';
import { openVp8Decoding, openVp8Encoding } from './vp8-streams.js';
import { secureHint } from '../secure-hint.js';

/** @typedef {import('./audio.js').CodecParameters} CodecParameters */
/** @typedef {import('../source.js').Picture} Picture */

/**
 * @typedef {object} VideoSettings
 * @property {number} width
 * @property {number} height
 * @property {number} bitrate  bits per second
 * @property {number} framerate
 * @property {string} [scalabilityMode]
 * @property {boolean} [namesColors]  the receiver is told of colour spaces
 * @property {boolean} isScreen  text and the like rather than what a camera sees
 */

/**
 * @typedef {object} EncodedPicture
 * @property {Uint8Array} data
 * @property {boolean} key
 * @property {number} time  that `encode` was given
 * @property {number} width
 * @property {number} height
 * @property {number} temporalLayer
 * @property {number} spatialLayer
 * @property {number[]} [colorSpace]  as in ReceivedFrame; without, BT.601 in limited range
 * @property {number} [quantizer]
 */

/**
 * @typedef {object} VideoEncoding
 * @property {string} implementation
 * @property {number} queueLength  of pictures that are not encoded yet
 * @property {string} [scalabilityMode]  that is in use
 * @property {(settings: VideoSettings) => void} configure
 * @property {(picture: Picture, time: number, duration: number, key: boolean) => void} encode  times in
 *   ms; the picture is the caller's again when this returns
 * @property {() => void} close
 */

/**
 * @typedef {object} VideoDecoding
 * @property {string} implementation
 * @property {number} queueLength
 * @property {(data: Uint8Array, time: number, key: boolean) => void} decode
 * @property {() => void} close
 */

/**
 * @param {CodecParameters} codec
 * @param {VideoSettings} settings  to begin with
 * @param {(picture: EncodedPicture) => void} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<VideoEncoding>}
 * @throws {DOMException} NotSupportedError when nothing here encodes it
 */
export async function openVideoEncoding(codec, settings, onpicture, onerror) {
  const page = await openPageVideoEncoding(codec, settings, onpicture, onerror);
  if (page) return page;
  if (codecName(codec.mimeType) === 'vp8') return openVp8Encoding(settings, onpicture, onerror);
  throw new DOMException(
    `${codec.mimeType} cannot be encoded here${secureHint()}`,
    'NotSupportedError',
  );
}

/**
 * @param {CodecParameters} codec
 * @param {(picture: Picture, time: number) => void} onpicture  the picture is the callee's to close
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<VideoDecoding>}
 * @throws {DOMException} NotSupportedError when nothing here decodes it
 */
export async function openVideoDecoding(codec, onpicture, onerror) {
  const page = await openPageVideoDecoding(codec, onpicture, onerror);
  if (page) return page;
  if (codecName(codec.mimeType) === 'vp8') return openVp8Decoding(onpicture, onerror);
  throw new DOMException(
    `${codec.mimeType} cannot be decoded here${secureHint()}`,
    'NotSupportedError',
  );
}

/** What is asked for, in the order in which it is preferred. */
const kCandidates = [
  { mimeType: 'video/VP8' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
  {
    mimeType: 'video/H264',
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  {
    mimeType: 'video/H264',
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
  },
  {
    mimeType: 'video/H264',
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f',
  },
  {
    mimeType: 'video/H264',
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f',
  },
  { mimeType: 'video/AV1', sdpFmtpLine: 'profile=0;level-idx=5;tier=0' },
];

/**
 * What video this realm encodes and decodes, in pictures of 640 x 360. Encoded sources and sinks need
 * none of it.
 * @returns {Promise<{ mimeType: string, clockRate: number, sdpFmtpLine?: string, encodes: boolean, decodes: boolean }[]>}
 */
export async function supportedVideoCodecs() {
  const settings = { width: 640, height: 360, bitrate: 500_000, framerate: 30, isScreen: false };
  const nothing = () => {};
  const found = await Promise.all(
    kCandidates.map(async (candidate) => {
      const codec = { ...candidate, clockRate: 90_000 };
      const ours = codecName(codec.mimeType) === 'vp8' && hasCodec('vp8');
      const encoder = await openPageVideoEncoding(codec, settings, nothing, nothing);
      const decoder = await openPageVideoDecoding(codec, nothing, nothing);
      encoder?.close();
      decoder?.close();
      return { ...codec, encodes: ours || encoder !== null, decodes: ours || decoder !== null };
    }),
  );
  return found.filter(({ encodes, decodes }) => encodes || decodes);
}
