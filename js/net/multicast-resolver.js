// Node only: the addresses behind `.local` names, asked by multicast DNS (RFC 6762). One socket per
// local IPv4 address, because a multicast datagram leaves by one interface; open while a question is,
// and for a while afterwards.
//
// A query carries one question: Chromium is silent when there are several (measured with 156), and a
// name is then known only from its announcement. What was once heard is remembered, announcements
// too.

import { isMulticastName } from './network.js';
import { linksOf, localAddresses } from './local-addresses.js';
import { mayBeResponse, readAddresses } from './multicast-packet.js';

/** RFC 6762 §5.2: at least a second before the first repetition, then at least doubling. */
const kRepeatMs = 1000;
const kTimeoutMs = 8000;
/** How long sockets stay open for the next question. */
const kLingerMs = 1000;
const kMaxQuestions = 64;
/** By then a name that is on the link has been asked for twice and has answered. */
const kGivesWayMs = 2000;
const kMaxAddresses = 8;
const kMaxRemembered = 512;
/** RFC 6762 §10: records of host names live two minutes; nobody's may live longer here. */
const kMaxTtlSeconds = 120;

/**
 * @typedef {object} MulticastResolverOptions
 * @property {number} [timeoutMs]
 * @property {number} [lingerMs]
 * @property {() => number} [now]  milliseconds
 * @property {() => Promise<import('multicast-dns').MulticastDns[]>} [openSockets]
 */

/**
 * @typedef {object} Question
 * @property {string} name
 * @property {((addresses: string[]) => void)[]} waiting
 * @property {number} askedAt
 * @property {number} repeatMs
 * @property {any} repeatTimer
 * @property {any} endTimer
 */

/** Addresses by the type of their record, and when they are to be forgotten. */
/** @typedef {Map<string, {addresses: string[], until: number}>} Records */

export class MulticastResolver {
  /** @param {MulticastResolverOptions} [options] */
  constructor(options = {}) {
    this.timeoutMs_ = options.timeoutMs ?? kTimeoutMs;
    this.lingerMs_ = options.lingerMs ?? kLingerMs;
    this.now_ = options.now ?? (() => performance.now());
    this.openSockets_ = options.openSockets ?? openSocketPerAddress;
    /** @type {Map<string, Question>} */
    this.questions_ = new Map();
    /** By name, the one heard last at the end. @type {Map<string, Records>} */
    this.remembered_ = new Map();
    /** @type {Promise<import('multicast-dns').MulticastDns[]> | undefined} */
    this.sockets_ = undefined;
    /** @type {any} */
    this.lingerTimer_ = undefined;
    this.closed_ = false;
  }

  /**
   * Never rejects; empty when nobody answers in time, the name is no `.local` name, or too many
   * questions are under way: those of a process share their places, and one that nobody has answered
   * gives way, so that peers with names of elsewhere do not keep the others' from being found.
   * @param {string} hostname
   * @returns {Promise<string[]>}
   */
  resolve(hostname) {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (this.closed_ || !isMulticastName(name)) return Promise.resolve([]);
    const known = this.recall_(name);
    if (known.length > 0) return Promise.resolve(known);
    return new Promise((resolve) => {
      const asked = this.questions_.get(name);
      if (asked) asked.waiting.push(resolve);
      else if (!this.hasRoom_()) resolve([]);
      else this.ask_(name, resolve);
    });
  }

  /** Questions are to be expected: listens from now on, since names are announced when they are new. */
  listen() {
    if (!this.closed_) void this.withSockets_(() => {}).then(() => this.linger_());
  }

  /** Ends what is under way with empty answers and closes the sockets. */
  close() {
    this.closed_ = true;
    for (const question of [...this.questions_.values()]) this.end_(question, []);
    this.remembered_.clear();
    this.closeSockets_();
  }

  hasRoom_() {
    if (this.questions_.size < kMaxQuestions) return true;
    const [oldest] = this.questions_.values();
    if (this.now_() - oldest.askedAt < kGivesWayMs) return false;
    this.end_(oldest, []);
    return true;
  }

  /**
   * @param {string} name
   * @param {(addresses: string[]) => void} resolve
   */
  ask_(name, resolve) {
    /** @type {Question} */
    const question = {
      name,
      waiting: [resolve],
      askedAt: this.now_(),
      repeatMs: kRepeatMs,
      repeatTimer: undefined,
      endTimer: setTimeout(() => this.end_(question, []), this.timeoutMs_),
    };
    this.questions_.set(name, question);
    this.query_(question);
  }

  /** @param {Question} question */
  query_(question) {
    const { name } = question;
    question.repeatTimer = setTimeout(() => this.query_(question), question.repeatMs);
    question.repeatMs *= 2;
    void this.withSockets_((socket) => {
      socket.query([{ name, type: 'A' }]);
      socket.query([{ name, type: 'AAAA' }]);
    });
  }

