// A simulation: peers with real connections on a virtual network, all on one clock that moves when it
// is told to. The same seed and the same calls give the same packets at the same times, byte for byte.

import { codecLoads, taskCounts } from '../api/testing-hooks.js';
import { nextTask } from '../net/virtual-clock.js';
import { VirtualNetwork } from '../net/virtual-network.js';
import { VirtualNat, NatKind } from '../net/virtual-nat.js';
import { SimulatedPeer } from './peer.js';
import { openRelay } from './relay.js';
import { drawUuid, randomNamed } from './seeds.js';
import { SignalingEnd } from './signaling.js';
import { VirtualTimers } from './timers.js';

/** @typedef {import('../net/virtual-link.js').LinkOptions} LinkOptions */
/** @typedef {import('../net/virtual-nat.js').NatOptions} NatOptions */
/** @typedef {import('../net/virtual-nat.js').Packet} Packet */
/** @typedef {import('../net/virtual-network.js').VirtualHost} VirtualHost */

/**
 * @typedef {object} SimulationOptions
 * @property {number | string} [seed]  of all that is random
 * @property {LinkOptions} [link]  of peers that name none, in each direction; 10 ms without a fault by default
 * @property {number} [startTime]  what `Date.now()` is at the beginning, 2025-01-01T00:00Z by default
 */

/**
 * @typedef {object} PeerOptions
 * @property {string} [name]  for messages, and resolvable by the others as `<name>.test`; it seeds what the peer draws
 * @property {string[]} [addresses]  IPv4 and IPv6; one of its own by default
 * @property {LinkOptions} [link]
 * @property {keyof NatKind | Partial<NatOptions> | VirtualNat} [nat]  a NAT of its own of that kind, or one that is shared
 * @property {boolean} [blocksUdp]  a firewall before the peer lets no datagram pass
 */

/** Packets and timers that run without the realm's own tasks having their turn. */
const kEventsInARow = 500;
/** Tasks of the application's (`setImmediate`, ports) that may follow from one another before time moves. */
const kHops = 4;
/** Tasks that follow from one another while no time passes; more are a circle. */
const kMostTasks = 100_000;
/** How long `settled()` and `runUntil()` wait by default, in virtual milliseconds. */
const kLimitMs = 60_000;

/** Those that have not been closed. @type {Set<Simulation>} */
const open = new Set();

/** Simulations that have not been closed. */
export const openSimulations = () => [...open];

export class Simulation {
  /** How many tasks may have to run before time may move on. */
  #hops = kHops;
  #tasksSeen = 0;
  #eventsInARow = 0;
  #wallOffset = 0;
  #names = { peer: 0, public: 0, private: 0, nat: 0, server: 0 };
  #random;
  /** @type {unknown[]} */
  #failures = [];
  #isClosed = false;
  /** @type {(() => void)[]} */
  #atEnd = [];

  /** @param {SimulationOptions} [options] */
  constructor({ seed = 1, link = {}, startTime = Date.UTC(2025, 0, 1) } = {}) {
    this.seed = seed;
    this.startTime = startTime;
    this.network = new VirtualNetwork({
      seed: randomNamed(`${seed}/network`)() * 2 ** 32,
      link: { latency: 10, ...link },
      settle: () => this.#settle(),
    });
    this.#random = randomNamed(`${seed}/ids`);
    /** @type {SimulatedPeer[]} */
    this.peers = [];
    const { clock_: clock } = this.network;
    /** Timers and clocks for what belongs to no peer; `timers.install()` makes them the realm's. */
    this.timers = new VirtualTimers({
      source: {
        now: () => this.now(),
        setTimer: (callback, atMs) => clock.schedule(callback, atMs),
        clearTimer: (timer) => timer && clock.cancel(timer),
      },
      unixTime: () => this.unixTime(),
      script: (run) => this.runScript(run),
    });
    open.add(this);
  }

  /** Milliseconds since the simulation began. */
  now() {
    return this.network.now();
  }

  /** What `Date.now()` is to its peers, with fractions. */
  unixTime() {
    return this.timeOrigin() + this.now();
  }

