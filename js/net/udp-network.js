// Node only: real UDP sockets, one per usable local address and connection; byte streams to TURN
// servers over TCP and TLS, to peers' TCP candidates, and to relays over WebSocket.

import {
  copyCounters,
  createCounters,
  isMulticastName,
  literalFamily,
  realClock,
} from './network.js';
import { InterfaceWatch } from './interface-watch.js';
import { allAddresses, linkMtu, localAddresses } from './local-addresses.js';
import { MulticastResolver } from './multicast-resolver.js';
import { webSocketClass } from './node-websocket.js';
import { relayServers } from './relay-network.js';
import { TcpStream } from './tcp-stream.js';
import { UdpInterface } from './udp-interface.js';
import { WebSocketStream } from './websocket-stream.js';

/**
 * @typedef {object} UdpNetworkOptions
 * @property {boolean} [includeLoopback]  sockets on loopback too; else only when there is no other
 * @property {string[]} [addresses]       exactly these local addresses instead of the system's
 * @property {typeof import('node:os').networkInterfaces} [interfaces]  what the system has, for tests
 * @property {number} [watchIntervalMs]   how often addresses are compared; 0: never
 * @property {4 | 6} [family]
 * @property {boolean} [tcp]              false: peers' TCP candidates are left alone
 * @property {boolean} [keepAlive]        true: an open connection keeps the process alive
 * @property {import('./relay-network.js').RelaySource} [relay]
 * @property {any} [WebSocket]
 * @property {import('node:tls').ConnectionOptions} [tls]  e.g. `ca` for a private TURN server
 * @property {import('./frame-queue.js').FrameQueueOptions} [queue]
 * @property {import('./multicast-resolver.js').MulticastResolverOptions} [multicast]
 * @property {number} [openTimeoutMs]
 */

/**
 * On a connection to a peer (RFC 4571 framing) datagrams are what is not STUN, whose first byte is
 * below 4 (RFC 7983 section 7). Those may be dropped.
 * @param {Uint8Array} frame
 */
const isPeerDatagram = (frame) => frame[2] > 3;

/** Bounds one look-up by the system's resolver, which may wait much longer. */
const kLookupTimeoutMs = 5000;

/** @implements {Network} */
export class UdpNetwork {
  /** @param {UdpNetworkOptions} [options] */
  constructor(options = {}) {
    for (const address of options.addresses ?? []) {
      if (literalFamily(address) === 0) throw new TypeError(`not an IP address: ${address}`);
    }
    this.options_ = options;
    this.resolver_ = new MulticastResolver(options.multicast);
    this.connectsTcp = options.tcp ?? true;
    this.watch_ = watchOf(options);
    this.now = realClock.now;
    this.setTimer = realClock.setTimer;
    this.clearTimer = realClock.clearTimer;
  }

  iceServers() {
    return relayServers(this.options_.relay);
  }

  /**
   * @param {NetworkSink} sink
   * @returns {NetworkAttachment}
   */
  attach(sink) {
    return new UdpAttachment(sink, this.options_, this.resolver_, this.watch_);
  }

  close() {
    this.resolver_.close();
  }
}

/** @implements {NetworkAttachment} */
class UdpAttachment {
  /**
   * @param {NetworkSink} sink
   * @param {UdpNetworkOptions} options
   * @param {MulticastResolver} resolver
   * @param {InterfaceWatch | undefined} watch
   */
  constructor(sink, options, resolver, watch) {
    this.sink_ = sink;
    this.options_ = options;
    this.resolver_ = resolver;
    this.watch_ = watch;
    /** @type {(() => void) | undefined} */
    this.stopWatching_ = undefined;
    /** Interfaces were asked for; an attachment may be there for streams alone. */
    this.gathers_ = false;
    this.counters_ = createCounters();
    this.nextInterfaceId_ = 1;
    this.keepsProcess_ = options.keepAlive ?? true;
    /** @type {Map<number, UdpInterface>} */
    this.interfaces_ = new Map();
    /** @type {Map<number, WebSocketStream | TcpStream>} */
    this.streams_ = new Map();
    this.closed_ = false;
    /** @type {Promise<void>} */
    this.gathering_ = Promise.resolve();
  }

  /** Sockets that stand stay; addresses that came or went since the last time are followed. */
  gather() {
    if (this.closed_) return;
    this.gathers_ = true;
    this.watchAddresses_();
    this.gathering_ = this.gathering_.then(() => this.gatherNow_());
  }

