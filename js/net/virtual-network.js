// A network in memory, for tests in any realm: hosts, links between them and the core, NATs. Seeded:
// the same seed and the same calls give the same packets at the same times.
//
//   const network = new VirtualNetwork({ seed: 1, link: { latency: 20, loss: 0.01 } });
//   const alice = network.host({ addresses: ['192.0.2.1'] });   // a Network for one connection
//   await network.run(1000);

import { VirtualClock } from './virtual-clock.js';
import { VirtualLink, seededRandom } from './virtual-link.js';
import { VirtualNat } from './virtual-nat.js';
import { stunAnswer } from './virtual-stun.js';
import {
  StreamCloseReason,
  copyCounters,
  countSendError,
  createCounters,
  literalFamily,
} from './network.js';

/**
 * @typedef {object} VirtualNetworkOptions
 * @property {number} [seed]
 * @property {import('./virtual-link.js').LinkOptions} [link]  for hosts that name none
 * @property {boolean} [realTime]  packets take real time; default is virtual time
 * @property {number} [start]      what the virtual clock shows at first, ms
 * @property {() => Promise<void> | undefined} [settle]  waits until all that an event set going has run
 */

/**
 * @typedef {object} HostOptions
 * @property {string[]} addresses
 * @property {string} [name]       resolvable by the other hosts
 * @property {import('./virtual-link.js').LinkOptions} [link]
 * @property {VirtualNat} [nat]    the host lives behind it; its addresses are unknown outside
 * @property {boolean} [blocksUdp] a firewall before the host lets no datagram pass, in or out
 */

/** IPv4 or IPv6 header and UDP header. */
const kHeaderBytes = { 4: 28, 6: 48 };
/** What waits for a host that is suspended, in bytes. */
const kSocketBuffer = 208 * 1024;
/** First port of RFC 6335's dynamic range. */
const kFirstPort = 49_152;

/** @typedef {import('./virtual-nat.js').Packet} Packet */
/** @typedef {import('./virtual-nat.js').Endpoint} Endpoint */
/** @typedef {'delivered' | 'loss' | 'mtu' | 'queue' | 'nat' | 'unroutable' | 'no-socket' | 'filtered'} Fate */
/** @typedef {(packet: Packet, from: VirtualHost) => Packet | Packet[] | null | undefined} Filter */
/** @typedef {(source: Endpoint, data: Uint8Array) => void} Receiver */

export class VirtualNetwork {
  /** @param {VirtualNetworkOptions} [options] */
  constructor({ seed = 1, link = {}, realTime, start, settle } = {}) {
    this.clock_ = new VirtualClock({ realTime, start, settle });
    this.random_ = seededRandom(seed);
    this.link_ = link;
    /** Who answers for an address of the core. @type {Map<string, VirtualHost | VirtualNat>} */
    this.routes_ = new Map();
    /** @type {Map<VirtualNat, Map<string, VirtualHost>>} */
    this.inside_ = new Map();
    /** @type {Map<string, string[]>} */
    this.names_ = new Map();
    /** @type {Set<(packet: Packet, fate: Fate, at: number) => void>} */
    this.taps_ = new Set();
    /** @type {Set<Filter>} */
    this.filters_ = new Set();
    /** @type {Record<Fate, number>} */
    this.fates_ = {
      delivered: 0,
      loss: 0,
      mtu: 0,
      queue: 0,
      nat: 0,
      unroutable: 0,
      'no-socket': 0,
      filtered: 0,
    };
  }

  now() {
    return this.clock_.now();
  }

  /** @param {HostOptions} options */
  host(options) {
    const host = new VirtualHost(this, options);
    for (const address of options.addresses) this.route_(host, address);
    if (options.name) this.names_.set(options.name.toLowerCase(), options.addresses);
    return host;
  }

  /** @param {import('./virtual-nat.js').NatOptions} options */
  nat(options) {
    if (this.routes_.has(options.address)) throw new Error(`${options.address} is taken`);
    const nat = new VirtualNat(options);
    this.routes_.set(options.address, nat);
    this.inside_.set(nat, new Map());
    return nat;
  }

  /**
   * Advances the clock.
   * @param {number} ms
   */
  run(ms) {
    return this.clock_.run(ms);
  }

  /**
   * Advances the clock until `condition` holds; rejects when `limitMs` was not enough.
   * @param {() => boolean} condition
   * @param {{limitMs?: number}} [options]
   */
  runUntil(condition, options) {
    return this.clock_.runUntil(condition, options);
  }

