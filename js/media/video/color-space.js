// Colour spaces: code points of ITU-T H.273 as RTP's header extension has them, and what WebCodecs calls
// those.

/** What VideoFrame and the codecs of the page take and give; not every library of types has it whole. @typedef {any} VideoColorSpaceInit */

/** RTP's header extension that carries them. */
export const kColorSpaceExtension = 'http://www.webrtc.org/experiments/rtp-hdrext/color-space';

/** BT.601 in limited range, as in all of WebRTC's video that does not say otherwise. @type {VideoColorSpaceInit} */
export const kUsualColorSpace = {
  fullRange: false,
  matrix: 'smpte170m',
  primaries: 'smpte170m',
  transfer: 'smpte170m',
};

/** @type {Record<number, string>} */
const kPrimaries = { 1: 'bt709', 5: 'bt470bg', 6: 'smpte170m', 9: 'bt2020', 12: 'smpte432' };
/** @type {Record<number, string>} */
const kTransfers = {
  1: 'bt709',
  6: 'smpte170m',
  8: 'linear',
  13: 'iec61966-2-1',
  16: 'pq',
  18: 'hlg',
};
/** @type {Record<number, string>} */
const kMatrices = { 0: 'rgb', 1: 'bt709', 5: 'bt470bg', 6: 'smpte170m', 9: 'bt2020-ncl' };
const kLimitedRange = 1;
const kFullRange = 2;

/**
 * @param {number[]} codes  primaries, transfer, matrix; 1 for limited and 2 for full range
 * @returns {VideoColorSpaceInit}
 */
export function colorSpaceOf([primaries, transfer, matrix, range]) {
  return {
    primaries: kPrimaries[primaries] ?? null,
    transfer: kTransfers[transfer] ?? null,
    matrix: kMatrices[matrix] ?? null,
    fullRange: range === kLimitedRange || range === kFullRange ? range === kFullRange : null,
  };
}

/**
 * The other way round.
 * @param {VideoColorSpaceInit} space
 * @returns {number[] | undefined} for one that lacks something, has no code points, or is that which all
 *   take pictures for
 */
export function codesOf(space) {
  const { primaries, transfer, matrix, fullRange } = space ?? {};
  const code = (/** @type {Record<number, string>} */ names, /** @type {string} */ name) =>
    Number(Object.keys(names).find((key) => names[Number(key)] === name));
  const codes = [code(kPrimaries, primaries), code(kTransfers, transfer), code(kMatrices, matrix)];
  if (codes.some(Number.isNaN) || typeof fullRange !== 'boolean') return undefined;
  if (codes.every((one) => one === 6) && !fullRange) return undefined;
  return [...codes, fullRange ? kFullRange : kLimitedRange];
}

/** What red is (luma and the two of chroma) in the spaces that an encoder may choose for RGB. */
const kReds = [
  { sample: [54, 99, 255], codes: [1, 13, 1, kFullRange] },
  { sample: [76, 85, 255], codes: [1, 13, 6, kFullRange] },
  { sample: [63, 102, 240], codes: [1, 13, 1, kLimitedRange] },
  { sample: [81, 90, 240], codes: [1, 13, 6, kLimitedRange] },
];
/** Codecs lose some. */
const kLoss = 6;

/** By codec, as it was asked first. @type {Map<string, Promise<number[] | null>>} */
const found = new Map();

/**
 * What the page's encoder makes of red, green and blue. Nothing it gives out says so (at most H.264's own
 * bytes do), so that a red picture is encoded and decoded again.
 * @param {string} codec  as WebCodecs names it
 * @returns {Promise<number[] | null>} null when that shows nothing that is known
 */
export function rgbCodesOf(codec) {
  const asked = found.get(codec) ?? measureRed(codec).catch(() => null);
  found.set(codec, asked);
  return asked;
}

/** @param {string} codec @returns {Promise<number[] | null>} */
async function measureRed(codec) {
  const red = await decoded(codec, await encodedRed(codec));
  if (!red) return null;
  const seen = await firstSample(red).finally(() => red.close());
  const known = kReds.find(({ sample }) =>
    sample.every((one, i) => Math.abs(one - seen[i]) <= kLoss),
  );
  return known?.codes ?? null;
}

/** @param {string} codec @returns {Promise<EncodedVideoChunk | undefined>} */
async function encodedRed(codec) {
  const [width, height] = [64, 64];
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < data.length; i += 4) [data[i], data[i + 3]] = [255, 255];
  /** @type {EncodedVideoChunk | undefined} */
  let chunk;
  const encoder = new VideoEncoder({ output: (made) => (chunk ??= made), error: () => {} });
  try {
    encoder.configure({ codec, width, height, bitrate: 1e6, latencyMode: 'realtime' });
    const size = { codedWidth: width, codedHeight: height };
    const frame = new VideoFrame(data, { format: 'RGBX', ...size, timestamp: 0 });
    encoder.encode(frame, { keyFrame: true });
    frame.close();
    await encoder.flush();
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
  return chunk;
}

/** @param {string} codec @param {EncodedVideoChunk} [chunk] @returns {Promise<VideoFrame | undefined>} */
async function decoded(codec, chunk) {
  /** @type {VideoFrame | undefined} */
  let picture;
  if (!chunk) return picture;
  const output = (/** @type {VideoFrame} */ frame) => {
    picture?.close();
    picture = frame;
  };
  const decoder = new VideoDecoder({ output, error: () => {} });
  try {
    decoder.configure({ codec });
    decoder.decode(chunk);
    await decoder.flush();
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
  return picture;
}

/** Luma and chroma. @param {VideoFrame} frame  I420 or NV12 @returns {Promise<number[]>} */
async function firstSample(frame) {
  const bytes = new Uint8Array(frame.allocationSize());
  const planes = await frame.copyTo(bytes);
  const isTogether = frame.format === 'NV12';
  if (!isTogether && frame.format !== 'I420') return [];
  const [luma, first, second] = planes.map(({ offset }) => bytes[offset]);
  return isTogether ? [luma, first, bytes[planes[1].offset + 1]] : [luma, first, second];
}
