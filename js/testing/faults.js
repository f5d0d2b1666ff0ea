// Trouble, at once or by a timetable: `faults(simulation).at(20_000).linkDown(alice, { for: 5000 })`.

import { randomNamed } from './seeds.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */
/** @typedef {import('./peer.js').SimulatedPeer} SimulatedPeer */
/** @typedef {import('./relay.js').SimulatedRelay} SimulatedRelay */
/** @typedef {import('../net/virtual-nat.js').Packet} Packet */
/** @typedef {import('../net/virtual-network.js').VirtualHost} VirtualHost */
/** @typedef {import('../net/virtual-link.js').LinkOptions} LinkOptions */

/**
 * @typedef {object} FaultOptions
 * @property {number} [for]  ms until it is over; without it, it stays, or `undo()` ends it
 */

/** The cookie of STUN (RFC 8489 section 5). */
const kMagicCookie = [0x21, 0x12, 0xa4, 0x42];
/** DTLS records (RFC 6347 section 4.1): alert and handshake. */
const kAlert = 21;
const kHandshake = 22;
const kClientHello = 1;
const kAlertLevels = { warning: 1, fatal: 2 };

/** @param {Uint8Array} data */
const isStun = (data) =>
  data.length >= 20 && data[0] < 4 && kMagicCookie.every((byte, i) => data[4 + i] === byte);

/**
 * Whether it is of a handshake that is under way and not encrypted yet (epoch 0): of what comes before it knows of a client, a server
 * takes no notice.
 * @param {Uint8Array} data
 */
const isOpenHandshake = (data) =>
  data.length > 13 &&
  data[0] === kHandshake &&
  data[3] === 0 &&
  data[4] === 0 &&
  data[13] !== kClientHello;

export class Faults {
  #simulation;
  #when;
  #log;

  /**
   * @param {Simulation} simulation
   * @param {number | undefined} when
   * @param {{ at: number, what: string }[]} log
   */
  constructor(simulation, when, log) {
    this.#simulation = simulation;
    this.#when = when;
    this.#log = log;
  }

  /** What has happened so far. */
  get log() {
    return [...this.#log];
  }

  /**
   * The same faults, when so many ms of the simulation have passed.
   * @param {number} ms
   */
  at(ms) {
    return new Faults(this.#simulation, ms, this.#log);
  }

  /**
   * The same, so many ms from now.
   * @param {number} ms
   */
  after(ms) {
    return this.at(this.#simulation.now() + ms);
  }

  /**
   * @param {string} what
   * @param {() => void | (() => void)} begin  gives what ends it
   * @param {FaultOptions} [options]
   * @returns {() => void} ends it, or takes it back
   */
  #cause(what, begin, { for: duration } = {}) {
    const simulation = this.#simulation;
    const note = (/** @type {string} */ text) =>
      this.#log.push({ at: simulation.now(), what: text });
    /** @type {(() => void) | void} */
    let end;
    let isOver = false;
    const finish = () => {
      if (isOver) return;
      isOver = true;
      cancel?.();
      if (!end) return;
      note(`${what}: over`);
      end();
    };
    const start = () => {
      if (isOver) return;
      note(what);
      end = begin();
      if (duration !== undefined) simulation.after(duration, finish);
    };
    let cancel = /** @type {(() => void) | undefined} */ (undefined);
    if (this.#when === undefined) start();
    else cancel = simulation.at(this.#when, start);
    return finish;
  }

  // ---- The path

  /**
   * A peer's link is cut, in both directions or in one.
   * @param {SimulatedPeer | SimulatedRelay} peer
   * @param {FaultOptions & { direction?: 'up' | 'down' | 'both' }} [options]
   */
  linkDown(peer, { direction = 'both', ...options } = {}) {
    return this.impair(peer, { loss: 1 }, { direction, ...options });
  }

  /**
   * A peer's link gets worse, or better: loss, latency, `duplicate`, `reorder`, `rate`, …
   * @param {SimulatedPeer | SimulatedRelay} peer
   * @param {LinkOptions} link
   * @param {FaultOptions & { direction?: 'up' | 'down' | 'both' }} [options]
   */
  impair({ host }, link, { direction = 'both', ...options } = {}) {
    const begin = () => {
      const before = [host.uplink, host.downlink].map((one) => pick(one.options, link));
      host.configureLink(link, direction);
      return () => {
        if (direction !== 'down') host.configureLink(before[0], 'up');
        if (direction !== 'up') host.configureLink(before[1], 'down');
      };
    };
    return this.#cause(
      `the link of ${host.addresses[0]} has ${JSON.stringify(link)}`,
      begin,
      options,
    );
  }

  /**
   * The path takes smaller packets only.
   * @param {SimulatedPeer} peer
   * @param {number} mtu  bytes of an IP packet
   * @param {FaultOptions} [options]
   */
  shrinkMtu(peer, mtu, options) {
    return this.impair(peer, { mtu }, options);
  }

  /**
   * Some packets of a peer arrive with a bit that is wrong.
   * @param {SimulatedPeer} peer
   * @param {number} probability
   * @param {FaultOptions} [options]
   */
  corrupt(peer, probability, options) {
    const random = randomNamed(`${this.#simulation.seed}/corrupt/${peer.name}`);
    return this.#filter(
      `${peer.name}'s packets are damaged`,
      (packet, from) => {
        if (from !== peer.host || random() >= probability) return undefined;
        const data = packet.data.slice();
        data[Math.floor(random() * data.length)] ^= 1 << Math.floor(random() * 8);
        return { ...packet, data };
      },
      options,
    );
  }

  /**
   * Nothing of one peer's reaches the other any more, unless a relay is between them; the other direction works.
   * @param {SimulatedPeer} from
   * @param {SimulatedPeer} to
   * @param {FaultOptions} [options]
   */
  blockDirection(from, to, options) {
    return this.#filter(
      `${from.name} does not reach ${to.name}`,
      (packet, host) => (host === from.host && isFor(packet, to) ? null : undefined),
      options,
    );
  }

  /**
   * A peer's STUN messages are lost in both directions, and all else passes: consent to send (RFC 7675) expires.
   * @param {SimulatedPeer} peer
   * @param {FaultOptions} [options]
   */
  loseConsent(peer, options) {
    return this.#filter(
      `${peer.name}'s consent checks are lost`,
      (packet, host) =>
        isStun(packet.data) && (host === peer.host || isFor(packet, peer)) ? null : undefined,
      options,
    );
  }