  /**
   * Shows every packet and what became of it. Returns a function that ends that.
   * @param {(packet: Packet, fate: Fate, at: number) => void} listener
   */
  tap(listener) {
    this.taps_.add(listener);
    return () => this.taps_.delete(listener);
  }

  /**
   * Lets a function look at every packet as it leaves its host, before the host's link and NAT. It gives the
   * packet or packets that go on in its place, null for none, undefined to let it be; it must not change the
   * bytes it is shown. Returns a function that ends that.
   * @param {Filter} filter
   */
  filter(filter) {
    this.filters_.add(filter);
    return () => this.filters_.delete(filter);
  }

  /** How many packets met which fate so far. */
  fates() {
    return { ...this.fates_ };
  }

  /** Timers and packets that are still to come. */
  get pending() {
    return this.clock_.pending;
  }

  /** Drops everything that is under way; nothing fires afterwards. */
  close() {
    this.clock_.clear();
  }

  /**
   * @param {VirtualHost} host
   * @param {string} address
   */
  route_(host, address) {
    const family = literalFamily(address);
    const routes = host.nat ? this.inside_.get(host.nat) : this.routes_;
    if (family === 0) throw new TypeError(`not an IP address: ${address}`);
    if (!routes) throw new Error('that NAT belongs to another network');
    if (routes.has(address)) throw new Error(`${address} is taken`);
    routes.set(address, host);
  }

  /**
   * @param {VirtualHost} host
   * @param {string} address
   */
  unroute_(host, address) {
    const routes = host.nat ? this.inside_.get(host.nat) : this.routes_;
    routes?.delete(address);
  }

  /**
   * From the host's socket up its link.
   * @param {VirtualHost} host
   * @param {Packet} packet
   */
  transmit_(host, packet) {
    if (host.blocksUdp) {
      this.settleFate_(packet, 'nat');
      return;
    }
    let packets = [packet];
    for (const filter of this.filters_) {
      packets = packets.flatMap((one) => {
        const result = filter(one, host);
        if (result === undefined) return [one];
        if (result === null) this.settleFate_(one, 'filtered');
        return result ?? [];
      });
    }
    for (const one of packets) this.send_(host, one);
  }

  /**
   * @param {VirtualHost} host
   * @param {Packet} packet
   */
  send_(host, packet) {
    this.travel_(host.uplink, packet, (arrived) => this.forward_(host, arrived));
  }

  /**
   * @param {VirtualHost} from
   * @param {Packet} packet
   */
  forward_(from, packet) {
    const { nat } = from;
    if (!nat) {
      this.deliver_(packet);
      return;
    }
    const neighbour = this.inside_.get(nat)?.get(packet.destination.address);
    if (neighbour) {
      if (nat.isolatesHosts) this.settleFate_(packet, 'nat');
      else this.descend_(neighbour, packet);
      return;
    }
    const translated = nat.outbound(packet, this.now());
    if (translated) this.deliver_(translated);
    else this.settleFate_(packet, 'nat');
  }

  /** @param {Packet} packet */
  deliver_(packet) {
    const target = this.routes_.get(packet.destination.address);
    if (target instanceof VirtualNat) {
      const translated = target.inbound(packet, this.now());
      const host = translated && this.inside_.get(target)?.get(translated.destination.address);
      if (!translated || !host) this.settleFate_(packet, 'nat');
      else this.descend_(host, translated);
    } else if (target) {
      this.descend_(target, packet);
    } else {
      this.settleFate_(packet, 'unroutable');
    }
  }

  /**
   * Down the link of the host that it is for.
   * @param {VirtualHost} host
   * @param {Packet} packet
   */
  descend_(host, packet) {
    if (host.blocksUdp) this.settleFate_(packet, 'nat');
    else this.travel_(host.downlink, packet, (arrived) => host.receive_(arrived));
  }

  /**
   * @param {VirtualLink} link
   * @param {Packet} packet
   * @param {(packet: Packet) => void} arrive
   */
  travel_(link, packet, arrive) {
    const family = literalFamily(packet.destination.address) === 6 ? 6 : 4;
    const { arrivals, lost } = link.transfer(packet.data.length + kHeaderBytes[family], this.now());
    if (lost) this.settleFate_(packet, lost);
    arrivals.forEach((at, copy) => {
      // Receivers own what they get, so each copy is its own.
      const own = copy === 0 ? packet : { ...packet, data: packet.data.slice() };
      this.clock_.schedule(() => arrive(own), at);
    });
  }

