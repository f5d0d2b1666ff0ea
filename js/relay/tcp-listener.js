// Clients of the embedded TURN server that come over TCP or TLS.

import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { FrameKind, frameKind } from '../net/turn-frames.js';
import { ClientQueue } from './client-queue.js';
import { plainAddress } from './limits.js';

/**
 * @typedef {object} TcpListenerOptions
 * @property {import('./turn-service.js').TurnService} service
 * @property {import('./options.js').RelayLimits} limits
 * @property {import('./limits.js').PendingBudget} budget
 * @property {import('./limits.js').ConnectionLimits} connections
 * @property {import('./sweeper.js').Sweeper} sweeper
 * @property {import('./log.js').Logger} log
 * @property {{cert: Buffer, key: Buffer} | undefined} [tls]
 */

export class TcpListener {
  /** @param {TcpListenerOptions} options */
  constructor(options) {
    this.options_ = options;
    this.dropped_ = 0;
    this.refused_ = 0;
    /** @type {Set<import('node:net').Socket>} */
    this.sockets_ = new Set();
    this.server_ = options.tls
      ? createTlsServer({ ...options.tls, handshakeTimeout: options.limits.handshakeTimeoutMs })
      : createTcpServer();
    // Counted when the TCP connection comes, so that TLS handshakes are bounded as well.
    this.server_.on('connection', (socket) => this.admit_(socket));
    if (options.tls) {
      this.server_.on('secureConnection', (socket) => this.serve_(socket));
      this.server_.on('tlsClientError', (_, socket) => socket.destroy());
    }
  }

  get dropped() {
    return this.dropped_;
  }

  get open() {
    return this.sockets_.size;
  }

  /** Connections that were turned away. */
  get refused() {
    return this.refused_;
  }

  get secure() {
    return this.options_.tls !== undefined;
  }

  /**
   * @param {string} host
   * @param {number} port
   * @returns {Promise<number>} the port
   */
  async listen(host, port) {
    this.server_.listen({ host, port, ipv6Only: true });
    await once(this.server_, 'listening');
    this.server_.on('error', (error) =>
      this.options_.log.error('listener', { kind: 'tcp', text: error.message }),
    );
    return /** @type {import('node:net').AddressInfo} */ (this.server_.address()).port;
  }

  /** @param {{cert: Buffer, key: Buffer}} tls */
  reload(tls) {
    if ('setSecureContext' in this.server_) this.server_.setSecureContext(tls);
  }

  /** Takes no new connections; those that are there go on. */
  stopListening() {
    this.server_.close();
  }

  close() {
    this.server_.close();
    for (const socket of this.sockets_) socket.destroy();
  }

  /** @param {import('node:net').Socket} socket */
  admit_(socket) {
    const release = this.options_.connections.acquire(socket.remoteAddress ?? '');
    if (!release) {
      this.refused_++;
      socket.destroy();
      return;
    }
    this.sockets_.add(socket);
    socket.on('close', () => {
      this.sockets_.delete(socket);
      release();
    });
    socket.on('error', () => {});
    if (!this.options_.tls) this.serve_(socket);
  }

  /** @param {import('node:net').Socket} socket */
  serve_(socket) {
    const { service, sweeper, log } = this.options_;
    const { remoteAddress = '', remotePort = 0 } = socket;
    socket.setNoDelay(true);
    const queue = this.createQueue_(socket);
    const watch = sweeper.watch({ idle: () => socket.destroy() });
    const id = service.connect('tcp', plainAddress(remoteAddress), remotePort, {
      send: (data) => {
        queue.push(data);
        if (frameKind(data[0], data[1]) === FrameKind.allocated) watch.established();
      },
      close: () => {
        queue.flush();
        socket.destroySoon();
      },
    });
    log.info('client-open', { client: id, kind: 'tcp', address: remoteAddress });
    queue.start();

    socket.on('data', (data) => {
      watch.active();
      service.receive(id, data);
    });
    socket.on('error', (error) => log.debug('client-error', { client: id, text: error.message }));
    socket.on('close', () => {
      queue.close();
      watch.end();
      service.disconnect(id);
      log.info('client-close', { client: id });
    });
  }

  /** @param {import('node:net').Socket} socket */
  createQueue_(socket) {
    const { budget, limits } = this.options_;
    return new ClientQueue(
      {
        bufferedAmount: () => socket.writableLength,
        write: (bytes, written) => {
          if (socket.writable) socket.write(bytes, written);
        },
      },
      {
        budget,
        maxPendingBytes: limits.maxPendingBytes,
        onDropped: () => this.dropped_++,
        onOverrun: () => socket.destroy(),
      },
    );
  }
}
