// RTCDataChannel (webrtc-pc section 6.2).

import { exception, exceptionFrom, rtcError } from './errors.js';
import { fire, fireAs, fireMessage } from './events.js';
import { queueTask } from './tasks.js';
import { utf8Length } from './utf8-length.js';

/**
 * @typedef {object} ChannelOwner  the connection, as far as its channels need it
 * @property {(action: (connection: any, now: number) => any) => any} callEngine
 * @property {(action: (connection: any, now: number) => any) => any} feedEngine
 * @property {() => number} maxMessageSize
 * @property {boolean} isClosed
 */

/**
 * @typedef {object} ChannelParameters
 * @property {string} label
 * @property {string} protocol
 * @property {boolean} ordered
 * @property {number | null} maxPacketLifeTime
 * @property {number | null} maxRetransmits
 * @property {boolean} negotiated
 * @property {number | null} id
 * @property {string} priority
 */

/** @typedef {string | Uint8Array | Blob} Message */

/** Behaviour of RTCDataChannel. */
export class RTCDataChannelImpl {
  /** @type {RTCDataChannelState} */
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType = 'arraybuffer';
  /** @type {any} */
  wrapper;
  /** The engine's name for this channel. */
  handle = -1;
  statistics = { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 };

  #owner;
  /** Messages behind a Blob that is still being read, the Blob first. @type {Message[]} */
  #outbox = [];
  #closeWhenSent = false;
  /** Bytes that were sent and not yet taken off `bufferedAmount`. */
  #sentBytes = 0;

  /**
   * @param {ChannelOwner} owner
   * @param {ChannelParameters} parameters
   */
  constructor(owner, parameters) {
    this.#owner = owner;
    this.label = parameters.label;
    this.protocol = parameters.protocol;
    this.ordered = parameters.ordered;
    this.maxPacketLifeTime = parameters.maxPacketLifeTime;
    this.maxRetransmits = parameters.maxRetransmits;
    this.negotiated = parameters.negotiated;
    this.id = parameters.id;
    this.priority = parameters.priority;
  }

  /** The connection's impl. */
  get connection() {
    return this.#owner;
  }

  // ---- What script calls

  /** @param {string | Blob | ArrayBuffer | ArrayBufferView} data */
  send(data) {
    if (this.readyState !== 'open') {
      throw exception('InvalidStateError', `the channel is ${this.readyState}, not open`);
    }
    /** @type {Message} */
    let message;
    let size;
    if (typeof data === 'string') {
      message = data;
      size = utf8Length(data);
    } else if ('byteLength' in data) {
      message = viewOf(data);
      size = message.length;
    } else {
      message = data;
      size = data.size;
    }
    const limit = this.#owner.maxMessageSize();
    if (size > limit) {
      throw new TypeError(`a message of ${size} bytes is more than the peer takes (${limit})`);
    }
    const isBlob = typeof message !== 'string' && !(message instanceof Uint8Array);
    if (this.#outbox.length === 0 && !isBlob) {
      const error = this.#transmit(message, size);
      if (error) throw exceptionFrom(error);
      return;
    }
    this.bufferedAmount += size;
    // The application may write into its buffer once send() has returned.
    this.#outbox.push(message instanceof Uint8Array ? message.slice() : message);
    if (this.#outbox.length === 1) this.#sendOutbox();
  }

  close() {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'closing';
    if (this.#outbox.length > 0) this.#closeWhenSent = true;
    else this.#closeInEngine();
  }

  // ---- Sending

  /**
   * @param {Message} message
   * @param {number} size
   * @returns {any} an error of the engine, or undefined
   */
  #transmit(message, size) {
    this.bufferedAmount += size;
    const error = this.#owner.feedEngine((connection, now) =>
      typeof message === 'string'
        ? connection.sendString(this.handle, message, now)
        : connection.sendBinary(this.handle, message, now),
    );
    if (error) this.bufferedAmount -= size;
    else {
      this.statistics.messagesSent++;
      this.statistics.bytesSent += size;
    }
    return error;
  }

  /** Sends what waits, in order, reading Blobs on the way. */
  async #sendOutbox() {
    while (this.#outbox.length > 0) {
      const [message] = this.#outbox;
      /** @type {string | Uint8Array} */
      let payload;
      let size;
      try {
        if (typeof message === 'string' || message instanceof Uint8Array) payload = message;
        else payload = new Uint8Array(await message.arrayBuffer());
        size = typeof payload === 'string' ? utf8Length(payload) : payload.length;
      } catch (error) {
        this.#abort('a Blob could not be read');
        return;
      }
      if (this.readyState === 'closed' || this.#owner.isClosed) return;
      this.#outbox.shift();
      this.bufferedAmount -= size;
      const error = this.#transmit(payload, size);
      if (error) {
        this.#abort(error.message ?? 'a message could not be sent');
        return;
      }
    }
    if (this.#closeWhenSent) this.#closeInEngine();
  }

  /** @param {string} message why a message that was accepted cannot be delivered */
  #abort(message) {
    this.#outbox = [];
    this.#closeInEngine();
    queueTask(() => this.setClosed({ errorDetail: 'data-channel-failure', message }));
  }

  #closeInEngine() {
    this.#closeWhenSent = false;
    if (this.#owner.isClosed) return;
    this.#owner.callEngine((connection, now) => connection.closeDataChannel(this.handle, now));
  }

  // ---- What the connection reports, each from a task of its own

  /** "Announce the data channel as open". */
  setOpen() {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'open';
    fire(this, 'open');
  }

  /** @param {string | ArrayBuffer} data */
  receive(data) {
    if (this.readyState !== 'open') return;
    this.statistics.messagesReceived++;
    this.statistics.bytesReceived += typeof data === 'string' ? utf8Length(data) : data.byteLength;
    if (typeof data === 'string') fireMessage(this, data);
    else fireMessage(this, this.binaryType === 'blob' ? new Blob([data]) : data);
  }

  /**
   * Called while the engine is being drained: what is sent in one go is taken off in one task.
   * @param {number} bytes
   */
  noteSent(bytes) {
    const isFirst = this.#sentBytes === 0;
    this.#sentBytes += bytes;
    if (!isFirst || bytes === 0) return;
    queueTask(() => {
      const before = this.bufferedAmount;
      this.bufferedAmount -= this.#sentBytes;
      this.#sentBytes = 0;
      if (this.#owner.isClosed) return;
      const threshold = this.bufferedAmountLowThreshold;
      if (before > threshold && this.bufferedAmount <= threshold) fire(this, 'bufferedamountlow');
    });
  }

  /** The peer began to close the channel. */
  setClosing() {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'closing';
    fire(this, 'closing');
  }

  /**
   * "Announce the data channel as closed".
   * @param {import('./errors.js').EngineError} [error]
   */
  setClosed(error) {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.#outbox = [];
    if (error) {
      const { errorDetail = 'sctp-failure' } = error;
      fireAs(this, 'RTCErrorEvent', 'error', { error: rtcError({ ...error, errorDetail }) });
    }
    fire(this, 'close');
  }

  /** The connection was closed: no event tells it. */
  abandon() {
    this.readyState = 'closed';
    this.#outbox = [];
  }
}

/**
 * @param {ArrayBuffer | ArrayBufferView} data
 * @returns {Uint8Array}
 */
function viewOf(data) {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