  /**
   * @param {Question} question
   * @param {string[]} addresses
   */
  end_(question, addresses) {
    clearTimeout(question.repeatTimer);
    clearTimeout(question.endTimer);
    this.questions_.delete(question.name);
    for (const waiting of question.waiting) waiting(addresses);
    this.linger_();
  }

  /**
   * Answers and announcements alike.
   * @param {{answers?: any[], additionals?: any[]}} packet
   */
  handleResponse_(packet) {
    /** @type {Map<string, Map<string, {addresses: string[], ttl: number}>>} */
    const heard = new Map();
    for (const record of [...(packet.answers ?? []), ...(packet.additionals ?? [])]) {
      if (record.type !== 'A' && record.type !== 'AAAA') continue;
      const name = String(record.name).toLowerCase();
      if (typeof record.data !== 'string' || !isMulticastName(name)) continue;
      const types = heard.get(name) ?? new Map();
      heard.set(name, types);
      const set = types.get(record.type) ?? { addresses: [], ttl: 0 };
      types.set(record.type, set);
      // A record that lives for no time takes back what was said (RFC 6762 §10.1).
      if (record.ttl === 0) continue;
      if (set.addresses.length < kMaxAddresses) set.addresses.push(record.data);
      set.ttl = Math.max(set.ttl, Math.min(record.ttl ?? kMaxTtlSeconds, kMaxTtlSeconds));
    }
    for (const [name, types] of heard) {
      this.remember_(name, types);
      const question = this.questions_.get(name);
      const addresses = this.recall_(name);
      if (question && addresses.length > 0) this.end_(question, addresses);
    }
  }

  /**
   * @param {string} name
   * @param {Map<string, {addresses: string[], ttl: number}>} types
   */
  remember_(name, types) {
    /** @type {Records} */
    const records = this.remembered_.get(name) ?? new Map();
    for (const [type, { addresses, ttl }] of types) {
      records.set(type, { addresses, until: this.now_() + ttl * 1000 });
    }
    this.remembered_.delete(name);
    this.remembered_.set(name, records);
    if (this.remembered_.size <= kMaxRemembered) return;
    const [oldest] = this.remembered_.keys();
    this.remembered_.delete(oldest);
  }

  /** @param {string} name */
  recall_(name) {
    const now = this.now_();
    return [...(this.remembered_.get(name)?.values() ?? [])].flatMap(({ addresses, until }) =>
      until > now ? addresses : [],
    );
  }

  /** @param {(socket: import('multicast-dns').MulticastDns) => void} use */
  async withSockets_(use) {
    clearTimeout(this.lingerTimer_);
    this.sockets_ ??= this.openSockets_().then(
      (sockets) => {
        for (const socket of sockets) {
          socket.on('response', (packet) => this.handleResponse_(packet));
          socket.on('error', () => {});
          socket.on('warning', () => {});
        }
        return sockets;
      },
      () => [],
    );
    for (const socket of await this.sockets_) use(socket);
  }

  linger_() {
    if (this.questions_.size > 0 || !this.sockets_) return;
    clearTimeout(this.lingerTimer_);
    this.lingerTimer_ = setTimeout(() => this.closeSockets_(), this.lingerMs_);
    this.lingerTimer_.unref?.();
  }

  closeSockets_() {
    clearTimeout(this.lingerTimer_);
    const opening = this.sockets_;
    this.sockets_ = undefined;
    opening?.then((sockets) => sockets.forEach((socket) => socket.destroy()));
  }
}

/** @returns {Promise<import('multicast-dns').MulticastDns[]>} */
async function openSocketPerAddress() {
  const { default: create } = await import('multicast-dns');
  const { createSocket } = process.getBuiltinModule('node:dgram');
  const addresses = localAddresses({ family: 4 }).slice(0, 8);
  const isOnLink = linksOf();
  return addresses.map(({ address }) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    // Bound to the wildcard: a socket bound to a unicast address hears no multicast on Linux.
    const multicast = create({ interface: address, bind: '0.0.0.0', loopback: true, socket });
    readResponses(socket, multicast, isOnLink);
    return multicast;
  });
}

/**
 * Has what comes to `socket` read here, and not by the package's decoder.
 * @param {import('node:events').EventEmitter} socket
 * @param {import('multicast-dns').MulticastDns} multicast
 * @param {(address: string) => boolean} isOnLink
 */
export function readResponses(socket, multicast, isOnLink) {
  socket.removeAllListeners('message');
  socket.on('message', (bytes, from) => {
    if (!mayBeResponse(bytes, from, isOnLink)) return;
    const answers = readAddresses(bytes);
    if (answers) multicast.emit('response', { answers });
  });
}
