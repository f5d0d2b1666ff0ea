// The outgoing side of one stream. Frames that are handed over in one turn leave in one write; when
// the socket is full, frames wait in a bounded queue and stale datagrams are dropped, oldest first.
// Control messages are never dropped: losing one would cost the session, and they are few.

import { isDroppable } from './turn-frames.js';

/**
 * @typedef {object} FrameWriter
 * @property {() => number} bufferedAmount   bytes that the socket itself still holds
 * @property {(bytes: Uint8Array) => void} write
 * @property {(retry: () => void) => (() => void)} whenWritable
 *           calls `retry` once it may be worth trying again; returns a cancel function
 */

/**
 * @typedef {object} FrameQueueOptions
 * @property {number} [highWater]    bytes in the socket above which nothing more is written
 * @property {number} [maxQueued]    bytes of data frames that may wait here beyond that
 * @property {number} [maxMessage]   bytes of one write
 * @property {number} [maxControl]   bytes of control frames that may wait; more is an overrun
 * @property {number} [leastFrame]   bytes that a frame counts for at least, towards these bounds: what
 *           waits takes some hundred bytes beside its own, and the other side decides how short it is
 * @property {(flush: () => void) => void} [defer]  when frames of one turn leave: `queueMicrotask`,
 *           or in a server `setImmediate`, which waits for all datagrams that were read together
 * @property {(frames: Uint8Array) => boolean} [isDroppable]  whether a frame is a datagram; those of
 *           TURN by default
 * @property {() => void} [onOverrun]  the peer reads nothing, not even control: give it up
 * @property {(bytes: Uint8Array) => void} [onDropped]
 * @property {(bytes: number, frames: number, counted: number) => void} [onWritten]  `counted`: what
 *           the frames counted for
 * @property {(bytes: number) => void} [onBuffered]  so many wait, here and in the socket
 */

const kDefaults = Object.freeze({
  highWater: 256 * 1024,
  maxQueued: 512 * 1024,
  maxMessage: 64 * 1024,
  maxControl: 256 * 1024,
  leastFrame: 0,
  // Called by its own name: browsers refuse it as a method of something else.
  defer: (/** @type {() => void} */ flush) => queueMicrotask(flush),
  isDroppable,
});

export class FrameQueue {
  /**
   * @param {FrameWriter} writer
   * @param {FrameQueueOptions} [options]
   */
  constructor(writer, options = {}) {
    this.writer_ = writer;
    this.options_ = { ...kDefaults, ...options };
    /** @type {{bytes: Uint8Array, droppable: boolean}[]} */
    this.frames_ = [];
    this.head_ = 0;
    this.dataBytes_ = 0;
    this.controlBytes_ = 0;
    this.ready_ = false;
    this.flushQueued_ = false;
    this.closed_ = false;
    /** @type {(() => void) | undefined} */
    this.cancelRetry_ = undefined;
  }

  /** Bytes that wait here; the socket's own buffer is not counted. */
  get queuedBytes() {
    return this.dataBytes_ + this.controlBytes_;
  }

  /** The socket is open: what was queued meanwhile may leave. */
  start() {
    this.ready_ = true;
    this.scheduleFlush_();
  }

  /**
   * Takes whole frames over. They leave at the end of the turn at the earliest.
   * @param {Uint8Array} bytes
   */
  push(bytes) {
    if (this.closed_ || bytes.length === 0) return;
    const droppable = this.options_.isDroppable(bytes);
    this.frames_.push({ bytes, droppable });
    if (droppable) {
      this.dataBytes_ += this.count_(bytes);
      if (this.dataBytes_ > this.options_.maxQueued) this.dropStale_();
    } else {
      this.controlBytes_ += this.count_(bytes);
      if (this.controlBytes_ > this.options_.maxControl) {
        this.close();
        this.options_.onOverrun?.();
        return;
      }
    }
    this.scheduleFlush_();
  }

  /** There may be room now: looks again without waiting for the writer to say so. */
  retry() {
    if (!this.cancelRetry_) return;
    this.cancelRetry_();
    this.cancelRetry_ = undefined;
    this.flush();
  }

  /** Forgets what has not left. */
  close() {
    this.closed_ = true;
    this.frames_ = [];
    this.head_ = 0;
    this.dataBytes_ = 0;
    this.controlBytes_ = 0;
    this.cancelRetry_?.();
    this.cancelRetry_ = undefined;
  }

  /** Writes as much as the socket takes now, without waiting for the end of the turn. */
  flush() {
    while (this.ready_ && !this.closed_ && this.head_ < this.frames_.length) {
      const inSocket = this.writer_.bufferedAmount();
      this.options_.onBuffered?.(inSocket + this.queuedBytes);
      if (inSocket >= this.options_.highWater) {
        this.waitForRoom_();
        return;
      }
      this.writeOneMessage_();
    }
  }

  scheduleFlush_() {
    if (this.flushQueued_ || !this.ready_ || this.closed_) return;
    this.flushQueued_ = true;
    this.options_.defer(() => {
      this.flushQueued_ = false;
      if (!this.cancelRetry_) this.flush();
    });
  }

  waitForRoom_() {
    if (this.cancelRetry_) return;
    this.cancelRetry_ = this.writer_.whenWritable(() => {
      this.cancelRetry_ = undefined;
      this.flush();
    });
  }

  writeOneMessage_() {
    const begin = this.head_;
    let end = begin;
    let length = 0;
    let counted = 0;
    while (end < this.frames_.length) {
      const next = this.frames_[end].bytes.length;
      if (end > begin && length + next > this.options_.maxMessage) break;
      length += next;
      counted += this.count_(this.frames_[end].bytes);
      end++;
    }
    let message = this.frames_[begin].bytes;
    if (end - begin > 1) {
      message = new Uint8Array(length);
      let at = 0;
      for (let i = begin; i < end; i++) {
        message.set(this.frames_[i].bytes, at);
        at += this.frames_[i].bytes.length;
      }
    }
    for (let i = begin; i < end; i++) this.forget_(this.frames_[i]);
    this.head_ = end;
    this.compact_();
    this.writer_.write(message);
    this.options_.onWritten?.(length, end - begin, counted);
  }

  dropStale_() {
    // Down to three quarters, so that a queue that stays full is not walked for every frame.
    const target = (this.options_.maxQueued * 3) / 4;
    const kept = [];
    for (let i = this.head_; i < this.frames_.length; i++) {
      const frame = this.frames_[i];
      if (frame.droppable && this.dataBytes_ > target && i < this.frames_.length - 1) {
        this.dataBytes_ -= this.count_(frame.bytes);
        this.options_.onDropped?.(frame.bytes);
      } else {
        kept.push(frame);
      }
    }
    this.frames_ = kept;
    this.head_ = 0;
  }

  /** @param {{bytes: Uint8Array, droppable: boolean}} frame */
  forget_(frame) {
    if (frame.droppable) this.dataBytes_ -= this.count_(frame.bytes);
    else this.controlBytes_ -= this.count_(frame.bytes);
  }

  /** @param {Uint8Array} bytes */
  count_(bytes) {
    return Math.max(bytes.length, this.options_.leastFrame);
  }

  compact_() {
    if (this.head_ === this.frames_.length) {
      this.frames_ = [];
      this.head_ = 0;
    } else if (this.head_ > 1024) {
      this.frames_ = this.frames_.slice(this.head_);
      this.head_ = 0;
    }
  }
}
