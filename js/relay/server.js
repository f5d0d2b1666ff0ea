// Puts the relay together: listeners, the TURN server or the bridge to upstreams, the extras.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { isIP } from 'node:net';
import { MulticastResolver } from '../net/multicast-resolver.js';
import { TrustedProxies } from './client-address.js';
import { loadEngine } from './engine.js';
import { createHttpHandler, kRelayPath } from './http.js';
import { ConnectionLimits, PendingBudget } from './limits.js';
import { createLogger } from './log.js';
import { MetricsServer } from './metrics-server.js';
import { normalizeOptions } from './options.js';
import { OriginPolicy } from './origins.js';
import { RelaySockets, chooseRelayAddresses } from './relay-sockets.js';
import { Signaling } from './signaling.js';
import { Sweeper } from './sweeper.js';
import { TcpListener } from './tcp-listener.js';
import { TlsFiles } from './tls-files.js';
import { ownAddresses, turnServerConfig } from './turn-config.js';
import { TurnService } from './turn-service.js';
import { UdpListener } from './udp-listener.js';
import { UpstreamBridge, UpstreamPool } from './upstream.js';
import { WebSocketClients } from './websocket-clients.js';

/** How long clients may take to leave when the relay closes. */
const kCloseTimeoutMs = 2000;
/** HTTP connections that there may be even where hardly any WebSockets may. */
const kSpareConnections = 16;
/** How often a draining relay looks whether anybody is left. */
const kDrainStepMs = 100;
/** How often it is looked whether the machine has got other addresses, as with DHCP or SLAAC. */
const kAddressIntervalMs = 10_000;
/** How long the relay listens to announcements of `.local` names after a client came or asked. */
const kNamesLingerMs = 60_000;

/**
 * What only programs can give, beside the operator's options.
 * @typedef {object} RelayExtras
 * @property {any} [engine]      the initialised WASM module, when it is loaded already
 * @property {import('./log.js').Logger} [log]
 * @property {import('./mdns.js').Resolve} [resolve]  looks .local names up
 * @property {import('node:tls').ConnectionOptions} [upstreamTls]
 * @property {number} [healthIntervalMs]
 * @property {number} [tlsCheckIntervalMs]  how often certificate files are looked at
 * @property {() => number} [unixMs]  the time of day by which certificates expire
 * @property {typeof import('node:os').networkInterfaces} [interfaces]  of the machine
 * @property {number} [addressIntervalMs]  how often these are looked at
 */

/**
 * @typedef {object} Relay
 * @property {string} url        of the WebSocket
 * @property {string} httpUrl
 * @property {{http: number, turnUdp?: number, turnTcp?: number, turnTls?: number,
 *   metrics?: number}} ports
 * @property {string[]} uris     all ways to reach it, as in TURN REST answers
 * @property {() => Record<string, unknown>} stats
 * @property {() => Promise<void>} reloadTls  looks at the certificate files now; what is bad is
 *   logged, and the certificate in use stays
 * @property {() => Promise<void>} drain  takes no new clients and makes no allocations, and closes
 *   when those that are there have ended, or after `drainTimeoutMs`
 * @property {() => Promise<void>} close  at once; settles when nothing is left open
 */

/**
 * Starts a relay.
 * @param {Omit<Partial<import('./options.js').RelayOptions>, 'limits'> &
 *   {limits?: Partial<import('./options.js').RelayLimits>}} [partial]
 * @param {RelayExtras} [extras]
 * @returns {Promise<Relay>}
 * @throws {import('./options.js').OptionError} and the system's errors (EADDRINUSE, EACCES, …)
 */
export async function createRelay(partial, extras = {}) {
  const options = normalizeOptions(partial);
  if (options.issueCredentials && options.secrets.length === 0) {
    options.secrets = [randomBytes(32).toString('base64')];
  }
  const server = new RelayServer(options, extras);
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    url: server.url,
    httpUrl: server.httpUrl,
    ports: server.ports,
    uris: server.uris(),
    stats: () => server.stats(),
    reloadTls: () => server.reloadTls(),
    drain: () => server.drain(),
    close: () => server.close(),
  };
}

