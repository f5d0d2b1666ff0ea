// libvpx with the face of all video codecs.

import { isI420, scaleI420 } from '../video/i420.js';
import { i420OfFrame } from '../video/page-frame.js';
import { openVp8Decoder, openVp8Encoder } from './vp8.js';

/** @param {string | undefined} mode */
const temporalLayersOf = (mode) => Math.min(Number(/^L1T(\d)/.exec(mode ?? '')?.[1] ?? 1), 3);

/**
 * @param {import('./video.js').VideoSettings} settings
 * @param {(picture: import('./video.js').EncodedPicture) => void} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<import('./video.js').VideoEncoding>}
 */
export async function openVp8Encoding(settings, onpicture, onerror) {
  const encoder = await openVp8Encoder();
  const temporalLayers = temporalLayersOf(settings.scalabilityMode);
  let { width, height } = settings;
  encoder.configure({ ...settings, temporalLayers });
  return {
    implementation: encoder.implementation,
    queueLength: 0,
    scalabilityMode: temporalLayers > 1 ? `L1T${temporalLayers}` : undefined,
    configure(next) {
      ({ width, height } = next);
      encoder.configure({ ...next, temporalLayers });
    },
    encode(picture, time, duration, key) {
      try {
        const { data } = isI420(picture)
          ? scaleI420(picture, width, height)
          : i420OfFrame(picture, width, height);
        const frame = encoder.encode(data, time / 1000, duration / 1000, key);
        if (frame) onpicture({ ...frame, time, width, height, spatialLayer: 0 });
      } catch (error) {
        onerror(error);
      }
    },
    close() {},
  };
}

/**
 * @param {(picture: import('../video/i420.js').I420Frame, time: number) => void} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {Promise<import('./video.js').VideoDecoding>}
 */
export async function openVp8Decoding(onpicture, onerror) {
  const decoder = await openVp8Decoder();
  return {
    implementation: decoder.implementation,
    queueLength: 0,
    decode(data, time) {
      try {
        const picture = decoder.decode(data);
        if (picture) onpicture(picture, time);
      } catch (error) {
        onerror(error);
      }
    },
    close() {},
  };
}
