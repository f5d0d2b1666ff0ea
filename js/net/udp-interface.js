// Node only: one UDP socket on one local address.

import { countBuffered, countSendError } from './network.js';

/** Datagrams that the system does not take at once wait in the process; this many bytes may. */
const kMaxSendQueue = 1024 * 1024;
/** Room for bursts between two turns of the event loop; the system may grant less. */
const kReceiveBuffer = 2 * 1024 * 1024;

/**
 * Destinations are literals: handing them through at once spares a look-up and a tick per datagram.
 * @param {string} host
 * @param {any} options
 * @param {any} [callback]
 */
function literalLookup(host, options, callback) {
  (callback ?? options)(null, host, host.includes(':') ? 6 : 4);
}

/**
 * @typedef {object} UdpInterfaceOptions
 * @property {import('./network.js').Counters} counters
 * @property {boolean} keepAlive
 * @property {(address: string, port: number, data: Uint8Array) => void} received
 * @property {() => void} lost  the socket broke after it had been open
 */

export class UdpInterface {
  /**
   * @param {string} address
   * @param {4 | 6} family
   * @param {UdpInterfaceOptions} options
   */
  constructor(address, family, options) {
    this.address = address;
    this.family_ = family;
    this.options_ = options;
    this.counters_ = options.counters;
    this.closed_ = false;
    this.keepsProcess_ = true;
    this.socket_ = process.getBuiltinModule('node:dgram').createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      lookup: literalLookup,
    });
    this.countError_ = (/** @type {any} */ error) => {
      if (error) countSendError(this.counters_, error.code);
    };
    this.queued_ = queueOf(this.socket_);
  }

  /**
   * @returns {Promise<number | undefined>} the port, or nothing when the address cannot be used
   */
  open() {
    const socket = this.socket_;
    return new Promise((resolve) => {
      socket.once('error', () => {
        this.close();
        resolve(undefined);
      });
      socket.bind({ address: this.address, port: 0, exclusive: true }, () => {
        socket.removeAllListeners('error');
        // An ICMP answer to an earlier datagram (ECONNREFUSED, EHOSTUNREACH) says nothing about
        // the socket; ICE finds out by itself.
        socket.on('error', this.countError_);
        socket.on('close', () => this.handleClose_());
        socket.on('message', (data, from) => this.handleMessage_(data, from));
        this.keepProcess(this.options_.keepAlive);
        try {
          socket.setRecvBufferSize(kReceiveBuffer);
        } catch (error) {
          // The default will do.
        }
        resolve(socket.address().port);
      });
    });
  }

  /**
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(address, port, data) {
    if (this.closed_) return;
    if (address.includes(':') !== (this.family_ === 6)) {
      countSendError(this.counters_, 'EAFNOSUPPORT');
      return;
    }
    const waiting = this.queued_.size();
    countBuffered(this.counters_, waiting + data.length);
    if (waiting > kMaxSendQueue) {
      this.counters_.datagramsDropped++;
      return;
    }
    try {
      this.socket_.send(data, port, address, this.queued_.sent(data, this.countError_));
    } catch (error) {
      this.countError_(error);
      return;
    }
    this.counters_.datagramsSent++;
    this.counters_.datagramBytesSent += data.length;
  }

  bufferedAmount() {
    return this.closed_ ? 0 : this.queued_.size();
  }

  /** @param {boolean} isKept */
  keepProcess(isKept) {
    if (this.closed_ || isKept === this.keepsProcess_) return;
    this.keepsProcess_ = isKept;
    if (isKept) this.socket_.ref();
    else this.socket_.unref();
    if (!('Deno' in globalThis)) return;
    // Deno asks once for each datagram: this is one that nobody misses.
    const { port } = this.socket_.address();
    this.socket_.send(new Uint8Array(0), port, this.address, this.countError_);
  }

  close() {
    if (this.closed_) return;
    this.closed_ = true;
    this.socket_.close();
  }

  /**
   * @param {Uint8Array} data
   * @param {{address: string, port: number}} from
   */
  handleMessage_(data, from) {
    // A link-local source has a scope that no candidate can name.
    if (this.closed_ || data.length === 0 || from.address.includes('%')) return;
    this.counters_.datagramsReceived++;
    this.counters_.datagramBytesReceived += data.length;
    this.options_.received(from.address, from.port, data);
  }

  handleClose_() {
    if (this.closed_) return;
    this.closed_ = true;
    this.options_.lost();
  }
}

/**
 * How many bytes a socket has taken and not yet sent. Deno's sockets don't tell, so there they are counted.
 * @param {import('node:dgram').Socket} socket
 * @returns {{ size: () => number, sent: (data: Uint8Array, done: (error: any) => void) => (error: any) => void }}
 */
function queueOf(socket) {
  if (typeof socket.getSendQueueSize === 'function') {
    return { size: () => socket.getSendQueueSize(), sent: (_, done) => done };
  }
  let size = 0;
  return {
    size: () => size,
    sent({ length }, done) {
      size += length;
      return (error) => {
        size -= length;
        done(error);
      };
    },
  };
}
