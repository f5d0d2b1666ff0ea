// Video by the page's WebCodecs.

import { isI420 } from '../video/i420.js';
import { codesOf, colorSpaceOf, kUsualColorSpace, rgbCodesOf } from '../video/color-space.js';
import { frameOfI420, i420OfFrame, isRgb } from '../video/page-frame.js';
import { codecName, formatParameters } from './format-parameters.js';

/** @typedef {import('./video.js').VideoSettings} VideoSettings */
/** @typedef {import('./video.js').CodecParameters} CodecParameters */

/**
 * Levels of H.264 with their limits in macroblocks of a picture (ITU-T H.264 table A-1), and what
 * AV1 calls a level that takes the same pictures.
 */
const kLevels = [
  { macroblocks: 1620, h264: 0x1e, av1: '04' },
  { macroblocks: 3600, h264: 0x1f, av1: '05' },
  { macroblocks: 8192, h264: 0x28, av1: '08' },
  { macroblocks: 36864, h264: 0x33, av1: '12' },
];

/**
 * The codec as WebCodecs names it, for pictures of some size.
 * @param {CodecParameters} codec
 * @param {{ width: number, height: number }} size
 * @returns {string | null}
 */
export function codecString({ mimeType, sdpFmtpLine }, { width, height }) {
  const parameters = formatParameters(sdpFmtpLine);
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const level = kLevels.find((one) => macroblocks <= one.macroblocks) ?? kLevels[3];
  switch (codecName(mimeType)) {
    case 'vp8':
      return 'vp8';
    case 'vp9':
      return parameters.get('profile-id') === '2' ? 'vp09.02.50.10' : 'vp09.00.50.08';
    case 'av1':
      return `av01.${parameters.get('profile') ?? 0}.${level.av1}M.08`;
    case 'h264': {
      // RFC 6184 section 8.1: without a profile it is the baseline one.
      const id = parameters.get('profile-level-id') ?? '42000a';
      if (!/^[0-9a-f]{6}$/i.test(id)) return null;
      const idc = Math.max(parseInt(id.slice(4), 16), level.h264);
      return `avc1.${id.slice(0, 4)}${idc.toString(16).padStart(2, '0')}`;
    }
    default:
      return null;
  }
}

/**
 * @param {CodecParameters} codec
 * @param {VideoSettings} settings
 * @param {(picture: import('./video.js').EncodedPicture) => void} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<import('./video.js').VideoEncoding | null>} null when the page does not encode it
 */
export async function openPageVideoEncoding(codec, settings, onpicture, onerror) {
  if (typeof VideoEncoder !== 'function' || typeof VideoFrame !== 'function') return null;
  const name = codecName(codec.mimeType);
  /**
   * @param {VideoSettings} wanted
   * @param {{ bitrateMode: string, scalabilityMode?: string }} way
   * @returns {any}
   */
  const configuration = ({ width, height, bitrate, framerate, isScreen }, way) => ({
    codec: codecString(codec, { width, height }) ?? '',
    width,
    height,
    bitrate: Math.round(bitrate),
    framerate: Math.round(framerate),
    latencyMode: 'realtime',
    contentHint: isScreen ? 'detail' : 'motion',
    ...way,
    ...(name === 'h264' ? { avc: { format: 'annexb' } } : {}),
  });
  const way = await firstSupported(settings, configuration);
  if (!way) return null;
  const { scalabilityMode } = way;

  let { width, height, namesColors } = settings;
  // AV1 says what its colours are.
  const isSilent = name !== 'av1';
  const rgbCodes =
    isSilent && namesColors ? await rgbCodesOf(codecString(codec, settings) ?? '') : null;
  /**
   * What is to be said of a picture's colours.
   * @param {VideoFrame} picture
   * @returns {number[] | undefined}
   */
  const codesToName = (picture) => {
    if (!isSilent || !namesColors) return undefined;
    return isRgb(picture) ? (rgbCodes ?? undefined) : codesOf(picture.colorSpace);
  };
  /** Of the picture before. */
  let namedBefore = '';
  const encoder = new VideoEncoder({
    output(chunk, metadata) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      const { svc } = /** @type {any} */ (metadata ?? {});
      onpicture({
        data: name === 'av1' ? withoutTemporalDelimiter(bytes) : bytes,
        key: chunk.type === 'key',
        time: chunk.timestamp / 1000,
        width,
        height,
        ...given.get(chunk.timestamp),
        temporalLayer: svc?.temporalLayerId ?? 0,
        spatialLayer: svc?.spatialLayerId ?? 0,
      });
      for (const time of given.keys()) if (time <= chunk.timestamp) given.delete(time);
    },
    error: onerror,
  });
  /**
   * What pictures on the way are encoded in, by time.
   * @type {Map<number, { width: number, height: number, colorSpace?: number[] }>}
   */
  const given = new Map();
  encoder.configure(configuration(settings, way));
  return {
    implementation: 'WebCodecs',
    get queueLength() {
      return encoder.encodeQueueSize;
    },
    scalabilityMode,
    configure(next) {
      if (encoder.state !== 'configured') return;
      ({ width, height, namesColors } = next);
      encoder.configure(configuration(next, way));
    },
    encode(picture, time, duration, key) {
      if (encoder.state !== 'configured') return;
      const timestamp = Math.round(1000 * time);
      const colorSpace = isI420(picture) ? undefined : codesToName(picture);
      const isMistaken = isSilent && !isI420(picture) && isRgb(picture) && !colorSpace;
      const bytes = isMistaken ? i420OfFrame(picture, width, height) : picture;
      // Shares the pixels; times are ours. The encoder scales to what it is configured for.
      const frame = isI420(bytes)
        ? frameOfI420(bytes, timestamp)
        : new VideoFrame(bytes, { timestamp, duration: Math.round(1000 * duration) });
      given.set(timestamp, { width, height, colorSpace });
      // Receivers take the colours of a key frame for those of all until the next one.
      const isNamedOtherwise = namedBefore !== (namedBefore = String(colorSpace));
      encoder.encode(frame, { keyFrame: key || isNamedOtherwise });
      frame.close();
    },
    close() {
      if (encoder.state !== 'closed') encoder.close();
    },
  };
}

