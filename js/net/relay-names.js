// Asks relays for the addresses behind `.local` names, by JSON text messages on the WebSocket that
// carries the TURN stream: {"resolve": name, "id": n} -> {"id": n, "addresses": […]}.
// The relay answers once the stream has an allocation; until then the question waits over there.

/** The whole wait for one name, the opening of the stream and the allocation included. */
const kTimeoutMs = 10_000;

/** @typedef {import('./websocket-stream.js').WebSocketStream} Stream */

/**
 * @typedef {object} Question
 * @property {number} id
 * @property {string} hostname
 * @property {(addresses: string[]) => void} answer
 * @property {Set<Stream>} asked
 * @property {any} timer
 */

export class RelayNames {
  /** @param {() => Iterable<Stream>} streams */
  constructor(streams) {
    this.streams_ = streams;
    this.nextId_ = 1;
    /** @type {Map<number, Question>} */
    this.questions_ = new Map();
  }

  /**
   * `answer` comes exactly once, with nothing in it when no relay knows, unless `close` is first.
   * @param {string} hostname
   * @param {(addresses: string[]) => void} answer
   */
  ask(hostname, answer) {
    const id = this.nextId_++;
    const timer = setTimeout(() => this.finish_(id, []), kTimeoutMs);
    const question = { id, hostname, answer, asked: new Set(), timer };
    this.questions_.set(id, question);
    for (const stream of this.streams_()) this.send_(question, stream);
  }

  /** @param {Stream} stream */
  streamOpened(stream) {
    for (const question of this.questions_.values()) this.send_(question, stream);
  }

  /** @param {Stream} stream */
  streamClosed(stream) {
    for (const question of this.questions_.values()) question.asked.delete(stream);
  }

  /**
   * @param {Stream} stream
   * @param {any} message
   */
  answered(stream, message) {
    const question = this.questions_.get(message.id);
    if (!question?.asked.delete(stream)) return;
    const addresses = Array.isArray(message.addresses)
      ? message.addresses.filter((/** @type {unknown} */ entry) => typeof entry === 'string')
      : [];
    if (addresses.length > 0) this.finish_(question.id, addresses);
    else if (question.asked.size === 0) this.finish_(question.id, []);
  }

  close() {
    for (const question of this.questions_.values()) clearTimeout(question.timer);
    this.questions_.clear();
  }

  /**
   * @param {Question} question
   * @param {Stream} stream
   */
  send_(question, stream) {
    if (!stream.isOpen || !stream.hasControl || question.asked.has(stream)) return;
    question.asked.add(stream);
    stream.sendControl({ resolve: question.hostname, id: question.id });
  }

  /**
   * @param {number} id
   * @param {string[]} addresses
   */
  finish_(id, addresses) {
    const question = this.questions_.get(id);
    if (!question) return;
    this.questions_.delete(id);
    clearTimeout(question.timer);
    question.answer(addresses);
  }
}
