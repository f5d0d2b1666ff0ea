// What is on its way to one client of the embedded TURN server: bounded for the client, and charged to
// what all clients together may have waiting.

import { FrameQueue } from '../net/frame-queue.js';
import { isDroppable } from '../net/turn-frames.js';
import { counted, kLeastFrame } from './limits.js';

/**
 * @typedef {object} ClientWriter
 * @property {() => number} bufferedAmount
 * @property {(bytes: Uint8Array, written: () => void) => void} write  calls back once it left
 */

/**
 * @typedef {object} ClientQueueOptions
 * @property {import('./limits.js').PendingBudget} budget
 * @property {number} maxPendingBytes
 * @property {() => void} onDropped   a datagram that nobody will see
 * @property {() => void} onOverrun   the client does not even read control messages
 */

export class ClientQueue {
  /**
   * @param {ClientWriter} writer
   * @param {ClientQueueOptions} options
   */
  constructor(writer, { budget, maxPendingBytes, onDropped, onOverrun }) {
    this.budget_ = budget;
    this.account_ = budget.open();
    this.maxPendingBytes_ = maxPendingBytes;
    this.onDropped_ = onDropped;
    this.closed_ = false;
    /** Beside the bytes in the socket. */
    this.inSocket_ = 0;
    /** @type {(() => void) | undefined} */
    this.waiting_ = undefined;
    this.queue_ = new FrameQueue(
      {
        bufferedAmount: () => writer.bufferedAmount() + this.inSocket_,
        write: (bytes) => {
          this.inSocket_ += counted(bytes.length) - bytes.length;
          writer.write(bytes, () => this.written_(bytes.length));
        },
        whenWritable: (retry) => {
          this.waiting_ = retry;
          return () => (this.waiting_ = undefined);
        },
      },
      {
        // Waits for all datagrams that were read together.
        defer: setImmediate,
        maxQueued: maxPendingBytes,
        leastFrame: kLeastFrame,
        onDropped: (bytes) => {
          this.account_.release(counted(bytes.length));
          onDropped();
        },
        // From now on they are one message.
        onWritten: (bytes, _, before) => this.account_.release(before - counted(bytes)),
        onOverrun,
      },
    );
  }

  start() {
    this.queue_.start();
  }

  /** @param {Uint8Array} bytes  whole frames */
  push(bytes) {
    if (this.closed_) return;
    const { account_: account } = this;
    const most = this.budget_.allowance(Infinity);
    const size = counted(bytes.length);
    if (account.pending + size > most && isDroppable(bytes)) {
      this.onDropped_();
      return;
    }
    account.add(size);
    this.queue_.push(bytes);
  }

  /** Writes what the socket takes now. */
  flush() {
    this.queue_.flush();
  }

  close() {
    this.closed_ = true;
    this.queue_.close();
    this.account_.close();
    this.waiting_ = undefined;
  }

  /** @param {number} bytes */
  written_(bytes) {
    this.inSocket_ -= counted(bytes) - bytes;
    this.account_.release(counted(bytes));
    const retry = this.waiting_;
    this.waiting_ = undefined;
    retry?.();
  }
}
