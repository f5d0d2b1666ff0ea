// Long messages of one data channel, which pass the engine in pieces: its memory holds no more of them
// than is on the way.

/** From so many bytes on a message is handed to the engine while it is sent. */
export const kLongMessage = 2 ** 20;

/**
 * What the engine asks for of a message, and what it is given.
 * @typedef {object} Want
 * @property {number} source the engine's name for the message
 * @property {number} offset
 * @property {number} bytes
 */

/** Messages that are being sent. */
export class MessageSources {
  /** @type {Map<number, { payload: Uint8Array | Blob, lastRead: Promise<void> }>} */
  #messages = new Map();
  #supply;
  #failed;

  /**
   * @param {(source: number, offset: number, bytes: Uint8Array) => void} supply
   * @param {(source: number) => void} failed the rest of a Blob cannot be read
   */
  constructor(supply, failed) {
    this.#supply = supply;
    this.#failed = failed;
  }

  /**
   * @param {number} source
   * @param {Uint8Array | Blob} payload nobody else changes it
   */
  add(source, payload) {
    this.#messages.set(source, { payload, lastRead: Promise.resolve() });
  }

  /**
   * Answers the engine, of bytes that are there in the same call. Several pieces of a Blob are read at
   * a time, and given in the order in which the engine wants them.
   * @param {Want} want
   */
  answer({ source, offset, bytes }) {
    const message = this.#messages.get(source);
    if (!message) return;
    const { payload } = message;
    if (payload instanceof Uint8Array) {
      this.#supply(source, offset, payload.subarray(offset, offset + bytes));
      return;
    }
    const read = payload.slice(offset, offset + bytes).arrayBuffer();
    message.lastRead = Promise.all([read, message.lastRead]).then(
      ([buffer]) => {
        if (this.#messages.has(source)) this.#supply(source, offset, new Uint8Array(buffer));
      },
      () => {
        if (this.#messages.has(source)) this.#failed(source);
      },
    );
  }

  /** @param {number} source */
  release(source) {
    this.#messages.delete(source);
  }

  clear() {
    this.#messages.clear();
  }
}

/**
 * A piece of a message that is being received.
 * @typedef {object} Part
 * @property {number} part the engine's name for the message
 * @property {number} offset
 * @property {boolean} binary
 * @property {boolean} last
 * @property {boolean} givenUp by the peer; there is no data then
 * @property {Uint8Array<ArrayBuffer>} data
 */

/** Messages that are being received. */
export class MessageParts {
  /** @type {Map<number, { pieces: Uint8Array<ArrayBuffer>[], size: number }>} */
  #messages = new Map();

  /**
   * @param {Part} part
   * @returns {Uint8Array<ArrayBuffer>[] | undefined} all pieces of the message, with its last one
   */
  take({ part, offset, last, givenUp, data }) {
    // The engine begins its names again with a new association.
    const message = offset === 0 ? { pieces: [], size: 0 } : this.#messages.get(part);
    this.#messages.delete(part);
    // A hole is where the engine did not keep what came before the channel was there.
    if (givenUp || message?.size !== offset) return undefined;
    message.pieces.push(data);
    message.size += data.length;
    if (last) return message.pieces;
    this.#messages.set(part, message);
    return undefined;
  }

  clear() {
    this.#messages.clear();
  }
}

/**
 * One buffer of all pieces, which are gone afterwards.
 * @param {Uint8Array<ArrayBuffer>[]} pieces
 * @returns {ArrayBuffer}
 * @throws {RangeError} where the realm has no buffer of that size
 */
export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0));
  let offset = 0;
  pieces.reverse();
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole.buffer;
}

/**
 * The text of all pieces. What is not UTF-8 becomes U+FFFD, as the engine has it.
 * @param {Uint8Array<ArrayBuffer>[]} pieces
 * @throws {RangeError} where the realm has no strings of that length: in V8 that is half a gigabyte
 */
export function textOf(pieces) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
}