class RelayServer {
  /**
   * @param {import('./options.js').RelayOptions} options
   * @param {RelayExtras} extras
   */
  constructor(options, extras) {
    this.options_ = options;
    this.extras_ = extras;
    const { logLevel: level, logFormat: format } = options;
    this.log_ = extras.log ?? createLogger({ level, format, limited: true });
    this.connections_ = new ConnectionLimits({
      total: options.limits.maxConnections,
      perAddress: options.limits.maxConnectionsPerAddress,
    });
    // Plain requests and handshakes come on top of what is counted once it is upgraded.
    this.httpConnections_ = new ConnectionLimits({
      total: 2 * options.limits.maxConnections + kSpareConnections,
      perAddress: 2 * options.limits.maxConnectionsPerAddress + kSpareConnections,
    });
    this.proxies_ = new TrustedProxies(options.trustedProxies);
    this.budget_ = new PendingBudget({ total: options.limits.maxPendingBytesInTotal });
    this.sweeper_ = new Sweeper(options.limits);
    /** Upgrades that were turned away. */
    this.refused_ = { limit: 0, origin: 0, path: 0, draining: 0 };
    /** @type {import('node:http').Server[]} */
    this.httpServers_ = [];
    /** @type {TcpListener[]} */
    this.tcpListeners_ = [];
    /** @type {UdpListener[]} */
    this.udpListeners_ = [];
    /** @type {TurnService | undefined} */
    this.service_ = undefined;
    /** @type {UpstreamPool | undefined} */
    this.pool_ = undefined;
    /** @type {UpstreamBridge | undefined} */
    this.bridge_ = undefined;
    /** @type {WebSocketClients | UpstreamBridge | undefined} */
    this.clients_ = undefined;
    /** @type {RelaySockets | undefined} */
    this.relaySockets_ = undefined;
    /** @type {Signaling | undefined} */
    this.signaling_ = undefined;
    /** @type {MetricsServer | undefined} */
    this.metrics_ = undefined;
    /** @type {MulticastResolver | undefined} */
    this.resolver_ = undefined;
    /** @type {TlsFiles | undefined} */
    this.tlsFiles_ = undefined;
    /** @type {import('./tls-files.js').TlsMaterial | undefined} */
    this.tls_ = undefined;
    /** @type {any} */
    this.addressTimer_ = undefined;
    /** @type {Relay['ports']} */
    this.ports = { http: 0 };
    /** @type {Promise<void> | undefined} */
    this.draining_ = undefined;
    /** @type {Promise<void> | undefined} */
    this.closing_ = undefined;
  }

  get httpUrl() {
    const host = urlHost(this.options_.listen[0]);
    return `${this.tls_ ? 'https' : 'http'}://${host}:${this.ports.http}/`;
  }

  get url() {
    return `${this.httpUrl.replace(/^http/, 'ws').slice(0, -1)}${kRelayPath}`;
  }

  async start() {
    const { options_: options } = this;
    await this.startTls_();
    if (options.signaling)
      this.signaling_ = new Signaling({ budget: this.budget_, log: this.log_ });
    if (options.upstreams.length > 0) this.startBridge_();
    else await this.startTurn_();
    await this.listenHttp_();
    if (options.metricsPort !== undefined) {
      this.metrics_ = new MetricsServer({ stats: () => this.stats(), log: this.log_ });
      this.ports.metrics = await this.metrics_.listen(options.metricsListen, options.metricsPort);
    }
    this.log_.info('listening', { url: this.url, uris: this.uris() });
  }

  /**
   * All the ways to us, for the host by which the asker knows us.
   * @param {import('node:http').IncomingMessage} [request]
   */
  uris(request) {
    const { publicUrl, listen, externalAddresses } = this.options_;
    const base = publicUrl ?? this.httpUrl;
    const known = request?.headers.host;
    const http = new URL(!publicUrl && known ? `${new URL(base).protocol}//${known}/` : base);
    const relay = `${http.protocol === 'https:' ? 'wss' : 'ws'}://${http.host}${kRelayPath}`;
    const bound = listen[0] === '0.0.0.0' || listen[0] === '::' ? undefined : listen[0];
    const host = urlHost(externalAddresses[0] ?? bound ?? http.hostname.replace(/^\[|\]$/g, ''));
    const { turnUdp, turnTcp, turnTls } = this.ports;
    return [
      relay,
      ...(turnUdp ? [`turn:${host}:${turnUdp}?transport=udp`] : []),
      ...(turnTcp ? [`turn:${host}:${turnTcp}?transport=tcp`] : []),
      ...(turnTls ? [`turns:${host}:${turnTls}?transport=tcp`] : []),
    ];
  }

