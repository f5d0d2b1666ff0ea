// Pictures as bytes: I420, the luma plane and then two planes of half of its width and height, rounded
// up, without padding. Colours are those of BT.601 in limited range, as in all of WebRTC's video.

/**
 * @typedef {object} I420Frame
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array | Uint8ClampedArray} data
 * @property {number} [rotation]  clockwise: 0, 90, 180 or 270
 * @property {number} [timestamp]  when it was captured, in ms on the clock of `performance.now()`
 */

/**
 * Bytes of a picture.
 * @param {number} width
 * @param {number} height
 */
export const i420Size = (width, height) =>
  width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);

/** In ITU-T H.273's terms, as RTP's header extension has it. */
const kFullRange = 2;

/**
 * Bytes in the range that all the others have. Which red is meant (BT.709 or BT.601) stays as it is.
 * @param {I420Frame} picture
 * @param {number[]} [colorSpace]  primaries, transfer, matrix and range
 * @returns {I420Frame}
 */
export function inLimitedRange({ width, height, data }, colorSpace) {
  if (colorSpace?.[3] !== kFullRange) return { width, height, data };
  const limited = new Uint8Array(data.length);
  const luma = width * height;
  for (let i = 0; i < luma; i++) limited[i] = (16 + (data[i] * 219 + 127) / 255) | 0;
  for (let i = luma; i < data.length; i++) {
    limited[i] = Math.round(128 + ((data[i] - 128) * 224) / 255);
  }
  return { width, height, data: limited };
}

/** @type {{ width: number, height: number, black: I420Frame } | undefined} */
let lastBlack;

/**
 * A black picture of the size of another one.
 * @param {import('../source.js').Picture} picture
 * @returns {I420Frame}
 */
export function blackLike(picture) {
  const { width, height } = sizeOf(picture);
  if (lastBlack?.width !== width || lastBlack.height !== height) {
    const data = new Uint8Array(i420Size(width, height)).fill(128);
    data.fill(16, 0, width * height);
    lastBlack = { width, height, black: { width, height, data } };
  }
  return { ...lastBlack.black, rotation: rotationOf(picture) };
}

/**
 * The size of a picture as it is encoded: before it is rotated.
 * @param {import('../source.js').Picture} picture
 */
export function sizeOf(picture) {
  if (!isI420(picture)) {
    const { visibleRect, codedWidth, codedHeight } = picture;
    return { width: visibleRect?.width ?? codedWidth, height: visibleRect?.height ?? codedHeight };
  }
  return { width: picture.width, height: picture.height };
}

/**
 * @param {import('../source.js').Picture} picture
 * @returns {picture is I420Frame}
 */
export const isI420 = (picture) => 'data' in picture;

/**
 * How far it is to be turned clockwise, in degrees.
 * @param {import('../source.js').Picture} picture
 * @returns {number}
 */
export const rotationOf = (picture) => /** @type {any} */ (picture).rotation ?? 0;

/**
 * Checks what an application gives as a picture.
 * @param {any} frame
 * @returns {I420Frame}
 * @throws {TypeError} for what is none
 */
export function requireI420(frame) {
  const { width, height, data, rotation = 0 } = frame ?? {};
  const isSize = (/** @type {unknown} */ size) =>
    Number.isInteger(size) && Number(size) > 0 && Number(size) <= 16384;
  if (!isSize(width) || !isSize(height)) {
    throw new TypeError(`a picture has a width and a height, not ${width} x ${height}`);
  }
  if (!(data instanceof Uint8Array) && !(data instanceof Uint8ClampedArray)) {
    throw new TypeError('a picture has its bytes (I420) as Uint8Array in `data`');
  }
  if (data.length !== i420Size(width, height)) {
    throw new TypeError(
      `a picture of ${width} x ${height} takes ${i420Size(width, height)} bytes, not ${data.length}`,
    );
  }
  if (![0, 90, 180, 270].includes(rotation)) {
    throw new TypeError(`a picture is rotated by 0, 90, 180 or 270 degrees, not ${rotation}`);
  }
  return frame;
}

/**
 * @param {I420Frame} frame
 * @returns {{ samples: Uint8Array | Uint8ClampedArray, width: number, height: number }[]} its planes
 */
function planesOf({ width, height, data }) {
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const half = halfWidth * halfHeight;
  const luma = width * height;
  return [
    { samples: data.subarray(0, luma), width, height },
    { samples: data.subarray(luma, luma + half), width: halfWidth, height: halfHeight },
    { samples: data.subarray(luma + half, luma + 2 * half), width: halfWidth, height: halfHeight },
  ];
}

/**
 * The picture in another size. Each sample is the mean of those that it covers when the picture
 * shrinks, and lies between four of them when it grows.
 * @param {I420Frame} frame
 * @param {number} width
 * @param {number} height
 * @returns {I420Frame}
 */
export function scaleI420(frame, width, height) {
  if (frame.width === width && frame.height === height) return frame;
  const scaled = { ...frame, width, height, data: new Uint8Array(i420Size(width, height)) };
  const from = planesOf(frame);
  planesOf(scaled).forEach((plane, i) => scalePlane(from[i], plane));
  return scaled;
}

