// Name look-ups for one WebSocket: {"resolve": "name.local", "id": n} -> {"id": n, "addresses": […]}.
// Only a client that has shown valid credentials (it has an allocation) gets an answer; questions
// that come earlier wait for that, a few of them.

import { isMulticastName } from '../net/network.js';
import { RateLimit } from './limits.js';

const kMaxPending = 16;
const kMaxTextLength = 1024;
/** More than a client ever asks for; each is a short text. */
const kMaxUnread = 256;

/** @typedef {(hostname: string) => Promise<string[]>} Resolve */

/**
 * Sends answers over a WebSocket, and gives up on a client that asks and asks and reads none of them.
 * @param {import('ws').WebSocket} socket
 * @returns {(message: object) => void}
 */
export function answerNames(socket) {
  let unread = 0;
  const written = () => unread--;
  return (message) => {
    if (socket.readyState !== socket.OPEN) return;
    if (unread >= kMaxUnread) {
      socket.terminate();
      return;
    }
    unread++;
    socket.send(JSON.stringify(message), written);
  };
}

export class NameChannel {
  /**
   * @param {{resolve: Resolve, send: (message: object) => void, rate?: RateLimit}} options
   */
  constructor({ resolve, send, rate = new RateLimit({ perSecond: 5, burst: 20 }) }) {
    this.resolve_ = resolve;
    this.send_ = send;
    this.rate_ = rate;
    this.allocated_ = false;
    this.closed_ = false;
    this.underWay_ = 0;
    /** @type {{id: number, hostname: string}[]} */
    this.waiting_ = [];
  }

  /** From now on questions are answered. */
  allocated() {
    if (this.allocated_) return;
    this.allocated_ = true;
    for (const { id, hostname } of this.waiting_.splice(0)) this.answer_(id, hostname);
  }

  close() {
    this.closed_ = true;
    this.waiting_ = [];
  }

  /**
   * A text message of the client.
   * @param {string} text
   * @returns {boolean} false when it is nothing that a client of ours would send
   */
  receive(text) {
    if (text.length > kMaxTextLength) return false;
    let message;
    try {
      message = JSON.parse(text);
    } catch (error) {
      return false;
    }
    const id = message?.id;
    const hostname = message?.resolve;
    if (!Number.isSafeInteger(id) || typeof hostname !== 'string') return false;
    if (!isMulticastName(hostname)) this.refuse_(id, 'only .local names are resolved');
    else if (!this.rate_.take()) this.refuse_(id, 'too many questions');
    else if (this.waiting_.length + this.underWay_ >= kMaxPending) this.refuse_(id, 'busy');
    else if (this.allocated_) this.answer_(id, hostname);
    else this.waiting_.push({ id, hostname });
    return true;
  }

  /**
   * @param {number} id
   * @param {string} error
   */
  refuse_(id, error) {
    this.send_({ id, addresses: [], error });
  }

  /**
   * @param {number} id
   * @param {string} hostname
   */
  async answer_(id, hostname) {
    this.underWay_++;
    /** @type {string[]} */
    let addresses = [];
    try {
      addresses = await this.resolve_(hostname);
    } catch (error) {
      // A program's own look-up may end so; it is no reason to end the relay.
    }
    this.underWay_--;
    if (!this.closed_) this.send_({ id, addresses });
  }
}
