// The two streams of frames that script has: of a transformer, and of createEncodedStreams().

import { exception } from './errors.js';
import { EncodedFrameImpl, frameFrom } from './encoded-frame.js';
import { implOf } from './webidl/brand.js';

/** @typedef {import('./encoded-frame.js').FrameContent} FrameContent */

/**
 * How many frames may wait for script, as in Chromium; real-time media is not kept for later, and
 * streams have no backpressure here (webrtc-encoded-transform, "Stream creation").
 */
const kMostWaiting = 60;

/**
 * @typedef {object} FrameStreamsOptions
 * @property {(counter: number, data: ArrayBuffer) => void} write  takes a frame that script has written
 * @property {(layer: number) => void} starved  frames of video were dropped, and a key frame is wanted
 * @property {() => void} cancelled  script reads no more
 * @property {boolean} isStrict  a frame that is written twice is an error
 */

export class FrameStreams {
  /** @type {ReadableStream} */
  readable;
  /** @type {WritableStream} */
  writable;
  #options;
  /** @type {ReadableStreamDefaultController | null} null once it is over */
  #controller = null;
  /** Layers of which a frame was dropped, with those that build on it: was a key frame asked for? @type {Map<number, boolean>} */
  #gaps = new Map();
  /** [[lastReceivedFrameCounter]] */
  #lastWritten = 0;

  /** @param {FrameStreamsOptions} options */
  constructor(options) {
    this.#options = options;
    this.readable = new ReadableStream(
      {
        start: (controller) => void (this.#controller = controller),
        cancel: () => {
          this.#controller = null;
          options.cancelled();
        },
      },
      { highWaterMark: kMostWaiting },
    );
    this.writable = new WritableStream({ write: (chunk) => this.#write(chunk) });
  }

  /** @param {FrameContent} content */
  enqueue(content) {
    const controller = this.#controller;
    if (!controller) return;
    const { kind, layer, type } = content;
    if (/** @type {number} */ (controller.desiredSize) <= 0) {
      if (kind === 'video') this.#gaps.set(layer, false);
      return;
    }
    if (this.#gaps.has(layer)) {
      if (type !== 'key') {
        if (!this.#gaps.get(layer)) this.#options.starved(layer);
        this.#gaps.set(layer, true);
        return;
      }
      this.#gaps.delete(layer);
    }
    controller.enqueue(frameFrom(content, this));
  }

  /** Ends the stream that script reads. */
  close() {
    this.#controller?.close();
    this.#controller = null;
  }

  /**
   * "writeEncodedData": what came out of other streams, was written before or out of order is dropped.
   * @param {unknown} chunk
   */
  #write(chunk) {
    const frame = implOf(chunk);
    if (!(frame instanceof EncodedFrameImpl)) throw new TypeError('what is written is no frame');
    if (this.#options.isStrict && frame.isTaken) {
      throw exception('OperationError', 'the frame has been written before');
    }
    if (frame.owner !== this || frame.counter <= this.#lastWritten) return;
    this.#lastWritten = frame.counter;
    const data = frame.take();
    if (data) this.#options.write(frame.counter, data);
  }
}
