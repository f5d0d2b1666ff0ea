// Node only: the addresses behind `.local` names, asked by multicast DNS (RFC 6762). Sockets are
// open only while a question is; one socket per local IPv4 address, because a multicast datagram
// leaves by one interface.

import { isMulticastName } from './network.js';
import { localAddresses } from './local-addresses.js';

/** RFC 6762 §5.2: the first interval between queries is at least a second. */
const kRepeatMs = 1000;
const kTimeoutMs = 3000;
/** How long sockets stay open for the next question. */
const kLingerMs = 1000;
const kMaxQuestions = 64;
const kMaxAddresses = 8;

/**
 * @typedef {object} MulticastResolverOptions
 * @property {number} [timeoutMs]
 * @property {() => Promise<import('multicast-dns').MulticastDns[]>} [openSockets]
 */

/** @typedef {{addresses: Set<string>, waiting: ((addresses: string[]) => void)[], end: () => void}} Question */

export class MulticastResolver {
  /** @param {MulticastResolverOptions} [options] */
  constructor(options = {}) {
    this.timeoutMs_ = options.timeoutMs ?? kTimeoutMs;
    this.openSockets_ = options.openSockets ?? openSocketPerAddress;
    /** @type {Map<string, Question>} */
    this.questions_ = new Map();
    /** @type {Promise<import('multicast-dns').MulticastDns[]> | undefined} */
    this.sockets_ = undefined;
    /** @type {any} */
    this.lingerTimer_ = undefined;
    this.closed_ = false;
  }

  /**
   * Never rejects; empty when nobody answers in time, the name is no `.local` name, or too many
   * questions are under way.
   * @param {string} hostname
   * @returns {Promise<string[]>}
   */
  resolve(hostname) {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (this.closed_ || !isMulticastName(name)) return Promise.resolve([]);
    return new Promise((resolve) => {
      const known = this.questions_.get(name);
      if (known) known.waiting.push(resolve);
      else if (this.questions_.size >= kMaxQuestions) resolve([]);
      else this.ask_(name, resolve);
    });
  }

  /** Ends what is under way with empty answers and closes the sockets. */
  close() {
    this.closed_ = true;
    for (const question of [...this.questions_.values()]) question.end();
    this.closeSockets_();
  }

  /**
   * @param {string} name
   * @param {(addresses: string[]) => void} resolve
   */
  ask_(name, resolve) {
    const query = () =>
      this.withSockets_((socket) =>
        socket.query([
          { name, type: 'A' },
          { name, type: 'AAAA' },
        ]),
      );
    const repeat = setInterval(query, kRepeatMs);
    const giveUp = setTimeout(() => question.end(), this.timeoutMs_);
    /** @type {Question} */
    const question = {
      addresses: new Set(),
      waiting: [resolve],
      end: () => {
        clearInterval(repeat);
        clearTimeout(giveUp);
        this.questions_.delete(name);
        for (const waiting of question.waiting) waiting([...question.addresses]);
        this.linger_();
      },
    };
    this.questions_.set(name, question);
    query();
  }

  /** @param {{answers?: any[], additionals?: any[]}} packet */
  handleResponse_(packet) {
    /** @type {Set<Question>} */
    const answered = new Set();
    for (const record of [...(packet.answers ?? []), ...(packet.additionals ?? [])]) {
      if (record.type !== 'A' && record.type !== 'AAAA') continue;
      const question = this.questions_.get(String(record.name).toLowerCase());
      if (!question || typeof record.data !== 'string') continue;
      if (question.addresses.size < kMaxAddresses) question.addresses.add(record.data);
      answered.add(question);
    }
    for (const question of answered) question.end();
  }

  /** @param {(socket: import('multicast-dns').MulticastDns) => void} use */
  async withSockets_(use) {
    clearTimeout(this.lingerTimer_);
    if (!this.sockets_) {
      const opening = this.openSockets_().catch(() => []);
      this.sockets_ = opening;
      for (const socket of await opening) {
        socket.on('response', (packet) => this.handleResponse_(packet));
        socket.on('error', () => {});
        socket.on('warning', () => {});
      }
    }
    for (const socket of await this.sockets_) use(socket);
  }

  linger_() {
    if (this.questions_.size > 0 || !this.sockets_) return;
    clearTimeout(this.lingerTimer_);
    this.lingerTimer_ = setTimeout(() => this.closeSockets_(), kLingerMs);
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
  const addresses = localAddresses({ family: 4 }).slice(0, 8);
  return addresses.map(({ address }) =>
    // Bound to the wildcard: a socket bound to a unicast address hears no multicast on Linux.
    create({ interface: address, bind: '0.0.0.0', loopback: true }),
  );
}