  /**
   * A peer's NAT forgets its mappings, as after a loss of power: the next packets leave from other ports.
   * @param {SimulatedPeer} peer
   */
  rebindNat(peer) {
    const { nat } = peer.host;
    if (!nat) throw new Error(`${peer.name} is behind no NAT`);
    return this.#cause(`the NAT of ${peer.name} forgets its mappings`, () => nat.reset());
  }

  /**
   * A peer gets another address in place of those it has, as a phone that leaves its Wi-Fi.
   * @param {SimulatedPeer} peer
   * @param {string} address
   */
  changeAddress(peer, address) {
    return this.#cause(`${peer.name} moves to ${address}`, () => {
      const before = [...peer.host.addresses];
      peer.host.addAddress(address);
      for (const one of before) peer.host.removeAddress(one);
    });
  }

  // ---- Hosts

  /**
   * A peer's process stands still: timers and packets wait until it goes on, as when a lid is closed.
   * @param {SimulatedPeer} peer
   * @param {FaultOptions} [options]
   */
  suspend(peer, options) {
    const begin = () => {
      peer.host.suspend();
      return () => peer.host.resume();
    };
    return this.#cause(`${peer.name} is suspended`, begin, options);
  }

  /**
   * The wall clock (`Date.now()`) of all peers jumps; timers do not notice.
   * @param {number} ms
   */
  shiftWallClock(ms) {
    return this.#cause(`the wall clock jumps by ${ms} ms`, () =>
      this.#simulation.shiftWallClock(ms),
    );
  }

  /**
   * A peer is gone without a word.
   * @param {SimulatedPeer} peer
   */
  crash(peer) {
    return this.#cause(`${peer.name} crashes`, () => peer.crash());
  }

  /**
   * A TURN server dies, and if it comes back it has forgotten its allocations.
   * @param {SimulatedRelay} relay
   * @param {FaultOptions} [options]
   */
  relayDown(relay, options) {
    const begin = () => {
      relay.stop();
      return () => relay.start();
    };
    return this.#cause('the relay is down', begin, options);
  }

  // ---- DTLS

  /**
   * In place of the next datagram of one peer's DTLS handshake, but for a ClientHello, the other gets an alert. It is not protected, as
   * alerts are before there are keys; in a session that stands nobody but the peer itself can send one.
   * @param {SimulatedPeer} from
   * @param {SimulatedPeer} to
   * @param {{ level?: 'warning' | 'fatal', description?: number }} [alert]  RFC 5246 section 7.2; handshake_failure by default
   */
  dtlsAlert(from, to, { level = 'fatal', description = 40 } = {}) {
    return this.#cause(`${to.name} gets DTLS alert ${description}`, () => {
      const stop = this.#simulation.network.filter((packet, host) => {
        if (host !== from.host || !isFor(packet, to) || !isOpenHandshake(packet.data)) {
          return undefined;
        }
        stop();
        // The sequence number of what it stands for.
        const head = packet.data.subarray(1, 11);
        const data = new Uint8Array([kAlert, ...head, 0, 2, kAlertLevels[level], description]);
        return { ...packet, data };
      });
      return stop;
    });
  }

  /**
   * @param {string} what
   * @param {(packet: Packet, from: VirtualHost) => Packet | null | undefined} filter
   * @param {FaultOptions} [options]
   */
  #filter(what, filter, options) {
    return this.#cause(what, () => this.#simulation.network.filter(filter), options);
  }
}

/**
 * @param {Packet} packet  on its way, before any NAT
 * @param {SimulatedPeer} peer
 */
function isFor({ destination }, { host }) {
  return host.addresses.includes(destination.address) || host.nat?.address === destination.address;
}

/**
 * Those members of one object that another one has.
 * @param {Record<string, any>} from
 * @param {object} like
 */
const pick = (from, like) => Object.fromEntries(Object.keys(like).map((key) => [key, from[key]]));

/**
 * Trouble for the peers and servers of a simulation. Each fault begins at once, or `at(ms)`; it gives a function that ends it.
 * @param {Simulation} simulation
 */
export const faults = (simulation) => new Faults(simulation, undefined, []);

/**
 * A description whose fingerprint is not that of its sender: who takes it ends the DTLS handshake with a fatal alert
 * (RFC 8122 section 6.2).
 * @template {{ type: string, sdp: string }} T
 * @param {T} description
 * @returns {{ type: T['type'], sdp: string }}
 */
export function withWrongFingerprint({ type, sdp }) {
  const wrong = (/** @type {string} */ text) => (text[0] === '0' ? '1' : '0') + text.slice(1);
  const changed = sdp.replace(
    /^(a=fingerprint:\S+ )([0-9A-Fa-f:]+)/gm,
    (_, name, value) => name + wrong(value),
  );
  return { type, sdp: changed };
}
