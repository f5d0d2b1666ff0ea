// RTCEncodedVideoFrame and RTCEncodedAudioFrame (webrtc-encoded-transform section 4).

import { exception } from './errors.js';
import { implOf } from './webidl/brand.js';
import { createWrapper } from './webidl/interface.js';

/**
 * A frame as it crosses to a worker and is made a platform object of there.
 * @typedef {object} FrameContent
 * @property {'audio' | 'video'} kind
 * @property {'key' | 'delta'} type
 * @property {number} counter  [[counter]]: its place among all that the sender or receiver brought
 * @property {number} layer  the encoding of a sender that it is of
 * @property {ArrayBuffer} data
 * @property {Record<string, any>} metadata  RTCEncodedFrameMetadata, its times since the Unix epoch
 */

/** Members of the metadata that are relative to the realm's time origin. */
const kTimes = ['captureTime', 'receiveTime'];

/** @param {ArrayBuffer} buffer */
export function isDetached(buffer) {
  const { detached } = /** @type {any} */ (buffer);
  if (detached !== undefined) return detached;
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/**
 * The bytes as a buffer that holds nothing else, so that it can be given away.
 * @param {Uint8Array} bytes
 * @returns {ArrayBuffer}
 */
export function bufferOf(bytes) {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  return /** @type {ArrayBuffer} */ (bytes.slice().buffer);
}

/** @param {Record<string, any>} metadata */
const copyOfMetadata = (metadata) =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      Array.isArray(value) ? [...value] : value,
    ]),
  );

/**
 * @param {EncodedFrameImpl} original
 * @returns {{type: 'key' | 'delta', data: ArrayBuffer, metadata: Record<string, any>}}
 */
function copyOfFrame({ type, data, metadata }) {
  if (isDetached(data)) {
    throw exception('DataCloneError', 'the data of the frame has been transferred');
  }
  return { type, data: data.slice(0), metadata };
}

/** What the two interfaces have in common. */
export class EncodedFrameImpl {
  /** @type {any} */
  wrapper;
  /** [[data]]. @type {ArrayBuffer} */
  data;
  /** [[type]]. @type {'key' | 'delta'} */
  type;
  /** [[owner]]: whose stream it came out of, null of a copy. @type {object | null} */
  owner = null;
  /** [[counter]] */
  counter = 0;
  /** It has been written, and its data is gone. */
  isTaken = false;
  /** @type {Record<string, any>} */
  #metadata;

  /**
   * @param {object} original  a frame of script's to copy, or FrameContent
   * @param {{metadata?: Record<string, any>}} [options]
   * @throws {DOMException} DataCloneError when the frame's data has been transferred
   */
  constructor(original, { metadata = {} } = {}) {
    const impl = implOf(original);
    const source = impl ? copyOfFrame(impl) : /** @type {FrameContent} */ (original);
    this.type = source.type;
    this.data = source.data;
    this.#metadata = { ...copyOfMetadata(source.metadata), ...copyOfMetadata(metadata) };
  }

  get metadata() {
    return this.#metadata;
  }

  get timestamp() {
    return this.#metadata.rtpTimestamp;
  }

  getMetadata() {
    return copyOfMetadata(this.#metadata);
  }

  /**
   * The data, which the frame loses.
   * @returns {ArrayBuffer | null} null when there is none, or script has transferred it
   */
  take() {
    const { data } = this;
    if (data.byteLength === 0) return null;
    this.isTaken = true;
    return structuredClone(data, { transfer: [data] });
  }
}

export class RTCEncodedVideoFrameImpl extends EncodedFrameImpl {}

export class RTCEncodedAudioFrameImpl extends EncodedFrameImpl {}

/**
 * The platform object of a frame.
 * @param {FrameContent} content
 * @param {object} owner
 * @returns {object}
 */
export function frameFrom({ kind, metadata, ...content }, owner) {
  const local = { ...metadata };
  for (const key of kTimes) {
    if (local[key] !== undefined) local[key] -= performance.timeOrigin;
  }
  const isVideo = kind === 'video';
  const Impl = isVideo ? RTCEncodedVideoFrameImpl : RTCEncodedAudioFrameImpl;
  const impl = new Impl({ ...content, metadata: local });
  impl.owner = owner;
  impl.counter = content.counter;
  return createWrapper(isVideo ? 'RTCEncodedVideoFrame' : 'RTCEncodedAudioFrame', impl);
}
