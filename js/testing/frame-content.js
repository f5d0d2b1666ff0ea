// What fake frames hold: enough of their codec's form that whoever looks at the beginning is content,
// and then what a sink can tell again.
//
//   VP8 (RFC 6386 section 9.1): frame tag, in key frames start code and size
//   Opus (RFC 6716 section 3.1): TOC byte
//   then  "fake"  encoding(1)  number(4)  capture time(8, ms)  tone(4, Hz)  length(4)  filling

const kMagic = [0x66, 0x61, 0x6b, 0x65];
const kContentBytes = 25;
const kKeyHeader = 10;
const kDeltaHeader = 3;
/** 20 ms of CELT at full band, mono, one frame. */
const kOpusToc = 0xf8;

/**
 * @typedef {object} FrameContent
 * @property {number} encoding
 * @property {number} number
 * @property {number} captureTime  ms
 * @property {number} tone  Hz
 */

/** The least that a frame takes. */
export const kLeastBytes = kKeyHeader + kContentBytes;

/**
 * @param {FrameContent & { key: boolean, width: number, height: number }} frame
 * @param {number} size  bytes, at least `kLeastBytes`
 */
export function videoFrame({ key, width, height, ...content }, size) {
  const bytes = new Uint8Array(Math.max(kLeastBytes, size));
  const header = key ? kKeyHeader : kDeltaHeader;
  const firstPart = bytes.length - header;
  // key frame (0), version 0, shown, size of the first partition (19 bits)
  const tag = (key ? 0 : 1) | (1 << 4) | (Math.min(firstPart, 0x7ffff) << 5);
  bytes.set([tag & 0xff, (tag >> 8) & 0xff, (tag >> 16) & 0xff]);
  if (key) {
    bytes.set([0x9d, 0x01, 0x2a, width & 0xff, width >> 8, height & 0xff, height >> 8], 3);
  }
  return filled(bytes, header, content);
}

/** @param {FrameContent} content @param {number} size */
export function audioFrame(content, size) {
  const bytes = new Uint8Array(Math.max(1 + kContentBytes, size));
  bytes[0] = kOpusToc;
  return filled(bytes, 1, content);
}

/** @param {Uint8Array} bytes @param {number} at @param {FrameContent} content */
function filled(bytes, at, { encoding, number, captureTime, tone }) {
  bytes.fill(number & 0xff, at);
  bytes.set(kMagic, at);
  const view = new DataView(bytes.buffer, at);
  view.setUint8(4, encoding);
  view.setUint32(5, number);
  view.setFloat64(9, captureTime);
  view.setFloat32(17, tone);
  view.setUint32(21, bytes.length);
  return bytes;
}

/**
 * What a frame holds; null for one that is none of these, or is damaged.
 * @param {'audio' | 'video'} kind
 * @param {Uint8Array} bytes
 * @returns {(FrameContent & { key: boolean }) | null}
 */
export function readFrame(kind, bytes) {
  const key = kind === 'audio' || (bytes[0] & 1) === 0;
  const at = kind === 'audio' ? 1 : key ? kKeyHeader : kDeltaHeader;
  if (bytes.length < at + kContentBytes) return null;
  if (kMagic.some((byte, i) => bytes[at + i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const number = view.getUint32(5);
  if (view.getUint32(21) !== bytes.length) return null;
  const begin = at + kContentBytes;
  for (let i = begin; i < bytes.length; i++) if (bytes[i] !== (number & 0xff)) return null;
  return {
    key,
    encoding: view.getUint8(4),
    number,
    captureTime: view.getFloat64(9),
    tone: view.getFloat32(17),
  };
}