  /**
   * @param {Packet} packet
   * @param {Fate} fate
   */
  settleFate_(packet, fate) {
    this.fates_[fate]++;
    for (const tap of this.taps_) tap(packet, fate, this.now());
  }
}

/** @implements {Network} */
export class VirtualHost {
  /**
   * Made by `VirtualNetwork.host`.
   * @param {VirtualNetwork} network
   * @param {HostOptions} options
   */
  constructor(network, { addresses, link, nat, blocksUdp = false }) {
    this.network = network;
    this.addresses = [...addresses];
    this.nat = nat;
    /** May be changed in mid-session. */
    this.blocksUdp = blocksUdp;
    const linkOptions = { ...network.link_, ...link };
    this.uplink = new VirtualLink(network.random_, linkOptions);
    this.downlink = new VirtualLink(network.random_, linkOptions);
    this.nextPort_ = kFirstPort;
    /** @type {Map<string, Receiver>} */
    this.sockets_ = new Map();
    /** @type {Set<VirtualAttachment>} */
    this.attachments_ = new Set();
    /** What waits for a host that is suspended, undefined while it is awake. @type {(() => void)[] | undefined} */
    this.asleep_ = undefined;
    this.asleepBytes_ = 0;
    this.now = () => network.now();
    this.setTimer = (/** @type {() => void} */ callback, /** @type {number} */ atMs) => {
      const timer = { entry: /** @type {any} */ (undefined), isCleared: false };
      // It may be cleared while it waits for the host to wake up.
      const run = () => {
        if (!timer.isCleared) callback();
      };
      timer.entry = network.clock_.schedule(() => this.whenAwake(run), atMs);
      return timer;
    };
    this.clearTimer = (/** @type {any} */ timer) => {
      if (!timer) return;
      timer.isCleared = true;
      network.clock_.cancel(timer.entry);
    };
  }

  /**
   * @param {NetworkSink} sink
   * @returns {NetworkAttachment}
   */
  attach(sink) {
    const attachment = new VirtualAttachment(this, sink);
    this.attachments_.add(attachment);
    return attachment;
  }

  get isSuspended() {
    return this.asleep_ !== undefined;
  }

  /** Timers and packets wait from now on, as for a process that is stopped or a lid that is closed. */
  suspend() {
    this.asleep_ ??= [];
  }

  /** What has waited happens now, in its order. */
  resume() {
    const waiting = this.asleep_ ?? [];
    this.asleep_ = undefined;
    this.asleepBytes_ = 0;
    for (const run of waiting) run();
  }

  /**
   * Runs what falls due on this host, now or when it wakes up.
   * @param {() => void} run
   */
  whenAwake(run) {
    if (this.asleep_) this.asleep_.push(run);
    else run();
  }

  /**
   * A socket for servers and bystanders of a test.
   * @param {string} address
   * @param {number} port  0 for any
   * @param {Receiver} receive
   */
  bind(address, port, receive) {
    if (!this.addresses.includes(address)) throw new Error(`${address} is not an address of ours`);
    const bound = port === 0 ? this.nextPort_++ : port;
    const key = `${address}|${bound}`;
    if (this.sockets_.has(key)) throw new Error(`port ${bound} is taken`);
    this.sockets_.set(key, receive);
    return {
      address,
      port: bound,
      /**
       * @param {Endpoint} destination
       * @param {Uint8Array} data
       */
      send: (destination, data) => {
        if (this.sockets_.get(key) !== receive) return;
        this.network.transmit_(this, { source: { address, port: bound }, destination, data });
      },
      close: () => {
        if (this.sockets_.get(key) === receive) this.sockets_.delete(key);
      },
    };
  }

  /**
   * Changes the host's link, in both directions or in one.
   * @param {import('./virtual-link.js').LinkOptions} options
   * @param {'both' | 'up' | 'down'} [direction]
   */
  configureLink(options, direction = 'both') {
    if (direction !== 'down') this.uplink.configure(options);
    if (direction !== 'up') this.downlink.configure(options);
  }

  /**
   * Answers STUN binding requests at one of the host's addresses (RFC 8489), so that hosts behind
   * NATs learn theirs.
   * @param {string} address
   * @param {number} [port]
   */
  serveStun(address, port = 3478) {
    const socket = this.bind(address, port, (source, data) => {
      const answer = stunAnswer(data, source);
      if (answer) socket.send(source, answer);
    });
    return socket;
  }

  /** @param {string} address */
  addAddress(address) {
    this.network.route_(this, address);
    this.addresses.push(address);
    for (const attachment of this.attachments_) attachment.addressAdded_(address);
  }

