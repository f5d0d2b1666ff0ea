// One end of a data channel, whoever implements it: what came in waits to be taken.

import { Inbox, deferred, within } from './waiting.js';

export class Channel {
  #inbox = new Inbox();
  #opened = deferred();
  #closed = deferred();

  /** @param {any} channel an RTCDataChannel; only `on…` handlers are used, which all peers have */
  constructor(channel) {
    this.raw = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.#inbox.put(plain(data));
    channel.onopen = () => this.#opened.resolve();
    channel.onclose = () => this.#closed.resolve();
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