  /**
   * @param {number} interfaceId
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(interfaceId, address, port, data) {
    this.interfaces_.get(interfaceId)?.send(address, port, data);
  }

  /** @param {StreamRequest} request */
  openStream(request) {
    if (this.closed_) return;
    this.watchAddresses_();
    const callbacks = this.callbacks_(request.streamId);
    if (request.transport === 'relay') this.openWebSocket_(request, callbacks);
    else this.openTcp_(request, callbacks);
  }

  /** @param {import('./network.js').PeerStreamRequest} request */
  openPeerStream({ streamId, interfaceId, host, port }) {
    if (this.closed_) return;
    this.watchAddresses_();
    const { openTimeoutMs } = this.options_;
    const options = {
      secure: false,
      localAddress: this.interfaces_.get(interfaceId)?.address,
      counters: this.counters_,
      queue: { ...this.options_.queue, isDroppable: isPeerDatagram },
      openTimeoutMs,
    };
    this.addStream_(streamId, new TcpStream(host, port, options, this.callbacks_(streamId)));
  }

  /**
   * @param {number} streamId
   * @param {WebSocketStream | TcpStream} stream
   */
  addStream_(streamId, stream) {
    this.streams_.set(streamId, stream);
    if (!this.keepsProcess_) stream.keepProcess(false);
  }

  /**
   * @param {number} streamId
   * @returns {import('./websocket-stream.js').WebSocketStreamCallbacks}
   */
  callbacks_(streamId) {
    return {
      opened: () => this.sink_.streamOpened(streamId),
      data: (/** @type {Uint8Array} */ data) => this.sink_.streamData(streamId, data),
      closed: (
        /** @type {import('./network.js').StreamCloseReason} */ reason,
        /** @type {string} */ detail,
      ) => {
        this.streams_.delete(streamId);
        this.sink_.streamClosed(streamId, reason, detail);
      },
    };
  }

  /**
   * @param {number} streamId
   * @param {Uint8Array} data
   */
  sendStream(streamId, data) {
    this.streams_.get(streamId)?.send(data);
  }

  /** @param {number} streamId */
  closeStream(streamId) {
    this.streams_.get(streamId)?.close();
    this.streams_.delete(streamId);
  }

  /**
   * @param {number} resolveId
   * @param {string} hostname
   */
  resolve(resolveId, hostname) {
    this.addressesOf_(hostname).then((addresses) => {
      if (!this.closed_) this.sink_.resolved(resolveId, addresses);
    });
  }

  bufferedAmount() {
    let sum = 0;
    for (const stream of this.streams_.values()) sum += stream.bufferedAmount();
    for (const entry of this.interfaces_.values()) sum += entry.bufferedAmount();
    return sum;
  }

  counters() {
    return copyCounters(this.counters_);
  }

  /** @param {boolean} isKept */
  keepProcess(isKept) {
    this.keepsProcess_ = isKept && (this.options_.keepAlive ?? true);
    for (const entry of this.interfaces_.values()) entry.keepProcess(this.keepsProcess_);
    for (const stream of this.streams_.values()) stream.keepProcess(this.keepsProcess_);
  }

  close() {
    if (this.closed_) return;
    this.closed_ = true;
    this.stopWatching_?.();
    for (const stream of this.streams_.values()) stream.close();
    for (const entry of this.interfaces_.values()) entry.close();
    this.streams_.clear();
    this.interfaces_.clear();
  }

  /** From the first socket on. */
  watchAddresses_() {
    this.stopWatching_ ??= this.watch_?.listen(() => this.follow_());
  }

  /** The machine's addresses have changed. */
  follow_() {
    this.gathering_ = this.gathering_.then(() => this.followNow_());
  }

  async gatherNow_() {
    await this.followInterfaces_();
    if (!this.closed_) this.sink_.interfacesComplete();
  }

  async followNow_() {
    if (this.gathers_) await this.followInterfaces_();
    if (!this.closed_) this.loseStreams_();
  }

  /** What is new is opened before what is gone is closed, so that ICE can go from one to the other. */
  async followInterfaces_() {
    if (this.closed_) return;
    const wanted = wantedAddresses(this.options_);
    const present = new Set([...this.interfaces_.values()].map(({ address }) => address));
    const missing = wanted.filter(({ address }) => !present.has(address));
    await Promise.all(missing.map((wanted) => this.openInterface_(wanted)));
    if (this.closed_) return;
    for (const [id, entry] of this.interfaces_) {
      if (wanted.some(({ address }) => address === entry.address)) continue;
      this.interfaces_.delete(id);
      entry.close();
      this.sink_.interfaceRemoved(id);
    }
  }

