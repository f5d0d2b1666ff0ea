// Between the page's pictures and bytes.

import { kUsualColorSpace } from './color-space.js';
import { i420ToRgba, i420Size, isI420, rgbaToI420, sizeOf } from './i420.js';

/** @typedef {import('./i420.js').I420Frame} I420Frame */

/**
 * Whether encoders turn a picture into other colours than receivers take them for when nothing says so:
 * those of red, green and blue become full range.
 * @param {VideoFrame} frame
 */
export const isRgb = ({ format }) => format === null || /^(?:RGB|BGR)/.test(format);

/**
 * @param {I420Frame} picture
 * @param {number} timestamp  in microseconds
 */
export function frameOfI420({ width, height, data, rotation = 0 }, timestamp) {
  /** @type {any} */
  const init = {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp,
    colorSpace: kUsualColorSpace,
  };
  if (rotation) init.rotation = rotation;
  return new VideoFrame(/** @type {Uint8Array<ArrayBuffer>} */ (data), init);
}

/**
 * Bytes of the page as ImageData.
 * @param {I420Frame} picture
 */
export function imageOfI420(picture) {
  const { width, height } = picture;
  const image = new ImageData(width, height);
  i420ToRgba(picture, image);
  return image;
}

/** @type {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D | null | undefined} */
let scratch;

/** @param {number} width @param {number} height */
function scratchContext(width, height) {
  if (!scratch) {
    const canvas =
      typeof OffscreenCanvas === 'function'
        ? new OffscreenCanvas(width, height)
        : document.createElement('canvas');
    scratch = /** @type {any} */ (canvas.getContext('2d', { willReadFrequently: true }));
  }
  if (!scratch) throw new DOMException('this realm draws no canvas', 'NotSupportedError');
  if (scratch.canvas.width !== width) scratch.canvas.width = width;
  if (scratch.canvas.height !== height) scratch.canvas.height = height;
  return scratch;
}

/**
 * The bytes of any picture, in some size.
 * @param {import('../source.js').Picture} picture
 * @param {number} width
 * @param {number} height
 * @returns {I420Frame}
 */
export function i420OfFrame(picture, width, height) {
  if (isI420(picture)) throw new TypeError('the picture is bytes already');
  const context = scratchContext(width, height);
  context.drawImage(picture, 0, 0, width, height);
  const i420 = { width, height, data: new Uint8Array(i420Size(width, height)) };
  rgbaToI420(context.getImageData(0, 0, width, height), i420);
  return i420;
}

/**
 * A picture turned clockwise, for those who show it to take as it is.
 * @param {VideoFrame} frame  that is closed
 * @param {number} rotation  90, 180 or 270
 * @returns {VideoFrame}
 */
export function rotated(frame, rotation) {
  const { width, height } = sizeOf(frame);
  const isUpright = rotation === 180;
  const canvas = new OffscreenCanvas(isUpright ? width : height, isUpright ? height : width);
  const context = canvas.getContext('2d');
  if (!context) return frame;
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((rotation * Math.PI) / 180);
  context.drawImage(frame, -width / 2, -height / 2);
  const turned = new VideoFrame(canvas, { timestamp: frame.timestamp });
  frame.close();
  return turned;
}