  /** @param {string} address */
  removeAddress(address) {
    this.network.unroute_(this, address);
    this.addresses = this.addresses.filter((other) => other !== address);
    for (const attachment of this.attachments_) attachment.addressRemoved_(address);
  }

  /** @param {Packet} packet */
  receive_(packet) {
    if (this.asleep_) {
      // As much as a socket of the system holds.
      this.asleepBytes_ += packet.data.length;
      if (this.asleepBytes_ > kSocketBuffer) this.network.settleFate_(packet, 'queue');
      else this.asleep_.push(() => this.receive_(packet));
      return;
    }
    const { address, port } = packet.destination;
    const receive = this.sockets_.get(`${address}|${port}`);
    this.network.settleFate_(packet, receive ? 'delivered' : 'no-socket');
    receive?.(packet.source, packet.data);
  }
}

/** @implements {NetworkAttachment} */
class VirtualAttachment {
  /**
   * @param {VirtualHost} host
   * @param {NetworkSink} sink
   */
  constructor(host, sink) {
    this.host_ = host;
    this.sink_ = sink;
    this.counters_ = createCounters();
    this.nextId_ = 1;
    /** @type {Map<number, ReturnType<VirtualHost['bind']>>} */
    this.interfaces_ = new Map();
    this.gathered_ = false;
    this.closed_ = false;
  }

  gather() {
    this.later_(() => {
      this.gathered_ = true;
      for (const address of this.host_.addresses) this.open_(address);
      this.sink_.interfacesComplete();
    });
  }

  /**
   * @param {number} interfaceId
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(interfaceId, address, port, data) {
    const socket = this.interfaces_.get(interfaceId);
    if (!socket) return;
    if (literalFamily(address) !== literalFamily(socket.address)) {
      countSendError(this.counters_, 'EAFNOSUPPORT');
      return;
    }
    this.counters_.datagramsSent++;
    this.counters_.datagramBytesSent += data.length;
    socket.send({ address, port }, data);
  }

  /** @param {StreamRequest} request */
  openStream({ streamId, url }) {
    this.later_(() =>
      this.sink_.streamClosed(
        streamId,
        StreamCloseReason.cannotReach,
        `${url}: the virtual network carries datagrams only`,
      ),
    );
  }

  sendStream() {}

  closeStream() {}

  /**
   * @param {number} resolveId
   * @param {string} hostname
   */
  resolve(resolveId, hostname) {
    const known = this.host_.network.names_.get(hostname.toLowerCase());
    const addresses = literalFamily(hostname) !== 0 ? [hostname] : [...(known ?? [])];
    this.later_(() => this.sink_.resolved(resolveId, addresses));
  }

  bufferedAmount() {
    return 0;
  }

  counters() {
    return copyCounters(this.counters_);
  }

  close() {
    if (this.closed_) return;
    this.closed_ = true;
    for (const socket of this.interfaces_.values()) socket.close();
    this.interfaces_.clear();
    this.host_.attachments_.delete(this);
  }

  /** @param {string} address */
  addressAdded_(address) {
    this.later_(() => {
      if (this.gathered_ && this.host_.addresses.includes(address)) this.open_(address);
    });
  }

  /** @param {string} address */
  addressRemoved_(address) {
    for (const [id, socket] of this.interfaces_) {
      if (socket.address !== address) continue;
      socket.close();
      this.interfaces_.delete(id);
      this.later_(() => this.sink_.interfaceRemoved(id));
    }
  }

  /** @param {string} address */
  open_(address) {
    for (const socket of this.interfaces_.values()) if (socket.address === address) return;
    const id = this.nextId_++;
    const socket = this.host_.bind(address, 0, (source, data) => {
      this.counters_.datagramsReceived++;
      this.counters_.datagramBytesReceived += data.length;
      this.sink_.datagram(id, source.address, source.port, data);
    });
    this.interfaces_.set(id, socket);
    this.sink_.interfaceAdded({ id, kind: 'virtual', address, port: socket.port });
  }

  /**
   * Now by the network's clock, but after the caller is done.
   * @param {() => void} report
   */
  later_(report) {
    this.host_.network.clock_.schedule(() => {
      if (!this.closed_) report();
    }, this.host_.network.now());
  }
}

/**
 * @typedef {import('./network.js').Network} Network
 * @typedef {import('./network.js').NetworkSink} NetworkSink
 * @typedef {import('./network.js').NetworkAttachment} NetworkAttachment
 * @typedef {import('./network.js').StreamRequest} StreamRequest
 */
