// RTCDataChannel (webrtc-pc section 6.2).

import { exception, exceptionFrom, rtcError } from './errors.js';
import { fire, fireAs, fireMessage } from './events.js';
import { MessageParts, MessageSources, joined, kLongMessage, textOf } from './message-parts.js';
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
  /**
   * Messages behind a Blob that is still being read, the Blob first.
   * @type {{ message: Message, size: number, isBinary: boolean }[]}
   */
  #outbox = [];
  #closeWhenSent = false;
  #sources = new MessageSources(
    (source, offset, bytes) => {
      if (this.#owner.isClosed) return;
      this.#owner.callEngine((connection, now) => connection.supply(source, offset, bytes, now));
    },
    (source) => {
      if (this.#owner.isClosed) return;
      this.#owner.callEngine((connection, now) => connection.giveUp(source, now));
      this.#sources.release(source);
      this.#abort('a Blob could not be read');
    },
  );
  #parts = new MessageParts();
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
    const isLong = size >= kLongMessage;
    const isBinary = typeof data !== 'string';
    const isBlob = typeof message !== 'string' && !(message instanceof Uint8Array);
    const goesAtOnce = this.#outbox.length === 0 && (isLong || !isBlob);
    // The application may write into its buffer once send() has returned.
    if (message instanceof Uint8Array && (isLong || !goesAtOnce)) message = message.slice();
    if (isLong && typeof message === 'string') message = new TextEncoder().encode(message);
    if (goesAtOnce) {
      const error = this.#transmit(message, size, isBinary);
      if (error) throw exceptionFrom(error);
      return;
    }
    this.bufferedAmount += size;
    this.#outbox.push({ message, size, isBinary });
    if (this.#outbox.length === 1) this.#sendOutbox();
  }

  close() {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'closing';
    this.#parts.clear(); // nothing of them will be delivered
    if (this.#outbox.length > 0) this.#closeWhenSent = true;
    else this.#closeInEngine();
  }

  // ---- Sending

  /**
   * @param {Message} message a Blob only when it is long
   * @param {number} size
   * @param {boolean} isBinary
   * @returns {any} an error of the engine, or undefined
   */
  #transmit(message, size, isBinary) {
    this.bufferedAmount += size;
    const error = this.#owner.feedEngine((connection, now) => {
      if (typeof message === 'string') return connection.sendString(this.handle, message, now);
      if (message instanceof Uint8Array && size < kLongMessage) {
        return connection.sendBinary(this.handle, message, now);
      }
      const { source, error } = connection.sendFrom(this.handle, isBinary, size, now);
      if (!error) this.#sources.add(source, message);
      return error;
    });
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
      const [{ message, size, isBinary }] = this.#outbox;
      /** @type {Message} */
      let payload = message;
      try {
        if (
          size < kLongMessage &&
          typeof message !== 'string' &&
          !(message instanceof Uint8Array)
        ) {
          payload = new Uint8Array(await message.arrayBuffer());
        }
      } catch (error) {
        this.#abort('a Blob could not be read');
        return;
      }
      if (this.readyState === 'closed' || this.#owner.isClosed) return;
      this.#outbox.shift();
      this.bufferedAmount -= size;
      const error = this.#transmit(payload, size, isBinary);
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

  /** @param {import('./message-parts.js').Part} part */
  receivePart(part) {
    if (this.readyState !== 'open') return;
    const pieces = this.#parts.take(part);
    if (!pieces) return;
    if (part.binary && this.binaryType === 'blob') {
      this.#receiveBlob(new Blob(pieces));
      return;
    }
    let data;
    try {
      data = part.binary ? joined(pieces) : textOf(pieces);
    } catch {
      this.#abort('a message is larger than what it can be received in');
      return;
    }
    this.receive(data);
  }

  /** @param {Blob} blob */
  #receiveBlob(blob) {
    this.statistics.messagesReceived++;
    this.statistics.bytesReceived += blob.size;
    fireMessage(this, blob);
  }

  /**
   * Called while the engine is being drained.
   * @param {import('./message-parts.js').Want} want
   */
  supply(want) {
    this.#sources.answer(want);
  }

  /** @param {number} source */
  release(source) {
    this.#sources.release(source);
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
    this.#parts.clear();
    fire(this, 'closing');
  }

  /**
   * "Announce the data channel as closed".
   * @param {import('./errors.js').EngineError} [error]
   */
  setClosed(error) {
    if (this.readyState === 'closed') return;
    this.#end();
    if (error) {
      const { errorDetail = 'sctp-failure' } = error;
      fireAs(this, 'RTCErrorEvent', 'error', { error: rtcError({ ...error, errorDetail }) });
    }
    fire(this, 'close');
  }

  /** The connection was closed: no event tells it. */
  abandon() {
    this.#end();
  }

  #end() {
    this.readyState = 'closed';
    this.#outbox = [];
    this.#sources.clear();
    this.#parts.clear();
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
