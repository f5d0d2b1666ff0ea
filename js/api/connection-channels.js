// The data channels of one connection ([[DataChannels]], webrtc-pc section 6).

import { dcepPriority, priorityOf } from './channel-priority.js';
import { RTCDataChannelImpl } from './data-channel.js';
import { exceptionFrom } from './errors.js';
import { fireAs } from './events.js';
import { utf8Length } from './utf8-length.js';
import { createWrapper } from './webidl/interface.js';

/**
 * The connection, as its parts see it.
 * @typedef {object} ConnectionContext
 * @property {boolean} isClosed
 * @property {any} wrapper
 * @property {<T>(action: (connection: any, now: number) => T) => T} callEngine
 * @property {<T>(action: (connection: any, now: number) => T) => T} feedEngine
 * @property {(task: () => void) => void} task queues one that is skipped once the connection closed
 * @property {() => number} maxMessageSize
 * @property {(isKept: boolean) => void} keepProcess  whether open sockets keep a process of Node.js alive
 */

/** 65535 bytes is the most that a DCEP message can say of a label or protocol (RFC 8832). */
const kLongestName = 65535;
/** 65535 is no stream identifier of a data channel (RFC 8832 section 6). */
const kHighestId = 65534;

export class ConnectionChannels {
  #connection;
  /** @type {Map<number, RTCDataChannelImpl>} */
  #channels = new Map();
  /** Ids that the call into the engine that is under way assigns. @type {Map<number, number>?} */
  #assignedIds = null;
  counts = { opened: 0, closed: 0 };
  hasCreated = false;

  /** @param {ConnectionContext} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * createDataChannel(), on a connection that is open.
   * @param {string} label
   * @param {any} init RTCDataChannelInit
   * @returns {object} RTCDataChannel
   */
  create(label, init) {
    const { protocol, ordered, negotiated, priority } = init;
    if (utf8Length(label) > kLongestName) throw new TypeError('the label is too long');
    if (utf8Length(protocol) > kLongestName) throw new TypeError('the protocol is too long');
    const id = negotiated ? (init.id ?? null) : null;
    if (negotiated && id === null) throw new TypeError('a negotiated channel needs an id');
    const { maxPacketLifeTime = null, maxRetransmits = null } = init;
    if (maxPacketLifeTime !== null && maxRetransmits !== null) {
      throw new TypeError('maxPacketLifeTime and maxRetransmits exclude each other');
    }
    if (id !== null && id > kHighestId) throw new TypeError(`${id} is above the highest id`);
    const channel = new RTCDataChannelImpl(this.#connection, {
      label,
      protocol,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      negotiated,
      id,
      priority,
    });
    const options = {
      label,
      protocol,
      ordered,
      negotiated,
      maxPacketLifeTime: maxPacketLifeTime ?? undefined,
      maxRetransmits: maxRetransmits ?? undefined,
      id: id ?? undefined,
      priority: dcepPriority(priority),
    };
    // An id that is known already is visible when this returns; every other comes in a task.
    const ids = this.collectIds(() =>
      this.#connection.callEngine((engine, now) => {
        const { handle, error } = engine.createDataChannel(options, now);
        if (error) throw exceptionFrom(error);
        channel.handle = handle;
        this.#channels.set(handle, channel);
      }),
    );
    this.assignIds(ids);
    this.hasCreated = true;
    return createWrapper('RTCDataChannel', channel);
  }

  /**
   * Runs a call into the engine and keeps back the ids that it gives to channels: they become
   * visible together with the other effects of the call.
   * @param {() => void} action
   * @returns {Map<number, number>} channel handle to id
   */
  collectIds(action) {
    const ids = (this.#assignedIds = new Map());
    try {
      action();
    } finally {
      this.#assignedIds = null;
    }
    return ids;
  }

  /** @param {Map<number, number>} ids */
  assignIds(ids) {
    for (const [handle, id] of ids) {
      const channel = this.#channels.get(handle);
      if (channel) channel.id = id;
    }
  }

  /** The connection was closed: no event tells it. */
  abandon() {
    for (const channel of this.#channels.values()) channel.abandon();
  }

  [Symbol.iterator]() {
    return this.#channels.values();
  }

  /**
   * Runs while the engine is being drained.
   * @param {any} event
   * @returns {boolean} whether the event is about channels
   */
  handleEvent(event) {
    if (event.type === 'channel') {
      this.#announce(event);
      return true;
    }
    const { task } = this.#connection;
    const channel = this.#channels.get(event.handle);
    if (!channel) return event.handle !== undefined;
    switch (event.type) {
      case 'channel-message':
        task(() => channel.receive(event.data));
        break;
      case 'channel-part':
        task(() => channel.receivePart(event));
        break;
      case 'channel-wants':
        channel.supply(event);
        break;
      case 'channel-released':
        channel.release(event.source);
        break;
      case 'channel-sent':
        channel.noteSent(event.bytes);
        break;
      case 'channel-open':
        task(() => this.#open(channel));
        break;
      case 'channel-id':
        if (this.#assignedIds) this.#assignedIds.set(event.handle, event.id);
        else task(() => this.assignIds(new Map([[event.handle, event.id]])));
        break;
      case 'channel-closing':
        task(() => channel.setClosing());
        break;
      case 'channel-closed':
        task(() => this.#closed(channel, event.error));
        break;
      default:
        return false;
    }
    return true;
  }

  /**
   * The peer opened a channel.
   * @param {any} event
   */
  #announce(event) {
    const { label, protocol, ordered, maxPacketLifeTime, maxRetransmits, id, handle } = event;
    const channel = new RTCDataChannelImpl(this.#connection, {
      label,
      protocol,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      negotiated: false,
      id,
      priority: priorityOf(event.priority),
    });
    channel.handle = handle;
    this.#channels.set(handle, channel);
    this.#connection.task(() => {
      const wrapper = createWrapper('RTCDataChannel', channel);
      // Open already, so that the event's listeners can send.
      if (channel.readyState === 'connecting') channel.readyState = 'open';
      fireAs(this.#connection, 'RTCDataChannelEvent', 'datachannel', { channel: wrapper });
    });
    this.#connection.task(() => this.#open(channel));
  }

  /** @param {RTCDataChannelImpl} channel */
  #open(channel) {
    this.counts.opened++;
    channel.setOpen();
  }

  /**
   * @param {RTCDataChannelImpl} channel
   * @param {any} error
   */
  #closed(channel, error) {
    this.#channels.delete(channel.handle);
    if (channel.readyState === 'closed') return;
    this.counts.closed++;
    channel.setClosed(error ?? undefined);
  }
}
