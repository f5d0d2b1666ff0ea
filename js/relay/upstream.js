// The scale-out form: every WebSocket is bridged byte for byte to one TURN server over TCP or TLS.
// The relay holds no allocation; it only follows the framing to see when a client has one.

import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { FrameFollower, FrameKind } from '../net/turn-frames.js';
import { kRelaySubprotocol } from '../net/websocket-stream.js';
import { counted, kMessagePieces } from './limits.js';
import { NameChannel, answerNames } from './mdns.js';
import { chooseSubprotocol } from './websocket-clients.js';

const kHealthIntervalMs = 10_000;
const kConnectTimeoutMs = 5000;
const kKeepAliveMs = 30_000;
/** Bytes of a client that wait while its upstream is being connected. */
const kMaxEarlyBytes = 64 * 1024;

/** @typedef {import('./options.js').UpstreamAddress} UpstreamAddress */

/** @typedef {UpstreamAddress & {healthy: boolean, open: number}} Upstream */

/**
 * @param {UpstreamAddress} upstream
 * @param {import('node:tls').ConnectionOptions} [tls]
 * @returns {import('node:net').Socket}
 */
function open({ host, port, tls: secure }, tls) {
  return secure ? connectTls({ host, port, servername: host, ...tls }) : connectTcp({ host, port });
}

/** Knows which upstreams answer, and chooses one for each new client. */
export class UpstreamPool {
  /**
   * @param {UpstreamAddress[]} addresses
   * @param {object} options
   * @param {import('./log.js').Logger} options.log
   * @param {number} [options.intervalMs]
   * @param {number} [options.timeoutMs]
   * @param {import('node:tls').ConnectionOptions} [options.tls]
   */
  constructor(addresses, { log, intervalMs = kHealthIntervalMs, timeoutMs, tls }) {
    /** @type {Upstream[]} */
    this.upstreams_ = addresses.map((address) => ({ ...address, healthy: true, open: 0 }));
    this.log_ = log;
    this.timeoutMs_ = timeoutMs ?? kConnectTimeoutMs;
    this.tls_ = tls;
    /** @type {Set<import('node:net').Socket>} */
    this.probes_ = new Set();
    this.closed_ = false;
    this.timer_ = setInterval(() => void this.check(), intervalMs);
    this.timer_.unref();
  }

  /** For `/health`. */
  status() {
    return this.upstreams_.map(({ host, port, healthy, open: connections }) => ({
      upstream: `${host}:${port}`,
      healthy,
      connections,
    }));
  }

  get healthy() {
    return this.upstreams_.some(({ healthy }) => healthy);
  }

  /** Asks every upstream for a sign of life: a STUN Binding (RFC 8489 §2) that is answered. */
  async check() {
    await Promise.all(
      this.upstreams_.map(async (upstream) => {
        const healthy = await this.probe_(upstream);
        if (!this.closed_) this.mark_(upstream, healthy);
      }),
    );
  }

  /**
   * A connected socket to the upstream with the fewest clients, healthy ones first.
   * @returns {Promise<{socket: import('node:net').Socket, upstream: Upstream} | undefined>}
   */
  async connect() {
    const order = [...this.upstreams_].sort(
      (a, b) => Number(b.healthy) - Number(a.healthy) || a.open - b.open,
    );
    for (const upstream of order) {
      upstream.open++;
      const socket = await this.tryConnect_(upstream);
      if (socket) {
        socket.once('close', () => upstream.open--);
        return { socket, upstream };
      }
      upstream.open--;
      if (this.closed_) return undefined;
      this.mark_(upstream, false);
    }
    return undefined;
  }

  close() {
    this.closed_ = true;
    clearInterval(this.timer_);
    for (const socket of this.probes_) socket.destroy();
  }

  /**
   * @param {Upstream} upstream
   * @param {boolean} healthy
   */
  mark_(upstream, healthy) {
    if (upstream.healthy === healthy) return;
    upstream.healthy = healthy;
    const name = `${upstream.host}:${upstream.port}`;
    if (healthy) this.log_.info('upstream-up', { upstream: name });
    else this.log_.warn('upstream-down', { upstream: name });
  }

  /**
   * @param {Upstream} upstream
   * @returns {Promise<import('node:net').Socket | undefined>}
   */
  tryConnect_(upstream) {
    const socket = open(upstream, this.tls_);
    this.probes_.add(socket);
    return new Promise((resolve) => {
      const finish = (/** @type {boolean} */ connected) => {
        clearTimeout(timer);
        this.probes_.delete(socket);
        socket.removeAllListeners();
        socket.on('error', () => {});
        if (!connected) socket.destroy();
        resolve(connected ? socket : undefined);
      };
      const timer = setTimeout(finish, this.timeoutMs_, false);
      socket.once(upstream.tls ? 'secureConnect' : 'connect', () => finish(true));
      socket.once('error', () => finish(false));
      socket.once('close', () => finish(false));
    });
  }

  /**
   * @param {Upstream} upstream
   * @returns {Promise<boolean>}
   */
  async probe_(upstream) {
    const socket = await this.tryConnect_(upstream);
    if (!socket) return false;
    this.probes_.add(socket);
    // Binding request, no attributes: type, length, magic cookie, transaction id.
    const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
    return new Promise((resolve) => {
      let received = Buffer.alloc(0);
      const finish = (/** @type {boolean} */ healthy) => {
        clearTimeout(timer);
        this.probes_.delete(socket);
        socket.destroy();
        resolve(healthy);
      };
      const timer = setTimeout(finish, this.timeoutMs_, false);
      socket.on('data', (data) => {
        received = Buffer.concat([received, data]);
        if (received.length < 20) return;
        // Any response to our transaction will do, an error included.
        finish(received.subarray(8, 20).equals(request.subarray(8)));
      });
      socket.on('close', () => finish(false));
      socket.write(request);
    });
  }
}

