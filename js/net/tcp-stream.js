// Node only: one byte stream over TCP or TLS, to a TURN server or to a peer. Same shape as
// WebSocketStream.

import { FrameQueue } from './frame-queue.js';
import { StreamCloseReason, countFrames, literalFamily, withoutScope } from './network.js';

const kOpenTimeoutMs = 10_000;
const kRetryMs = 4;
/** What waits when a stream is closed may take so long to leave. */
const kFarewellMs = 2000;

/**
 * @typedef {object} TcpStreamOptions
 * @property {boolean} secure
 * @property {string} [tlsName]  the name that the certificate is for; by default `host`
 * @property {import('node:tls').ConnectionOptions} [tls]
 * @property {string} [localAddress]  where the connection comes from; else the system chooses
 * @property {import('./network.js').Counters} counters
 * @property {import('./frame-queue.js').FrameQueueOptions} [queue]
 * @property {number} [openTimeoutMs]
 * @property {number} [farewellMs]
 */

export class TcpStream {
  /**
   * @param {string} host
   * @param {number} port
   * @param {TcpStreamOptions} options
   * @param {import('./websocket-stream.js').WebSocketStreamCallbacks} callbacks
   */
  constructor(host, port, options, callbacks) {
    this.name_ = `${options.secure ? 'tls' : 'tcp'} ${host}:${port}`;
    this.callbacks_ = callbacks;
    this.farewellMs_ = options.farewellMs ?? kFarewellMs;
    this.counters_ = options.counters;
    this.opened_ = false;
    this.finished_ = false;
    this.queue_ = this.createQueue_(options.queue);

    const tlsName = options.tlsName || (literalFamily(host) === 0 ? host : '');
    const name = tlsName ? { servername: tlsName } : {};
    this.socket_ = options.secure
      ? process.getBuiltinModule('node:tls').connect({ host, port, ...name, ...options.tls })
      : process
          .getBuiltinModule('node:net')
          .connect({ host, port, localAddress: options.localAddress });
    this.socket_.setNoDelay(true);
    this.socket_.on(options.secure ? 'secureConnect' : 'connect', () => this.handleOpen_());
    this.socket_.on('data', (data) => this.handleData_(data));
    this.socket_.on('error', (error) => this.handleError_(error));
    this.socket_.on('close', () => this.fail_(StreamCloseReason.lost, 'closed by the other side'));
    this.openTimer_ = setTimeout(
      () => this.fail_(StreamCloseReason.cannotReach, 'no answer in time'),
      options.openTimeoutMs ?? kOpenTimeoutMs,
    );
  }

  bufferedAmount() {
    return this.queue_.queuedBytes + this.socket_.writableLength;
  }

  /** @returns {string | undefined} of our end, once there is one */
  localAddress() {
    return withoutScope(this.socket_.localAddress);
  }

  /** @param {string} why found out elsewhere */
  lose(why) {
    this.fail_(StreamCloseReason.lost, why);
  }

  /** @param {boolean} isKept */
  keepProcess(isKept) {
    if (isKept) this.socket_.ref();
    else this.socket_.unref();
  }

  /** @param {Uint8Array} data */
  send(data) {
    this.queue_.push(data);
  }

  /**
   * Closes without a report. Frames that wait are written first, so that a farewell leaves; the other side
   * may not read, and has a while for it.
   */
  close() {
    if (this.finished_) return;
    if (this.opened_) this.queue_.flush();
    this.finish_();
    if (!this.opened_) {
      this.socket_.destroy();
      return;
    }
    const timer = setTimeout(() => this.socket_.destroy(), this.farewellMs_);
    this.socket_.once('close', () => clearTimeout(timer));
    this.socket_.destroySoon();
  }

  /** @param {import('./frame-queue.js').FrameQueueOptions | undefined} options */
  createQueue_(options) {
    return new FrameQueue(
      {
        bufferedAmount: () => this.socket_.writableLength,
        write: (bytes) => void this.socket_.write(bytes),
        whenWritable: (retry) => {
          if (!this.socket_.writableNeedDrain) {
            // Below the socket's own mark it promises no event.
            const timer = setTimeout(retry, kRetryMs);
            return () => clearTimeout(timer);
          }
          this.socket_.once('drain', retry);
          return () => this.socket_.off('drain', retry);
        },
      },
      {
        ...options,
        ...countFrames(this.counters_),
        onOverrun: () => this.fail_(StreamCloseReason.lost, 'the other side stopped reading'),
      },
    );
  }

  handleOpen_() {
    if (this.finished_) return;
    clearTimeout(this.openTimer_);
    this.opened_ = true;
    this.counters_.streamsOpened++;
    this.callbacks_.opened();
    this.queue_.start();
  }

  /** @param {Uint8Array} data */
  handleData_(data) {
    if (this.finished_) return;
    this.counters_.streamBytesReceived += data.length;
    this.counters_.streamMessagesReceived++;
    this.callbacks_.data(data);
  }

  /** @param {NodeJS.ErrnoException} error */
  handleError_(error) {
    // Errors of TLS verification have codes like DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_…;
    // those of the network are errno names.
    const code = error.code ?? '';
    const network = /^E[A-Z]+$/.test(code) && code !== 'EPROTO';
    const reason = this.opened_
      ? StreamCloseReason.lost
      : network
        ? StreamCloseReason.cannotReach
        : StreamCloseReason.refused;
    this.fail_(reason, error.message || code);
  }

  /**
   * @param {import('./network.js').StreamCloseReason} reason
   * @param {string} detail
   */
  fail_(reason, detail) {
    if (this.finished_) return;
    this.finish_();
    this.socket_.destroy();
    this.counters_.streamsClosed++;
    const actual = this.opened_ || reason !== StreamCloseReason.lost ? reason : 'cannot-reach';
    this.callbacks_.closed(actual, `${this.name_}: ${detail}`);
  }

  finish_() {
    this.finished_ = true;
    clearTimeout(this.openTimer_);
    this.queue_.close();
  }
}