/**
 * @param {{ samples: Uint8Array | Uint8ClampedArray, width: number, height: number }} from
 * @param {{ samples: Uint8Array | Uint8ClampedArray, width: number, height: number }} to
 */
function scalePlane(from, to) {
  const columns = weights(from.width, to.width);
  const rows = weights(from.height, to.height);
  const line = new Float32Array(from.width);
  for (let y = 0; y < to.height; y++) {
    const { first, shares } = rows[y];
    line.fill(0);
    for (let i = 0; i < shares.length; i++) {
      const start = (first + i) * from.width;
      const share = shares[i];
      for (let x = 0; x < from.width; x++) line[x] += share * from.samples[start + x];
    }
    for (let x = 0; x < to.width; x++) {
      const column = columns[x];
      let sum = 0.5;
      for (let i = 0; i < column.shares.length; i++) {
        sum += column.shares[i] * line[column.first + i];
      }
      to.samples[y * to.width + x] = sum;
    }
  }
}

/**
 * Which of `from` samples make each of `to` ones, and with what share.
 * @param {number} from
 * @param {number} to
 * @returns {{ first: number, shares: number[] }[]}
 */
function weights(from, to) {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (step <= 1) {
      const centre = Math.min(Math.max((i + 0.5) * step - 0.5, 0), from - 1);
      const first = Math.min(Math.floor(centre), Math.max(from - 2, 0));
      const share = centre - first;
      return { first, shares: from === 1 ? [1] : [1 - share, share] };
    }
    const start = i * step;
    const end = Math.min(start + step, from);
    const first = Math.floor(start);
    const shares = [];
    for (let j = first; j < end; j++) {
      shares.push((Math.min(j + 1, end) - Math.max(j, start)) / (end - start));
    }
    return { first, shares };
  });
}

/**
 * Fills an I420 picture from one of four bytes (red, green, blue, alpha) a pixel; both have the same
 * size.
 * @param {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray }} rgba
 * @param {I420Frame} i420
 * @throws {TypeError} when they do not fit
 */
export function rgbaToI420(rgba, i420) {
  requirePair(rgba, i420);
  const { width, height, data } = rgba;
  const [{ samples: luma }, { samples: u, width: halfWidth, height: halfHeight }, { samples: v }] =
    planesOf(i420);
  const pixels = width * height;
  for (let out = 0, at = 0; out < pixels; out++, at += 4) {
    luma[out] = (66 * data[at] + 129 * data[at + 1] + 25 * data[at + 2] + 4224) >> 8;
  }
  // Of four pixels each; at an odd edge the last ones count twice.
  for (let y = 0, out = 0; y < halfHeight; y++) {
    const below = 2 * y + 1 < height ? 4 * width : 0;
    for (let x = 0; x < halfWidth; x++, out++) {
      const at = 4 * (2 * y * width + 2 * x);
      const right = at + (2 * x + 1 < width ? 4 : 0);
      const low = at + below;
      const both = right + below;
      const red = data[at] + data[right] + data[low] + data[both];
      const green = data[at + 1] + data[right + 1] + data[low + 1] + data[both + 1];
      const blue = data[at + 2] + data[right + 2] + data[low + 2] + data[both + 2];
      u[out] = (-38 * red - 74 * green + 112 * blue + 131584) >> 10;
      v[out] = (112 * red - 94 * green - 18 * blue + 131584) >> 10;
    }
  }
}

/**
 * The other way.
 * @param {I420Frame} i420
 * @param {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray }} rgba
 * @throws {TypeError} when they do not fit
 */
export function i420ToRgba(i420, rgba) {
  requirePair(rgba, i420);
  const { width, height } = i420;
  const [luma, u, v] = planesOf(i420);
  // What is out of range has to be at its end: only a clamped array does that by itself.
  const { buffer, byteOffset, length } = rgba.data;
  const data = new Uint8ClampedArray(buffer, byteOffset, length);
  for (let y = 0, at = 0, from = 0; y < height; y++) {
    const chroma = (y >> 1) * u.width;
    for (let x = 0; x < width; x++, at += 4, from++) {
      const bright = 298 * (luma.samples[from] - 16) + 128;
      const blueness = u.samples[chroma + (x >> 1)] - 128;
      const redness = v.samples[chroma + (x >> 1)] - 128;
      data[at] = (bright + 409 * redness) >> 8;
      data[at + 1] = (bright - 100 * blueness - 208 * redness) >> 8;
      data[at + 2] = (bright + 516 * blueness) >> 8;
      data[at + 3] = 255;
    }
  }
}

/** @param {any} rgba @param {any} i420 */
function requirePair(rgba, i420) {
  requireI420(i420);
  const { width, height } = i420;
  if (rgba?.width !== width || rgba.height !== height || rgba.data?.length !== 4 * width * height) {
    throw new TypeError(`both pictures have to be of ${width} x ${height}, with 4 bytes a pixel`);
  }
}