  /** A stream whose own address is gone would be found dead by the system after minutes only. */
  loseStreams_() {
    const { addresses, interfaces } = this.options_;
    if (addresses) return;
    const present = allAddresses(interfaces);
    for (const stream of this.streams_.values()) {
      const address = stream.localAddress();
      if (address !== undefined && !present.has(address)) stream.lose('its own address is gone');
    }
  }

  /** @param {WantedAddress} wanted */
  async openInterface_({ address, family, name }) {
    const id = this.nextInterfaceId_++;
    const entry = new UdpInterface(address, family, {
      counters: this.counters_,
      keepAlive: this.keepsProcess_,
      received: (from, port, data) => this.sink_.datagram(id, from, port, data),
      lost: () => {
        if (!this.interfaces_.delete(id)) return;
        this.sink_.interfaceRemoved(id);
      },
    });
    const port = await entry.open();
    if (port === undefined) return;
    if (this.closed_) {
      entry.close();
      return;
    }
    this.interfaces_.set(id, entry);
    entry.keepProcess(this.keepsProcess_);
    const mtu = name === undefined ? undefined : linkMtu(name);
    this.sink_.interfaceAdded({ id, kind: 'udp', address, port, ...(mtu ? { mtu } : {}) });
  }

  /**
   * @param {StreamRequest} request
   * @param {import('./websocket-stream.js').WebSocketStreamCallbacks} callbacks
   */
  openWebSocket_({ streamId, url }, callbacks) {
    const { queue, openTimeoutMs } = this.options_;
    const WebSocket = this.options_.WebSocket ?? webSocketClass();
    const options = { WebSocket, counters: this.counters_, queue, openTimeoutMs };
    this.addStream_(streamId, new WebSocketStream(url, options, callbacks));
  }

  /**
   * @param {StreamRequest} request
   * @param {import('./websocket-stream.js').WebSocketStreamCallbacks} callbacks
   */
  openTcp_({ streamId, host, port, transport, tlsName }, callbacks) {
    const { queue, openTimeoutMs, tls } = this.options_;
    const options = {
      secure: transport === 'tls',
      tlsName,
      tls,
      counters: this.counters_,
      queue,
      openTimeoutMs,
    };
    this.addStream_(streamId, new TcpStream(host, port, options, callbacks));
  }

  /**
   * @param {string} hostname
   * @returns {Promise<string[]>}
   */
  async addressesOf_(hostname) {
    if (literalFamily(hostname) !== 0) return [hostname];
    if (isMulticastName(hostname)) return this.resolver_.resolve(hostname);
    /** @type {any} */
    let timer;
    const tooLate = new Promise((resolve) => {
      timer = setTimeout(resolve, kLookupTimeoutMs, []);
    });
    const { lookup } = process.getBuiltinModule('node:dns/promises');
    const found = lookup(hostname, { all: true, verbatim: true }).then(
      (entries) => entries.map(({ address }) => address),
      () => [],
    );
    const addresses = await Promise.race([found, tooLate]);
    clearTimeout(timer);
    return addresses;
  }
}

/**
 * Addresses that the application chose do not change.
 * @param {UdpNetworkOptions} options
 */
function watchOf(options) {
  if (options.addresses || options.watchIntervalMs === 0) return undefined;
  return new InterfaceWatch({
    addresses: () => wantedAddresses(options).map(({ address }) => address),
    ...(options.watchIntervalMs === undefined ? {} : { intervalMs: options.watchIntervalMs }),
  });
}

/** @typedef {{address: string, family: 4 | 6, name?: string}} WantedAddress */

/**
 * @param {UdpNetworkOptions} options
 * @returns {WantedAddress[]}
 */
function wantedAddresses({ addresses, family, includeLoopback, interfaces }) {
  if (!addresses) return localAddresses({ family, includeLoopback, interfaces });
  return addresses.map((address) => ({ address, family: literalFamily(address) === 6 ? 6 : 4 }));
}

/**
 * @typedef {import('./network.js').Network} Network
 * @typedef {import('./network.js').NetworkSink} NetworkSink
 * @typedef {import('./network.js').NetworkAttachment} NetworkAttachment
 * @typedef {import('./network.js').StreamRequest} StreamRequest
 */