/**
 * @typedef {object} UpstreamBridgeOptions
 * @property {UpstreamPool} pool
 * @property {import('./options.js').RelayLimits} limits
 * @property {import('./limits.js').PendingBudget} budget
 * @property {import('./mdns.js').Resolve | undefined} resolve
 * @property {() => void} [expectNames]  called when a client comes that may ask for names
 * @property {import('./sweeper.js').Sweeper} sweeper
 * @property {import('./log.js').Logger} log
 */

/** Pins every WebSocket to an upstream, with back-pressure in both directions. */
export class UpstreamBridge {
  /** @param {UpstreamBridgeOptions} options */
  constructor(options) {
    this.options_ = options;
    this.nextId_ = 1;
    this.toUpstreams_ = 0;
    this.toClients_ = 0;
    /** @type {Set<import('node:net').Socket>} */
    this.sockets_ = new Set();
    this.server_ = new WebSocketServer({
      noServer: true,
      maxPayload: options.limits.maxMessageBytes,
      perMessageDeflate: false,
      ...kMessagePieces,
      handleProtocols: chooseSubprotocol,
    });
  }

  get open() {
    return this.server_.clients.size;
  }

  get dropped() {
    return 0;
  }

  /** Bytes that passed, framing included. */
  get bytes() {
    return { toUpstreams: this.toUpstreams_, toClients: this.toClients_ };
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:stream').Duplex} stream
   * @param {Buffer} head
   * @param {string} address  of the client
   */
  upgrade(request, stream, head, address) {
    this.server_.handleUpgrade(request, stream, head, (client) => {
      void this.serve_(client, address);
    });
  }

  close() {
    for (const client of this.server_.clients) client.close(1001, 'the relay is going away');
    this.server_.close();
  }

  terminate() {
    for (const client of this.server_.clients) client.terminate();
    for (const socket of this.sockets_) socket.destroy();
  }

  /**
   * @param {import('ws').WebSocket} client
   * @param {string} address
   */
  async serve_(client, address) {
    const { pool, sweeper, log } = this.options_;
    const id = this.nextId_++;
    /** @type {{socket?: import('node:net').Socket}} */
    const pinned = {};
    /** @type {Buffer[]} */
    const early = [];
    let earlyBytes = 0;
    const names = this.createNames_(client);
    const watch = sweeper.watch({
      idle: (reason) => client.close(1008, reason),
      ping: () => client.ping(),
      dead: () => client.terminate(),
    });
    client.on('pong', () => watch.alive());
    client.on('error', () => {});
    client.on('close', () => {
      watch.end();
      names?.close();
      pinned.socket?.destroySoon();
      log.info('client-close', { client: id });
    });
    client.on('message', (data, isBinary) => {
      watch.active();
      const bytes = /** @type {Buffer} */ (data);
      if (isBinary) this.toUpstreams_ += bytes.length;
      if (!isBinary) {
        if (!names?.receive(String(data))) client.close(1003, 'unexpected text');
      } else if (pinned.socket) {
        if (!pinned.socket.write(bytes)) client.pause();
      } else {
        early.push(bytes);
        earlyBytes += bytes.length;
        if (earlyBytes > kMaxEarlyBytes) client.pause();
      }
    });

    const connected = await pool.connect();
    if (client.readyState !== client.OPEN) {
      connected?.socket.destroy();
      return;
    }
    if (!connected) {
      log.warn('no-upstream', { client: id });
      client.resume();
      client.close(1013, 'no TURN server can be reached');
      return;
    }
    const { socket, upstream } = connected;
    log.info('client-open', { client: id, address, upstream: `${upstream.host}:${upstream.port}` });
    pinned.socket = socket;
    this.sockets_.add(socket);
    this.forwardDown_(client, socket, () => {
      watch.established();
      names?.allocated();
    });
    socket.on('drain', () => client.resume());
    for (const bytes of early) socket.write(bytes);
    early.length = 0;
    if (!socket.writableNeedDrain) client.resume();
  }

  /**
   * From the upstream to the client.
   * @param {import('ws').WebSocket} client
   * @param {import('node:net').Socket} socket
   * @param {() => void} allocated
   */
  forwardDown_(client, socket, allocated) {
    const { budget, limits } = this.options_;
    const account = budget.open();
    const high = () => budget.allowance(limits.maxPendingBytes);
    const follower = new FrameFollower((kind) => {
      if (kind === FrameKind.allocated) allocated();
    });
    socket.setNoDelay(true);
    // An upstream whose machine is gone says nothing.
    socket.setKeepAlive(true, kKeepAliveMs);
    socket.on('data', (data) => {
      follower.push(data);
      this.toClients_ += data.length;
      account.add(counted(data.length));
      client.send(data, { binary: true }, () => {
        account.release(counted(data.length));
        if (socket.isPaused() && account.pending <= high() / 2) socket.resume();
      });
      if (account.pending > high()) socket.pause();
    });
    client.on('close', () => account.close());
    socket.on('close', () => {
      this.sockets_.delete(socket);
      // A paused WebSocket would not hear the other side's farewell. The client may try again, and
      // then finds another upstream.
      client.resume();
      client.close(1012, 'the TURN server closed the connection');
    });
  }

  /** @param {import('ws').WebSocket} client */
  createNames_(client) {
    const { resolve } = this.options_;
    if (!resolve || client.protocol !== kRelaySubprotocol) return undefined;
    this.options_.expectNames?.();
    return new NameChannel({ resolve, send: answerNames(client) });
  }
}
