// Rooms for demos and tests: members of a room exchange JSON over WebSocket at /signal?room=NAME.
//
//   to a new member      {"type": "welcome", "id": "…", "members": ["…"]}
//   to the others        {"type": "join", "id": "…"} and {"type": "leave", "id": "…"}
//   from a member        any JSON object; with "to": "id" it goes to that member alone
//   to its receivers     {"type": "message", "from": "id", "data": {…the object…}}
//   when it goes wrong   {"type": "error", "message": "…"}

import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { PendingBudget, RateLimit, kMessagePieces } from './limits.js';
import { Sweeper } from './sweeper.js';

/**
 * @typedef {object} SignalingLimits
 * @property {number} maxRooms
 * @property {number} maxMembers         per room
 * @property {number} maxMessageBytes
 * @property {number} messagesPerSecond  per member
 * @property {number} burst
 * @property {number} maxPendingBytes    for a member that does not read
 * @property {number} idleTimeoutMs      without a message from a member
 * @property {number} pingIntervalMs     a member that leaves one unanswered is gone
 */

/** @type {Readonly<SignalingLimits>} */
const kLimits = Object.freeze({
  maxRooms: 500,
  maxMembers: 16,
  maxMessageBytes: 64 * 1024,
  messagesPerSecond: 50,
  burst: 200,
  maxPendingBytes: 1024 * 1024,
  idleTimeoutMs: 60 * 60_000,
  pingIntervalMs: 30_000,
});

const kRoomName = /^[\w.~-]{1,64}$/;

/**
 * @typedef {object} Member
 * @property {string} id
 * @property {import('ws').WebSocket} socket
 * @property {RateLimit} rate
 * @property {ReturnType<PendingBudget['open']>} account
 */

export class Signaling {
  /**
   * @param {object} options
   * @param {Partial<SignalingLimits>} [options.limits]
   * @param {PendingBudget} [options.budget]  what all clients of the relay together may have waiting
   * @param {import('./log.js').Logger} options.log
   */
  constructor({ limits, budget = new PendingBudget({ total: Infinity }), log }) {
    this.limits_ = { ...kLimits, ...limits };
    this.budget_ = budget;
    this.log_ = log;
    // Nothing has to be established here, but for the socket itself.
    this.sweeper_ = new Sweeper({ ...this.limits_, handshakeTimeoutMs: Infinity });
    /** @type {Map<string, Map<string, Member>>} */
    this.rooms_ = new Map();
    this.server_ = new WebSocketServer({
      noServer: true,
      maxPayload: this.limits_.maxMessageBytes,
      perMessageDeflate: false,
      ...kMessagePieces,
    });
  }

  get members() {
    return this.server_.clients.size;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:stream').Duplex} stream
   * @param {Buffer} head
   * @param {URL} url
   * @returns {number | undefined} an HTTP status when the request cannot be served
   */
  upgrade(request, stream, head, url) {
    const name = url.searchParams.get('room') ?? '';
    if (!kRoomName.test(name)) return 400;
    const room = this.rooms_.get(name);
    if (!room && this.rooms_.size >= this.limits_.maxRooms) return 503;
    if (room && room.size >= this.limits_.maxMembers) return 503;
    this.server_.handleUpgrade(request, stream, head, (socket) => this.join_(name, socket));
    return undefined;
  }

  close() {
    for (const socket of this.server_.clients) socket.close(1001, 'the relay is going away');
    this.server_.close();
    this.sweeper_.close();
  }

  /** Cuts off whoever has not left after `close`. */
  terminate() {
    for (const socket of this.server_.clients) socket.terminate();
  }

  /**
   * @param {string} name
   * @param {import('ws').WebSocket} socket
   */
  join_(name, socket) {
    const room = this.rooms_.get(name) ?? new Map();
    this.rooms_.set(name, room);
    /** @type {Member} */
    const member = {
      id: randomBytes(6).toString('hex'),
      socket,
      rate: new RateLimit({
        perSecond: this.limits_.messagesPerSecond,
        burst: this.limits_.burst,
      }),
      account: this.budget_.open(),
    };
    this.send_(member, { type: 'welcome', id: member.id, members: [...room.keys()] });
    for (const other of room.values()) this.send_(other, { type: 'join', id: member.id });
    room.set(member.id, member);
    this.log_.debug('signaling-join', { members: room.size });

    const watch = this.sweeper_.watch({
      idle: (reason) => socket.close(1008, reason),
      ping: () => socket.ping(),
      dead: () => socket.terminate(),
    });
    watch.established();
    socket.on('message', (data, isBinary) => {
      watch.active();
      this.receive_(room, member, data, isBinary);
    });
    socket.on('pong', () => watch.alive());
    socket.on('error', () => {});
    socket.on('close', () => {
      watch.end();
      member.account.close();
      room.delete(member.id);
      if (room.size === 0) this.rooms_.delete(name);
      for (const other of room.values()) this.send_(other, { type: 'leave', id: member.id });
    });
  }

  /**
   * @param {Map<string, Member>} room
   * @param {Member} member
   * @param {import('ws').RawData} raw
   * @param {boolean} isBinary
   */
  receive_(room, member, raw, isBinary) {
    if (!member.rate.take()) {
      member.socket.close(1008, 'too many messages');
      return;
    }
    const data = isBinary ? undefined : parseObject(String(raw));
    const message = data && toText({ type: 'message', from: member.id, data });
    if (!message) {
      this.send_(member, { type: 'error', message: 'a message must be a JSON object' });
      return;
    }
    const { to } = data;
    if (to === undefined) {
      for (const other of room.values()) if (other !== member) this.sendText_(other, message);
      return;
    }
    // Objects that JSON makes need not be convertible to strings.
    const name = typeof to === 'string' ? to : toText(to);
    const receiver = room.get(String(name));
    if (receiver) this.sendText_(receiver, message);
    else this.send_(member, { type: 'error', message: `there is no member ${name}` });
  }

  /**
   * @param {Member} member
   * @param {object} message
   */
  send_(member, message) {
    this.sendText_(member, JSON.stringify(message));
  }

  /**
   * @param {Member} member
   * @param {string} text
   */
  sendText_({ socket, account }, text) {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.budget_.allowance(this.limits_.maxPendingBytes)) {
      socket.terminate();
      return;
    }
    account.add(text.length);
    socket.send(text, () => account.release(text.length));
  }
}

/**
 * @param {unknown} value
 * @returns {string | undefined} nothing when it is nested too deeply to be written, though it was read
 */
function toText(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    return undefined;
  }
}

/**
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch (error) {
    return undefined;
  }
}