  timeOrigin() {
    return this.startTime + this.#wallOffset;
  }

  /**
   * Sets the wall clock forward or back, as a user or NTP does; timers do not notice.
   * @param {number} ms
   */
  shiftWallClock(ms) {
    this.#wallOffset += ms;
  }

  /**
   * A host of its own with its own `RTCPeerConnection`.
   * @param {PeerOptions} [options]
   */
  peer({ name = `peer${++this.#names.peer}`, addresses, link, nat, blocksUdp } = {}) {
    if (this.#isClosed) throw new Error('the simulation is closed');
    if (this.peers.some((other) => other.name === name)) throw new Error(`${name} is taken`);
    const box = nat === undefined ? undefined : this.#natFor(nat);
    const host = this.network.host({
      addresses: addresses ?? [
        box ? `10.0.0.${1 + ++this.#names.private}` : `192.0.2.${++this.#names.public}`,
      ],
      name: `${name}.test`,
      link,
      nat: box,
      blocksUdp,
    });
    const peer = new SimulatedPeer(this, name, host);
    this.peers.push(peer);
    return peer;
  }

  /**
   * A NAT that several peers share.
   * @param {keyof NatKind | Partial<NatOptions>} kind
   */
  nat(kind) {
    const options = typeof kind === 'string' ? NatKind[kind] : kind;
    if (!options) throw new TypeError(`a NAT is of ${Object.keys(NatKind).join(', ')}`);
    return this.network.nat({ address: `203.0.113.${++this.#names.nat}`, ...options });
  }

  /** @param {keyof NatKind | Partial<NatOptions> | VirtualNat} nat */
  #natFor(nat) {
    return nat instanceof VirtualNat ? nat : this.nat(nat);
  }

  /**
   * A host for a server, with an address of its own.
   * @param {{ name?: string, link?: LinkOptions }} [options]
   */
  server({ name, link } = {}) {
    const address = `198.51.100.${++this.#names.server}`;
    const host = this.network.host({ addresses: [address], name, link });
    return { host, address };
  }

  /**
   * A STUN server.
   * @param {{ name?: string, link?: LinkOptions }} [options]  a name that others resolve
   * @returns {{ host: VirtualHost, iceServer: { urls: string } }}
   */
  stun({ name, link } = {}) {
    const { host, address } = this.server({ name, link });
    host.serveStun(address);
    return { host, iceServer: { urls: `stun:${name ?? address}` } };
  }

  /**
   * A TURN server over UDP, with one account.
   * @param {{ name?: string, link?: LinkOptions, username?: string, credential?: string }} [options]
   *   a name that others resolve
   */
  relay(options) {
    return openRelay(this, options);
  }

  /**
   * Both ends of a signalling channel, like a WebSocket that is open: `send(message)`, `onmessage({ data })`. Messages
   * are copied as JSON, and arrive in order after `latency` ms. It goes another way than the peers' links; an end of a peer
   * that is suspended or has crashed is as dead as that.
   * @param {{ latency?: number, peers?: [SimulatedPeer, SimulatedPeer] }} [options]  whose ends they are
   * @returns {[SignalingEnd, SignalingEnd]}
   */
  signaling({ latency = 20, peers } = {}) {
    const ends = SignalingEnd.pair((deliver, to) => {
      const peer = peers?.[to];
      this.after(latency, () => (peer ? peer.runScript(deliver) : deliver()));
    });
    peers?.forEach((peer, i) => peer.atCrash(() => ends[i].drop()));
    return ends;
  }

  // ---- Time

  /**
   * Lets time pass, with all that happens in it.
   * @param {number} ms
   * @throws what an action of `at()` or a timer has thrown
   */
  async run(ms) {
    this.#hops = kHops;
    await this.network.run(ms);
    this.#throwFailures();
  }

