// One TURN byte stream over one WebSocket, with whatever WebSocket class the realm has.

import { FrameQueue } from './frame-queue.js';
import { StreamCloseReason, countFrames, countSendError, withoutScope } from './network.js';

export const kRelaySubprotocol = 'webrtc-wasm-relay.v1';
/** What plain WebSocket-to-TCP bridges (websockify) speak. */
export const kBinarySubprotocol = 'binary';

/** RFC 6455 §7.4.1: the other side could talk to us and did not want to. */
const kRefusingCloseCodes = new Set([1002, 1003, 1007, 1008, 1009, 1010]);
/** "Try again later" (IANA registry): the relay is there, its TURN servers are not. */
const kTryAgainLater = 1013;

/** How long an opening handshake may take before the relay counts as unreachable. */
const kOpenTimeoutMs = 10_000;
/** How long an answer to our closing frame is waited for; what is queued before it leaves meanwhile. */
const kCloseTimeoutMs = 5000;
/** `WebSocket` tells nobody when its buffer drains; it is looked at again after this time. */
const kRetryMs = 4;
/** What a relay may hand to us in one JSON control message. */
const kMaxControlText = 16 * 1024;
/** A message may be of any length, the engine's memory grows for good: it gets so many bytes at a time. */
const kMaxPiece = 256 * 1024;

/**
 * @typedef {object} WebSocketStreamCallbacks
 * @property {() => void} opened
 * @property {(data: Uint8Array) => void} data
 * @property {(reason: import('./network.js').StreamCloseReason, detail: string) => void} closed
 * @property {(message: any) => void} [control]  a JSON control message of the relay
 */

/**
 * @typedef {object} WebSocketStreamOptions
 * @property {any} WebSocket   the class to use, or a promise of it
 * @property {import('./network.js').Counters} counters
 * @property {import('./frame-queue.js').FrameQueueOptions} [queue]
 * @property {number} [openTimeoutMs]
 */

export class WebSocketStream {
  /**
   * @param {string} url
   * @param {WebSocketStreamOptions} options
   * @param {WebSocketStreamCallbacks} callbacks
   */
  constructor(url, options, callbacks) {
    this.url_ = url;
    this.callbacks_ = callbacks;
    this.counters_ = options.counters;
    this.opened_ = false;
    this.finished_ = false;
    this.keepsProcess_ = true;
    /** @type {[import('./network.js').StreamCloseReason, string] | undefined} */
    this.failure_ = undefined;

    /** @type {any} */
    this.socket_ = undefined;
    /** @type {any} */
    this.closeTimer_ = undefined;
    this.queue_ = new FrameQueue(
      {
        bufferedAmount: () => this.socket_?.bufferedAmount ?? 0,
        write: (bytes) => this.write_(bytes),
        whenWritable: (retry) => {
          const timer = setTimeout(retry, kRetryMs);
          return () => clearTimeout(timer);
        },
      },
      {
        ...options.queue,
        ...countFrames(this.counters_),
        onOverrun: () => this.fail_(StreamCloseReason.lost, 'the relay stopped reading'),
      },
    );
    this.openTimer_ = setTimeout(
      () => this.fail_(StreamCloseReason.cannotReach, 'no answer in time'),
      options.openTimeoutMs ?? kOpenTimeoutMs,
    );
    const { WebSocket } = options;
    if (typeof WebSocket?.then !== 'function') this.open_(WebSocket);
    else
      WebSocket.then(
        (/** @type {any} */ loaded) => this.open_(loaded),
        (/** @type {unknown} */ error) =>
          this.fail_(StreamCloseReason.cannotReach, errorText(error)),
      );
  }

  /** True when the other side speaks this package's control messages. */
  get hasControl() {
    return this.opened_ && this.socket_.protocol === kRelaySubprotocol;
  }

  get isOpen() {
    return this.opened_ && !this.finished_;
  }

  bufferedAmount() {
    return this.queue_.queuedBytes + (this.socket_?.bufferedAmount ?? 0);
  }

  /**
   * Of our end: what the `ws` package does not hide.
   * @returns {string | undefined}
   */
  localAddress() {
    return withoutScope(this.socket_?._socket?.localAddress);
  }

  /**
   * Of the WebSocket classes only the `ws` package's can be let go.
   * @param {boolean} isKept
   */
  keepProcess(isKept) {
    this.keepsProcess_ = isKept;
    const socket = this.socket_?._socket;
    if (isKept) socket?.ref?.();
    else socket?.unref?.();
  }

  /** @param {string} why found out elsewhere */
  lose(why) {
    this.fail_(StreamCloseReason.lost, why);
  }

  /** @param {Uint8Array} data */
  send(data) {
    this.queue_.push(data);
  }

  /** @param {object} message */
  sendControl(message) {
    if (this.hasControl && !this.finished_) this.socket_.send(JSON.stringify(message));
  }

  /** Closes without a report. Frames that wait are written first, so that a farewell leaves. */
  close() {
    if (this.finished_) return;
    if (this.opened_) this.queue_.flush();
    this.finish_();
    this.closeSocket_();
  }

