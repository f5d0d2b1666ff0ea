// The UDP sockets that allocations send and receive with.

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { localAddresses } from '../net/local-addresses.js';

/** Ports that are tried before the allocation fails. */
const kAttempts = 64;
const kMaxSendQueue = 512 * 1024;
const kBuffer = 1024 * 1024;

/**
 * Where relay sockets of one family are bound, and what clients are told.
 * @typedef {{bind: string, advertise: string}} RelayAddress
 */

/**
 * @typedef {object} RelaySocketCallbacks
 * @property {(id: number, address: string, port: number) => void} opened  address as advertised
 * @property {(id: number) => void} failed
 * @property {(id: number, address: string, port: number, data: Uint8Array) => void} datagram
 */

export class RelaySockets {
  /**
   * @param {object} options
   * @param {{4?: RelayAddress, 6?: RelayAddress}} options.addresses
   * @param {number} options.minPort
   * @param {number} options.maxPort
   * @param {import('./log.js').Logger} options.log
   */
  constructor({ addresses, minPort, maxPort, log }) {
    this.addresses_ = addresses;
    this.minPort_ = minPort;
    this.maxPort_ = maxPort;
    this.log_ = log;
    /** @type {Map<number, import('node:dgram').Socket>} */
    this.sockets_ = new Map();
    /** @type {Set<number>} */
    this.opening_ = new Set();
    /** @type {RelaySocketCallbacks | undefined} */
    this.callbacks_ = undefined;
    this.dropped_ = 0;
  }

  get open() {
    return this.sockets_.size;
  }

  /** Datagrams to peers that the system did not take. */
  get dropped() {
    return this.dropped_;
  }

  /** @param {RelaySocketCallbacks} callbacks */
  attach(callbacks) {
    this.callbacks_ = callbacks;
  }

  /**
   * Ends in `opened` or `failed`, unless `closeSocket` comes first. With `evenPort` the port is
   * even, and with `nextId` the one above it is opened as well, under that id, or neither is
   * (RFC 8656 §7.2).
   * @param {number} id
   * @param {4 | 6} family
   * @param {{evenPort?: boolean, nextId?: number}} [pair]
   */
  async openSocket(id, family, { evenPort = false, nextId } = {}) {
    const ids = nextId === undefined ? [id] : [id, nextId];
    for (const each of ids) this.opening_.add(each);
    const address = this.addresses_[family];
    const opened = address
      ? await this.bindSomewhere_(address.bind, family, evenPort, ids.length)
      : [];
    ids.forEach((each, i) => {
      const wanted = this.opening_.delete(each);
      const socket = opened[i];
      if (!wanted) socket?.close();
      else if (address && socket) this.serve_(each, socket, address.advertise);
      else this.callbacks_?.failed(each);
    });
    if (opened.length === 0) this.log_.warn('relay-socket-failed', { family });
  }

  /**
   * @param {number} id
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(id, address, port, data) {
    const socket = this.sockets_.get(id);
    if (!socket) return;
    if (socket.getSendQueueSize() > kMaxSendQueue) {
      this.dropped_++;
      return;
    }
    try {
      socket.send(data, port, address, this.countDrop_);
    } catch (error) {
      this.dropped_++;
    }
  }

  /** @param {number} id */
  closeSocket(id) {
    this.opening_.delete(id);
    this.sockets_.get(id)?.close();
    this.sockets_.delete(id);
  }

  close() {
    for (const id of [...this.sockets_.keys(), ...this.opening_]) this.closeSocket(id);
    this.callbacks_ = undefined;
  }

  countDrop_ = (/** @type {Error | null} */ error) => {
    if (error) this.dropped_++;
  };

  /**
   * @param {number} id
   * @param {import('node:dgram').Socket} socket
   * @param {string} advertised
   */
  serve_(id, socket, advertised) {
    socket.on('message', (data, from) => {
      // Port 0 can be sent from, but nobody is there.
      if (from.port === 0) return;
      this.callbacks_?.datagram(id, from.address.replace(/%.*/, ''), from.port, data);
    });
    // ICMP errors of earlier datagrams say nothing about the socket.
    socket.on('error', () => {});
    this.sockets_.set(id, socket);
    this.callbacks_?.opened(id, advertised, socket.address().port);
  }

  /**
   * Sockets on adjacent ports, or none. The search begins at a random port, so that an outsider
   * cannot guess it, and goes on from there, so that a small range is used up to its last port.
   * @param {string} address
   * @param {4 | 6} family
   * @param {boolean} even
   * @param {number} count
   */
  async bindSomewhere_(address, family, even, count) {
    const step = even ? 2 : 1;
    const first = even ? this.minPort_ + (this.minPort_ & 1) : this.minPort_;
    const choices = Math.floor((this.maxPort_ - (count - 1) - first) / step) + 1;
    if (choices < 1) return [];
    const start = randomInt(choices);
    for (let attempt = 0; attempt < Math.min(kAttempts, choices); attempt++) {
      const port = first + ((start + attempt) % choices) * step;
      const sockets = [];
      for (let i = 0; i < count; i++) {
        const socket = await bind(address, port + i, family);
        if (socket) sockets.push(socket);
      }
      if (sockets.length === count) return sockets;
      for (const socket of sockets) socket.close();
    }
    return [];
  }
}

/**
 * @param {string} address
 * @param {number} port
 * @param {4 | 6} family
 * @returns {Promise<import('node:dgram').Socket | undefined>}
 */
function bind(address, port, family) {
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    // Peers are literals; a look-up would cost a tick for every datagram.
    lookup: (host, options, callback) => callback(null, host, family),
  });
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      try {
        socket.setRecvBufferSize(kBuffer);
        socket.setSendBufferSize(kBuffer);
      } catch (error) {
        // The defaults will do.
      }
      resolve(socket);
    });
  });
}

/**
 * Chooses where relay sockets go:
 * - as told by `--relay-address`;
 * - else a specific address to listen on serves here, too, so that a relay on loopback opens
 *   nothing to the network;
 * - with a wildcard to listen on, or `--allow-interfaces`, all addresses, advertised as the first
 *   one of the machine.
 * @param {import('./options.js').RelayOptions} options
 * @param {typeof localAddresses} [list]
 * @returns {{4?: RelayAddress, 6?: RelayAddress}}
 */
export function chooseRelayAddresses(options, list = localAddresses) {
  /** @type {{4?: RelayAddress, 6?: RelayAddress}} */
  const chosen = {};
  for (const family of /** @type {const} */ ([4, 6])) {
    const is = (/** @type {string} */ address) => isIP(address) === family;
    const wildcard = family === 6 ? '::' : '0.0.0.0';
    const listen = options.listen.filter(is);
    const bind =
      options.relayAddresses.find(is) ??
      (options.allowInterfaces ? wildcard : (listen.find((a) => !isLoopback(a)) ?? listen[0])) ??
      (family === 4 && options.listen.includes('::') ? wildcard : undefined);
    if (bind === undefined) continue;
    const advertise =
      options.externalAddresses.find(is) ??
      (bind === wildcard ? list({ family })[0]?.address : bind);
    if (advertise !== undefined) chosen[family] = { bind, advertise };
  }
  return chosen;
}

/** @param {string} address */
function isLoopback(address) {
  return address === '::1' || address.startsWith('127.');
}