/**
 * How the page encodes at all. Constant rates first: variable ones come in bursts of five times the size
 * (measured with VP9 and AV1 in Chromium), and exceed what was asked for by half for seconds. Layers of
 * no kind are what every receiver takes, if those wanted cannot be made.
 * @param {VideoSettings} settings
 * @param {(settings: VideoSettings, way: { bitrateMode: string, scalabilityMode?: string }) => any} configuration
 */
async function firstSupported(settings, configuration) {
  const { scalabilityMode } = settings;
  for (const layers of scalabilityMode ? [{ scalabilityMode }, {}] : [{}]) {
    for (const bitrateMode of ['constant', 'variable']) {
      /** @type {{ bitrateMode: string, scalabilityMode?: string }} */
      const way = { bitrateMode, ...layers };
      try {
        const asked = await VideoEncoder.isConfigSupported(configuration(settings, way));
        if (asked.supported) return way;
      } catch {
        // Then not in this way.
      }
    }
  }
  return undefined;
}

/**
 * An AV1 temporal unit without the OBU that begins it, which RTP leaves out (AV1 RTP section 5).
 * @param {Uint8Array} unit
 */
export const withoutTemporalDelimiter = (unit) =>
  unit[0] === 0x12 && unit[1] === 0 ? unit.subarray(2) : unit;

/**
 * @param {CodecParameters & { colorSpace?: number[] }} codec
 * @param {(picture: VideoFrame, time: number) => void} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<import('./video.js').VideoDecoding | null>} null when the page does not decode it
 */
export async function openPageVideoDecoding(codec, onpicture, onerror) {
  if (typeof VideoDecoder !== 'function') return null;
  // Senders choose the size; decoders take smaller ones than their level allows.
  const name = codecString(codec, { width: 1920, height: 1080 });
  if (!name) return null;
  const configuration = {
    codec: name,
    optimizeForLatency: true,
    // AV1 says it by itself.
    ...(codecName(codec.mimeType) === 'av1' && !codec.colorSpace
      ? {}
      : { colorSpace: codec.colorSpace ? colorSpaceOf(codec.colorSpace) : kUsualColorSpace }),
  };
  try {
    if (!(await VideoDecoder.isConfigSupported(configuration)).supported) return null;
  } catch {
    return null;
  }
  const decoder = new VideoDecoder({
    output: (frame) => onpicture(frame, frame.timestamp / 1000),
    error: onerror,
  });
  decoder.configure(configuration);
  return {
    implementation: 'WebCodecs',
    get queueLength() {
      return decoder.decodeQueueSize;
    },
    decode(data, time, key) {
      if (decoder.state !== 'configured') return;
      decoder.decode(
        new EncodedVideoChunk({
          type: key ? 'key' : 'delta',
          timestamp: Math.round(1000 * time),
          data: /** @type {Uint8Array<ArrayBuffer>} */ (data),
        }),
      );
    },
    close() {
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}