  /** @param {any} WebSocketClass */
  open_(WebSocketClass) {
    if (this.finished_) return;
    if (typeof WebSocketClass !== 'function') {
      this.failLater_(StreamCloseReason.cannotReach, 'this realm has no WebSocket');
      return;
    }
    try {
      this.socket_ = new WebSocketClass(this.url_, [kRelaySubprotocol, kBinarySubprotocol]);
    } catch (error) {
      // A malformed URL, mixed content or a Content Security Policy.
      this.failLater_(StreamCloseReason.refused, errorText(error));
      return;
    }
    this.socket_.binaryType = 'arraybuffer';
    this.socket_.onopen = () => this.handleOpen_();
    this.socket_.onmessage = (/** @type {any} */ event) => this.handleMessage_(event.data);
    this.socket_.onerror = (/** @type {any} */ event) => this.handleError_(event);
    this.socket_.onclose = (/** @type {any} */ event) => this.handleClose_(event);
    // The `ws` package tells the HTTP status; browsers keep it to themselves.
    this.socket_.on?.(
      'unexpected-response',
      (/** @type {any} */ request, /** @type {any} */ response) => {
        request.destroy();
        this.fail_(StreamCloseReason.refused, `HTTP status ${response.statusCode}`);
      },
    );
  }

  handleOpen_() {
    if (this.finished_) return;
    clearTimeout(this.openTimer_);
    this.opened_ = true;
    // There was no socket before.
    if (!this.keepsProcess_) this.keepProcess(false);
    this.counters_.streamsOpened++;
    this.callbacks_.opened();
    this.queue_.start();
  }

  /** @param {ArrayBuffer | string} data */
  handleMessage_(data) {
    if (this.finished_) return;
    if (typeof data === 'string') {
      this.handleControl_(data);
      return;
    }
    const bytes = new Uint8Array(data);
    this.counters_.streamBytesReceived += bytes.length;
    this.counters_.streamMessagesReceived++;
    for (let at = 0; at < bytes.length && !this.finished_; at += kMaxPiece)
      this.callbacks_.data(bytes.subarray(at, at + kMaxPiece));
    // Timers of hidden pages run once a second; what the other side sends does not wait.
    this.queue_.retry();
  }

  /** @param {string} text */
  handleControl_(text) {
    if (!this.hasControl || text.length > kMaxControlText) return;
    let message;
    try {
      message = JSON.parse(text);
    } catch (error) {
      return;
    }
    if (typeof message === 'object' && message !== null) this.callbacks_.control?.(message);
  }

  /** @param {any} event */
  handleError_(event) {
    // Only Node's classes say more than "error"; `onclose` always follows.
    const text = event?.message ?? event?.error?.message;
    if (text && !this.failure_) {
      const reason = this.opened_ ? StreamCloseReason.lost : StreamCloseReason.cannotReach;
      this.failure_ = [reason, text];
    }
  }

  /** @param {{code: number, reason: string}} event */
  handleClose_({ code, reason }) {
    clearTimeout(this.closeTimer_);
    if (this.finished_) return;
    const said = `${reason ? `${reason} ` : ''}(code ${code})`;
    if (kRefusingCloseCodes.has(code) || (code >= 4000 && code < 5000)) {
      this.fail_(StreamCloseReason.refused, said);
    } else if (code === kTryAgainLater) {
      this.fail_(StreamCloseReason.cannotReach, said);
    } else if (this.failure_) {
      this.fail_(...this.failure_);
    } else if (this.opened_) {
      this.fail_(StreamCloseReason.lost, said);
    } else {
      this.fail_(StreamCloseReason.cannotReach, said);
    }
  }

  /** @param {Uint8Array} bytes */
  write_(bytes) {
    try {
      this.socket_.send(bytes);
    } catch (error) {
      countSendError(this.counters_, 'EWEBSOCKET');
    }
  }

  /**
   * @param {import('./network.js').StreamCloseReason} reason
   * @param {string} detail
   */
  failLater_(reason, detail) {
    queueMicrotask(() => this.fail_(reason, detail));
  }

  /**
   * @param {import('./network.js').StreamCloseReason} reason
   * @param {string} detail
   */
  fail_(reason, detail) {
    if (this.finished_) return;
    this.finish_();
    this.closeSocket_();
    this.counters_.streamsClosed++;
    this.callbacks_.closed(reason, `${this.url_}: ${detail}`);
  }

  finish_() {
    this.finished_ = true;
    clearTimeout(this.openTimer_);
    this.queue_.close();
  }

  closeSocket_() {
    const socket = this.socket_;
    if (!socket) return;
    try {
      socket.close(1000);
    } catch (error) {
      // Closing a socket that is still connecting may complain; it closes all the same.
    }
    // The `ws` package's and Bun's can be cut off, so that no process stays for one that nobody closes.
    if (typeof socket.terminate !== 'function') return;
    this.closeTimer_ = setTimeout(() => socket.terminate(), kCloseTimeoutMs);
    this.closeTimer_.unref?.();
  }
}

/** @param {unknown} error */
function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}
