// The network of pages, workers and edge runtimes: no datagram interface at all, and byte streams
// to TURN relays over WebSocket. It never learns, and so never tells, a local address.

import {
  StreamCloseReason,
  copyCounters,
  createCounters,
  isMulticastName,
  literalFamily,
  realClock,
} from './network.js';
import { RelayNames } from './relay-names.js';
import { WebSocketStream } from './websocket-stream.js';

/**
 * Where a relay is and who we are to it. `url` is `ws:` or `wss:`.
 * @typedef {{url: string, username?: string, credential?: string}} RelayAddress
 */

/**
 * An address, several, or an (async) function that gives them: credentials expire, so it is asked
 * anew for every connection.
 * @typedef {RelayAddress | RelayAddress[] |
 *   (() => RelayAddress | RelayAddress[] | Promise<RelayAddress | RelayAddress[]>)} RelaySource
 */

/**
 * @typedef {object} RelayNetworkOptions
 * @property {RelaySource} [relay]
 * @property {any} [WebSocket]  the class to use; the realm's own by default
 * @property {import('./frame-queue.js').FrameQueueOptions} [queue]
 * @property {number} [openTimeoutMs]
 */

/** @implements {Network} */
export class RelayNetwork {
  /** @param {RelayNetworkOptions} [options] */
  constructor(options = {}) {
    this.options_ = options;
    this.now = realClock.now;
    this.setTimer = realClock.setTimer;
    this.clearTimer = realClock.clearTimer;
  }

  /**
   * The relay as a TURN server of the engine. At once when the configuration is at hand, else a
   * promise, which rejects when the application's function does.
   * @returns {EngineIceServer[] | Promise<EngineIceServer[]>}
   */
  iceServers() {
    return relayServers(this.options_.relay);
  }

  /**
   * @param {NetworkSink} sink
   * @returns {NetworkAttachment}
   */
  attach(sink) {
    return new RelayAttachment(sink, this.options_);
  }
}

/**
 * @param {RelaySource | undefined} source
 * @returns {EngineIceServer[] | Promise<EngineIceServer[]>}
 */
export function relayServers(source) {
  const relays = typeof source === 'function' ? source() : source;
  // Not `instanceof`: the application's promise may come from another realm.
  if (relays && 'then' in relays) return Promise.resolve(relays).then(toEngineServers);
  return toEngineServers(relays);
}

/**
 * @param {RelayAddress | RelayAddress[] | undefined} relays
 * @returns {EngineIceServer[]}
 */
function toEngineServers(relays) {
  if (relays === undefined) return [];
  return (Array.isArray(relays) ? relays : [relays]).map(toEngineServer);
}

/**
 * @param {RelayAddress} relay
 * @returns {EngineIceServer}
 */
function toEngineServer(relay) {
  const url = parseRelayUrl(relay.url);
  return {
    kind: 'turn',
    transport: 'relay',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'wss:' ? 443 : 80),
    username: relay.username ?? '',
    credential: relay.credential ?? '',
    url: url.href,
  };
}

/** @param {string} text */
function parseRelayUrl(text) {
  let url;
  try {
    url = new URL(text);
  } catch (error) {
    throw new SyntaxError(`the relay's url is not a URL: ${text}`, { cause: error });
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new SyntaxError(`the relay's url must begin with ws: or wss:, not ${url.protocol}`);
  }
  return url;
}

/** @implements {NetworkAttachment} */
class RelayAttachment {
  /**
   * @param {NetworkSink} sink
   * @param {RelayNetworkOptions} options
   */
  constructor(sink, options) {
    this.sink_ = sink;
    this.options_ = options;
    this.counters_ = createCounters();
    /** @type {Map<number, WebSocketStream>} */
    this.streams_ = new Map();
    this.names_ = new RelayNames(() => this.streams_.values());
    this.keepsProcess_ = true;
    this.closed_ = false;
  }

  gather() {
    this.later_(() => this.sink_.interfacesComplete());
  }

  send() {
    // There is no interface, so nobody has an id to send from.
  }

  /** @param {StreamRequest} request */
  openStream({ streamId, url, transport }) {
    if (this.closed_) return;
    if (transport !== 'relay') {
      const detail = `${url}: only relays can be reached without sockets of our own`;
      this.later_(() => this.sink_.streamClosed(streamId, StreamCloseReason.cannotReach, detail));
      return;
    }
    const stream = new WebSocketStream(
      url,
      {
        WebSocket: this.options_.WebSocket ?? globalThis.WebSocket,
        counters: this.counters_,
        queue: this.options_.queue,
        openTimeoutMs: this.options_.openTimeoutMs,
      },
      {
        opened: () => {
          this.sink_.streamOpened(streamId);
          this.names_.streamOpened(stream);
        },
        data: (data) => this.sink_.streamData(streamId, data),
        closed: (reason, detail) => {
          this.streams_.delete(streamId);
          this.names_.streamClosed(stream);
          this.sink_.streamClosed(streamId, reason, detail);
        },
        control: (message) => this.names_.answered(stream, message),
      },
    );
    this.streams_.set(streamId, stream);
    if (!this.keepsProcess_) stream.keepProcess(false);
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
    const stream = this.streams_.get(streamId);
    if (!stream) return;
    this.streams_.delete(streamId);
    stream.close();
    this.names_.streamClosed(stream);
  }

  /**
   * Only relays can look names up for us, and they do so for `.local` names alone.
   * @param {number} resolveId
   * @param {string} hostname
   */
  resolve(resolveId, hostname) {
    if (this.closed_) return;
    if (literalFamily(hostname) !== 0) {
      this.later_(() => this.sink_.resolved(resolveId, [hostname]));
    } else if (!isMulticastName(hostname)) {
      this.later_(() => this.sink_.resolved(resolveId, []));
    } else {
      this.names_.ask(hostname, (addresses) => this.sink_.resolved(resolveId, addresses));
    }
  }

  bufferedAmount() {
    let sum = 0;
    for (const stream of this.streams_.values()) sum += stream.bufferedAmount();
    return sum;
  }

  counters() {
    return copyCounters(this.counters_);
  }

  /** @param {boolean} isKept */
  keepProcess(isKept) {
    this.keepsProcess_ = isKept;
    for (const stream of this.streams_.values()) stream.keepProcess(isKept);
  }

  close() {
    if (this.closed_) return;
    this.closed_ = true;
    this.names_.close();
    for (const stream of this.streams_.values()) stream.close();
    this.streams_.clear();
  }

  /** @param {() => void} report */
  later_(report) {
    queueMicrotask(() => {
      if (!this.closed_) report();
    });
  }
}

/**
 * @typedef {import('./network.js').Network} Network
 * @typedef {import('./network.js').NetworkSink} NetworkSink
 * @typedef {import('./network.js').NetworkAttachment} NetworkAttachment
 * @typedef {import('./network.js').StreamRequest} StreamRequest
 * @typedef {import('./network.js').EngineIceServer} EngineIceServer
 */