  /**
   * Lets time pass until the condition holds; it is asked after all that happens.
   * @param {() => unknown} condition
   * @param {{ limitMs?: number }} [options]  of virtual time
   * @throws {Error} when it has not come true by then
   */
  async runUntil(condition, { limitMs = kLimitMs } = {}) {
    this.#hops = kHops;
    await this.network.runUntil(() => this.#failures.length > 0 || Boolean(condition()), {
      limitMs,
    });
    this.#throwFailures();
  }

  /**
   * Lets time pass until the promise settles, and gives what it settles with.
   * @template T
   * @param {PromiseLike<T>} promise
   * @param {{ limitMs?: number }} [options]  of virtual time
   * @returns {Promise<T>}
   */
  async settled(promise, { limitMs = kLimitMs } = {}) {
    let isSettled = false;
    const note = () => {
      isSettled = true;
    };
    promise.then(note, note);
    await this.runUntil(() => isSettled, { limitMs });
    return promise;
  }

  /**
   * Runs an action when so many milliseconds of the simulation have passed. What it throws, or its promise
   * rejects with, `run()` throws.
   * @param {number} ms  since the beginning
   * @param {() => unknown} action
   * @returns {() => void} takes it back
   */
  at(ms, action) {
    const { clock_: clock } = this.network;
    const entry = clock.schedule(() => this.runScript(action), ms);
    return () => clock.cancel(entry);
  }

  /**
   * The same, counted from now.
   * @param {number} ms
   * @param {() => unknown} action
   */
  after(ms, action) {
    return this.at(this.now() + ms, action);
  }

  /**
   * Runs what is the application's: what follows from it happens before time moves on.
   * @param {() => unknown} script
   */
  runScript(script) {
    this.#hops = kHops;
    try {
      const result = /** @type {any} */ (script());
      if (typeof result?.then === 'function') {
        result.then(undefined, (/** @type {unknown} */ error) => this.#failures.push(error));
      }
    } catch (error) {
      this.#failures.push(error);
    }
  }

  /** Something of the kit's has called a connection, and script is not concerned. */
  noteWork() {
    this.#hops = Math.max(1, this.#hops);
  }

  #throwFailures() {
    if (this.#failures.length > 0) throw this.#failures.shift();
  }

  /**
   * After each event. What the engine and the network do among themselves queues no task, and time may go on at once.
   */
  #settle() {
    const isQuiet = taskCounts.queued === this.#tasksSeen && codecLoads.pending === 0;
    if (this.#hops === 0 && isQuiet) {
      if (++this.#eventsInARow < kEventsInARow) return undefined;
    }
    this.#eventsInARow = 0;
    return this.#letTasksRun();
  }

  async #letTasksRun() {
    let hops = Math.max(1, this.#hops);
    const begin = taskCounts.queued;
    while (hops > 0) {
      hops--;
      this.#hops = 0;
      const { queued } = taskCounts;
      await nextTask();
      // One thing led to another.
      const isMore =
        taskCounts.queued !== queued ||
        taskCounts.begun !== taskCounts.queued ||
        codecLoads.pending > 0;
      if (isMore) hops = Math.max(1, hops);
      if (taskCounts.queued - begin > kMostTasks) {
        throw new Error(
          `${kMostTasks} tasks have followed from one another, and no time has passed`,
        );
      }
      hops = Math.max(hops, this.#hops);
    }
    this.#hops = 0;
    this.#tasksSeen = taskCounts.queued;
  }

  // ---- Looking in

  /**
   * Shows every packet and what became of it. Returns a function that ends that.
   * @param {(packet: Packet, fate: string, at: number) => void} listener
   */
  tap(listener) {
    return this.network.tap(listener);
  }

  /** A UUID that the seed repeats. */
  uuid() {
    return drawUuid(this.#random);
  }

  /** What should be gone by the end of a test, in words; nothing if all is. */
  leaks() {
    const leaks = this.peers.flatMap((peer) => peer.leaks());
    const { pending } = this.timers;
    if (pending > 0) leaks.push(`${pending} timers of the simulation are set`);
    return leaks;
  }

  /** @param {() => void} work  done by `close()` */
  atEnd(work) {
    this.#atEnd.push(work);
  }

  /** Closes all connections and servers, and drops what is under way. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    open.delete(this);
    for (const peer of this.peers) peer.close();
    for (const work of this.#atEnd.splice(0)) work();
    this.timers.clear();
    this.network.close();
  }
}
