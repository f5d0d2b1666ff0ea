// One end of a data channel, whoever implements it: what came in waits to be taken.

import { Inbox, deferred, within } from './waiting.js';

const kPieceBytes = 16 * 1024;
const kBufferedBytes = 512 * 1024;

export class Channel {
  #inbox = new Inbox();
  #opened = deferred();
  #closed = deferred();
  #low = deferred();

  /** @param {any} channel an RTCDataChannel; only `on…` handlers are used, which all peers have */
  constructor(channel) {
    this.raw = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.#inbox.put(plain(data));
    channel.onopen = () => this.#opened.resolve();
    channel.onclose = () => this.#closed.resolve();
    channel.onbufferedamountlow = () => this.#low.resolve();
    // werift has the event, but no handler attribute for it.
    channel.bufferedAmountLow?.subscribe(() => this.#low.resolve());
    if (channel.readyState === 'open') this.#opened.resolve();
  }

  get label() {
    return this.raw.label;
  }

  get opened() {
    return within(`'${this.label}' to open`, this.#opened.promise);
  }

  get closed() {
    return within(`'${this.label}' to close`, this.#closed.promise);
  }

  /** How many messages came that nobody took. */
  get waiting() {
    return this.#inbox.size;
  }

  /** @param {string | Buffer} message */
  send(message) {
    this.raw.send(message);
  }

  /**
   * Sends a file in pieces, no faster than the channel takes them.
   * @param {Buffer} file
   */
  async sendFile(file) {
    this.raw.bufferedAmountLowThreshold = kBufferedBytes / 2;
    for (let at = 0; at < file.length; at += kPieceBytes) {
      if (this.raw.bufferedAmount > kBufferedBytes) {
        this.#low = deferred();
        await within(`'${this.label}' to drain`, this.#low.promise);
      }
      this.raw.send(file.subarray(at, at + kPieceBytes));
    }
  }

  /** @returns {Promise<string | Buffer>} */
  next() {
    return within(`a message on '${this.label}'`, this.#inbox.take());
  }

  /** @param {number} count */
  async take(count) {
    const messages = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  close() {
    this.raw.close();
  }
}

/** Strings stay; whatever bytes come in becomes a Buffer. */
function plain(data) {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
