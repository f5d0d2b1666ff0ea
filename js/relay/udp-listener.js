// Clients of the embedded TURN server that come over UDP. There is no connection: a client is its
// address and port, remembered for a while, and the number of those that are remembered is bounded.

import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { FrameKind, frameKind } from '../net/turn-frames.js';
import { plainAddress } from './limits.js';

const kMaxSendQueue = 1024 * 1024;
const kBuffer = 2 * 1024 * 1024;

/** @typedef {{id: number, established: boolean, end: () => void, active: () => void}} UdpClient */

/**
 * @typedef {object} UdpListenerOptions
 * @property {import('./turn-service.js').TurnService} service
 * @property {import('./options.js').RelayLimits} limits
 * @property {import('./sweeper.js').Sweeper} sweeper
 * @property {import('./log.js').Logger} log
 */

export class UdpListener {
  /** @param {UdpListenerOptions} options */
  constructor(options) {
    this.options_ = options;
    this.dropped_ = 0;
    this.refused_ = 0;
    /** In order of arrival. @type {Map<string, UdpClient>} */
    this.clients_ = new Map();
    /** @type {import('node:dgram').Socket | undefined} */
    this.socket_ = undefined;
  }

  /** Datagrams to clients that the system did not take. */
  get dropped() {
    return this.dropped_;
  }

  /** Datagrams of sources for which there was no place. */
  get refused() {
    return this.refused_;
  }

  get clients() {
    return this.clients_.size;
  }

  /**
   * @param {string} host
   * @param {number} port
   * @returns {Promise<number>} the port; rejects when it is taken
   */
  listen(host, port) {
    const family = isIP(host) === 6 ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      lookup: (name, options, callback) => callback(null, name, family),
    });
    this.socket_ = socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        socket.on('error', () => {});
        socket.on('message', (data, from) => this.receive_(data, from));
        try {
          socket.setRecvBufferSize(kBuffer);
          socket.setSendBufferSize(kBuffer);
        } catch (error) {
          // The defaults will do.
        }
        resolve(socket.address().port);
      });
    });
  }

  close() {
    for (const { end } of this.clients_.values()) end();
    this.clients_.clear();
    this.socket_?.close();
    this.socket_ = undefined;
  }

  /**
   * @param {Buffer} data
   * @param {import('node:dgram').RemoteInfo} from
   */
  receive_(data, from) {
    // Nothing but STUN and channel data makes a client; and to port 0, which whoever writes packets by
    // hand can send from, there is no way back.
    if (from.port === 0 || data.length < 4 || frameKind(data[0], data[1]) === undefined) return;
    const key = `${from.address}|${from.port}`;
    const client = this.clients_.get(key) ?? this.admit_(key, from);
    if (!client) {
      this.refused_++;
      return;
    }
    client.active();
    this.options_.service.receive(client.id, data);
  }

  /**
   * @param {string} key
   * @param {import('node:dgram').RemoteInfo} from
   * @returns {UdpClient | undefined}
   */
  admit_(key, { address, port }) {
    const { service, limits, sweeper } = this.options_;
    if (this.clients_.size >= limits.maxUdpClients && !this.forgetOne_()) return undefined;
    /** @type {UdpClient} */
    const client = { id: 0, established: false, end: () => {}, active: () => {} };
    const forget = () => {
      watch.end();
      if (this.clients_.get(key) === client) this.clients_.delete(key);
    };
    const watch = sweeper.watch({
      idle: () => {
        forget();
        service.disconnect(client.id);
      },
    });
    client.active = watch.active;
    client.end = () => {
      forget();
      service.disconnect(client.id);
    };
    this.clients_.set(key, client);
    client.id = service.connect('udp', plainAddress(address), port, {
      send: (data) => {
        if (frameKind(data[0], data[1]) === FrameKind.allocated) {
          client.established = true;
          watch.established();
        }
        this.send_(address, port, data);
      },
      close: forget,
      // It may give way to others again; else whoever allocates once from each of many ports would
      // have all places for as long as it likes.
      deallocated: () => (client.established = false),
    });
    return client;
  }

  /** Makes room by giving up the oldest client that has no allocation. */
  forgetOne_() {
    for (const client of this.clients_.values()) {
      if (client.established) continue;
      client.end();
      return true;
    }
    return false;
  }

  /**
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send_(address, port, data) {
    if (!this.socket_) return;
    if (this.socket_.getSendQueueSize() > kMaxSendQueue) {
      this.dropped_++;
      return;
    }
    try {
      this.socket_.send(data, port, address, this.countDrop_);
    } catch (error) {
      this.dropped_++;
    }
  }

  countDrop_ = (/** @type {Error | null} */ error) => {
    if (error) this.dropped_++;
  };
}