  stats() {
    const sum = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0);
    const tcp = this.tcpListeners_;
    const udp = this.udpListeners_;
    const clientSockets = sum(udp.map(({ dropped }) => dropped));
    const slowClients = sum([this.clients_?.dropped ?? 0, ...tcp.map(({ dropped }) => dropped)]);
    const limit = this.refused_.limit + sum(tcp.map(({ refused }) => refused));
    return {
      ...this.health_(),
      connections: this.connections_.open,
      websockets: this.clients_?.open ?? 0,
      tcpClients: sum(tcp.filter(({ secure }) => !secure).map(({ open }) => open)),
      tlsClients: sum(tcp.filter(({ secure }) => secure).map(({ open }) => open)),
      udpClients: sum(udp.map(({ clients }) => clients)),
      signalingMembers: this.signaling_?.members ?? 0,
      refused: { ...this.refused_, limit },
      pendingBytes: this.budget_.pending,
      dropped: {
        slowClients,
        clientSockets,
        peerSockets: this.relaySockets_?.dropped ?? 0,
        unknownSources: sum(udp.map(({ refused }) => refused)),
      },
      ...(this.tlsFiles_ && {
        tls: { expiresAt: this.tlsFiles_.expiresAt, failures: this.tlsFiles_.failures },
      }),
      ...(this.pool_
        ? { upstreams: this.pool_.status(), bridged: this.bridge_?.bytes }
        : { turn: this.service_?.stats() }),
    };
  }

  health_() {
    return { healthy: this.pool_?.healthy ?? true, draining: this.draining_ !== undefined };
  }

  async reloadTls() {
    await this.tlsFiles_?.check({ evenIfSeen: true });
  }

  drain() {
    this.draining_ ??= this.drainOnce_();
    return this.draining_;
  }

  async drainOnce_() {
    const { drainTimeoutMs } = this.options_;
    this.log_.info('draining', { timeoutMs: drainTimeoutMs });
    this.service_?.stopAllocating();
    for (const listener of this.tcpListeners_) listener.stopListening();
    /** Clients that something would be lost for. */
    const left = () => this.service_?.allocations ?? this.clients_?.open ?? 0;
    await new Promise((resolve) => {
      const finish = () => {
        clearInterval(look);
        clearTimeout(timer);
        resolve(undefined);
      };
      const look = setInterval(() => (left() === 0 || this.closing_) && finish(), kDrainStepMs);
      const timer = setTimeout(finish, drainTimeoutMs);
      if (left() === 0) finish();
    });
    this.log_.info('drained', { left: left() });
    await this.close();
  }

  close() {
    this.closing_ ??= this.closeOnce_();
    return this.closing_;
  }

  async closeOnce_() {
    const closed = this.httpServers_.map((server) =>
      server.listening ? new Promise((resolve) => server.close(resolve)) : undefined,
    );
    this.clients_?.close();
    this.signaling_?.close();
    for (const listener of [...this.tcpListeners_, ...this.udpListeners_]) listener.close();
    for (const server of this.httpServers_) server.closeIdleConnections();
    const cutOff = setTimeout(() => {
      this.clients_?.terminate();
      this.signaling_?.terminate();
      for (const server of this.httpServers_) server.closeAllConnections();
    }, kCloseTimeoutMs);
    await Promise.all(closed);
    clearTimeout(cutOff);
    this.bridge_?.terminate();
    this.metrics_?.close();
    this.pool_?.close();
    clearInterval(this.addressTimer_);
    this.service_?.close();
    this.sweeper_.close();
    this.tlsFiles_?.close();
    this.resolver_?.close();
    this.log_.info('closed');
  }

  async startTls_() {
    const { tlsCert: cert, tlsKey: key } = this.options_;
    if (cert === undefined || key === undefined) return;
    this.tlsFiles_ = new TlsFiles({
      cert,
      key,
      log: this.log_,
      intervalMs: this.extras_.tlsCheckIntervalMs,
      unixMs: this.extras_.unixMs,
      // Handshakes from now on; who is connected stays so.
      onChange: (material) => {
        this.tls_ = material;
        for (const server of this.httpServers_) {
          /** @type {import('node:https').Server} */ (server).setSecureContext(material);
        }
        for (const listener of this.tcpListeners_) listener.reload(material);
      },
    });
    this.tls_ = await this.tlsFiles_.start();
  }

  startBridge_() {
    this.pool_ = new UpstreamPool(this.options_.upstreams, {
      log: this.log_,
      intervalMs: this.extras_.healthIntervalMs,
      tls: this.extras_.upstreamTls,
    });
    void this.pool_.check();
    this.bridge_ = new UpstreamBridge({ pool: this.pool_, ...this.clientParts_() });
    this.clients_ = this.bridge_;
  }

  async startTurn_() {
    const { options_: options, log_: log, sweeper_: sweeper } = this;
    const sockets = new RelaySockets({
      addresses: chooseRelayAddresses(options),
      minPort: options.minPort,
      maxPort: options.maxPort,
      log,
    });
    this.relaySockets_ = sockets;
    const service = new TurnService({
      engine: this.extras_.engine ?? (await loadEngine()),
      config: turnServerConfig(options, this.extras_.interfaces),
      sockets,
      log,
    });
    this.service_ = service;
    this.watchAddresses_(service);
    this.clients_ = new WebSocketClients({ service, ...this.clientParts_() });
    const parts = { service, sweeper, log, limits: options.limits, budget: this.budget_ };
    for (const [i, host] of options.listen.entries()) {
      // The first address may take any port; the others take the same.
      if (options.turnTcp) {
        const tcp = new TcpListener({ ...parts, connections: this.connections_ });
        this.tcpListeners_.push(tcp);
        const port = i > 0 ? this.ports.turnTcp : options.turnPort;
        this.ports.turnTcp = await tcp.listen(host, port ?? 0);
      }
      if (options.turnUdp) {
        const udp = new UdpListener(parts);
        this.udpListeners_.push(udp);
        const port = i > 0 ? this.ports.turnUdp : (this.ports.turnTcp ?? options.turnPort);
        this.ports.turnUdp = await udp.listen(host, port ?? 0);
      }
      if (options.turnsPort !== undefined) {
        const { connections_: connections, tls_: tls } = this;
        const listener = new TcpListener({ ...parts, connections, tls });
        this.tcpListeners_.push(listener);
        const port = i > 0 ? this.ports.turnTls : options.turnsPort;
        this.ports.turnTls = await listener.listen(host, port ?? 0);
      }
    }
  }

  /** @param {TurnService} service */
  watchAddresses_(service) {
    const { interfaces, addressIntervalMs = kAddressIntervalMs } = this.extras_;
    const own = () => ownAddresses(this.options_, interfaces);
    let known = own().join();
    this.addressTimer_ = setInterval(() => {
      const addresses = own();
      if (addresses.join() === known) return;
      known = addresses.join();
      service.setOwnAddresses(addresses);
    }, addressIntervalMs);
    this.addressTimer_.unref();
  }

  clientParts_() {
    const { limits, mdns } = this.options_;
    let { resolve } = this.extras_;
    /** @type {(() => void) | undefined} */
    let expectNames;
    if (mdns && !resolve) {
      const resolver = new MulticastResolver({ lingerMs: kNamesLingerMs });
      this.resolver_ = resolver;
      resolve = (hostname) => resolver.resolve(hostname);
      expectNames = () => resolver.listen();
    }
    const names = mdns ? resolve : undefined;
    const { sweeper_: sweeper, budget_: budget, log_: log } = this;
    return { limits, budget, resolve: names, expectNames, sweeper, log };
  }

  /** @param {import('node:net').Socket} socket */
  admitHttp_(socket) {
    const { remoteAddress = '' } = socket;
    // A proxy bounds what its own clients do.
    if (this.proxies_.includes(remoteAddress)) return;
    const release = this.httpConnections_.acquire(remoteAddress);
    if (release) {
      socket.on('close', release);
    } else {
      this.refused_.limit++;
      socket.destroy();
    }
  }

  async listenHttp_() {
    const { allowOrigins, publicUrl, listen, httpPort } = this.options_;
    const { onRequest, onUpgrade } = createHttpHandler({
      options: this.options_,
      origins: new OriginPolicy({ allow: allowOrigins, publicUrl }),
      connections: this.connections_,
      proxies: this.proxies_,
      relay: (request, stream, head, address) =>
        this.clients_?.upgrade(request, stream, head, address),
      signaling: this.signaling_,
      health: () => this.health_(),
      refused: (reason) => this.refused_[reason]++,
      uris: (request) => this.uris(request),
      log: this.log_,
    });
    for (const [i, host] of listen.entries()) {
      const headersTimeout = Math.min(10_000, this.options_.limits.handshakeTimeoutMs);
      const settings = {
        headersTimeout,
        requestTimeout: headersTimeout + 5000,
        connectionsCheckingInterval: Math.ceil(headersTimeout / 2),
        maxHeaderSize: 8192,
      };
      const handshakeTimeout = this.options_.limits.handshakeTimeoutMs;
      const server = this.tls_
        ? createHttpsServer({ ...settings, ...this.tls_, handshakeTimeout }, onRequest)
        : createHttpServer(settings, onRequest);
      server.on('connection', (/** @type {import('node:net').Socket} */ socket) =>
        this.admitHttp_(socket),
      );
      // Who takes nothing of an answer for so long is cut off as well. WebSockets switch it off.
      server.timeout = handshakeTimeout;
      server.on('upgrade', onUpgrade);
      server.on('clientError', (_, stream) => stream.destroy());
      this.httpServers_.push(server);
      server.listen({ host, port: i > 0 ? this.ports.http : httpPort, ipv6Only: true });
      await once(server, 'listening');
      server.on('error', (error) =>
        this.log_.error('listener', { kind: 'http', text: error.message }),
      );
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      this.ports.http = address.port;
    }
  }
}

/** @param {string} host */
function urlHost(host) {
  return isIP(host) === 6 ? `[${host}]` : host;
}
