// One end of a scenario, in whatever realm: what scenarios in ../../scenarios are given.

import { digest, fileOf, greeting } from './content.js';

/** Generous: it tells a hang from a slow machine. */
const kPatienceMs = 120_000;
/** trystero keeps a connection that it was about to offer when its room was left for another 180 s. */
const kClosingMs = 240_000;

/**
 * @typedef {object} Media  what an end sends and how it knows what it gets
 * @property {() => MediaStream} send  a tone and a colour of this end's own, until it is closed
 * @property {(stream: MediaStream) => Promise<string>} hears  whose tone is in it
 * @property {(stream: MediaStream) => Promise<string>} sees  whose colour is in it
 * @property {() => void} close
 */

export class End {
  #tell;
  /** @type {any[]} */
  #heard = [];
  /** @type {((value: any) => void)[]} */
  #waiting = [];
  /** @type {(() => void)[]} */
  #meeting = [];
  #met = 0;

  /**
   * @param {{ role: 'a' | 'b', server: any, realm: string, media: Media | undefined, tell: (value: any) => void }} settings
   */
  constructor({ role, server, realm, media, tell }) {
    this.role = role;
    /** The role of the other end. */
    this.other = role === 'a' ? 'b' : 'a';
    /** What the library's own server says of itself: its address, say. */
    this.server = server;
    this.realm = realm;
    this.media = media;
    this.#tell = tell;
    /** What this end sends as a file. */
    this.file = fileOf(role);
    /** @type {((value: any) => void) | undefined} */
    this.ontold = undefined;
  }

  /** Gives the other end something, JSON, past the library: where one has no signalling of its own. @param {any} value */
  tell(value) {
    this.#tell({ value });
  }

  /** The next that the other end told, unless `ontold` takes it. */
  hear() {
    if (this.#heard.length > 0) return Promise.resolve(this.#heard.shift());
    const heard = new Promise((resolve) => this.#waiting.push(resolve));
    return this.within('the other end to tell something', heard);
  }

  /** Settles when both ends have come here as often as this one. */
  meet() {
    this.#tell({ here: true });
    const met = new Promise((resolve) => this.#meeting.push(resolve));
    this.#settleMeetings();
    // What keeps the other end has to be told first.
    return this.within('the other end to come here', met, 2 * kPatienceMs);
  }

  /** @param {any} message  that the other end gave */
  put(message) {
    if (message.here) {
      this.#met++;
      this.#settleMeetings();
    } else if (this.ontold) this.ontold(message.value);
    else if (this.#waiting.length > 0) this.#waiting.shift()?.(message.value);
    else this.#heard.push(message.value);
  }

  #settleMeetings() {
    while (this.#met > 0 && this.#meeting.length > 0) {
      this.#met--;
      this.#meeting.shift()?.();
    }
  }

  /**
   * The promise's outcome, or an error that names what did not come.
   * @template T
   * @param {string} what
   * @param {Promise<T>} promise
   * @param {number} [ms]
   * @returns {Promise<T>}
   */
  async within(what, promise, ms = kPatienceMs) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${this.role} still waits for ${what} after ${ms} ms`)),
        ms,
      );
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The next event of that name, whatever kind of emitter it is.
   * @param {any} emitter
   * @param {string} name
   */
  once(emitter, name) {
    const came = new Promise((resolve, reject) => {
      const add = emitter.once ?? emitter.addEventListener ?? emitter.on;
      add.call(emitter, name, resolve);
      if (emitter.once && name !== 'error') emitter.once('error', reject);
    });
    return this.within(`'${name}'`, came);
  }

  /** What this end says. */
  get greeting() {
    return greeting(this.role);
  }

  /** @param {ArrayBuffer | Uint8Array} data */
  digest(data) {
    return digest(data);
  }

  /**
   * Takes a greeting and a file that come in this order, as however many pieces of bytes or strings.
   * `take(data)` for each, and `all` is what this end has seen.
   */
  receiver() {
    const encoder = new TextEncoder();
    const lengths = [encoder.encode(greeting(this.other)).length, this.file.length];
    /** @type {Uint8Array[]} */
    const pieces = [];
    let length = 0;
    let done;
    const complete = new Promise((resolve) => (done = resolve));
    return {
      /** @param {string | ArrayBuffer | ArrayBufferView} data */
      take(data) {
        const piece = typeof data === 'string' ? encoder.encode(data) : bytesOf(data);
        pieces.push(piece);
        length += piece.length;
        if (length >= lengths[0] + lengths[1]) done();
      },
      all: this.within('a message and a file', complete).then(async () => {
        const all = new Uint8Array(await new Blob(pieces).arrayBuffer());
        return {
          messages: new TextDecoder().decode(all.subarray(0, lengths[0])),
          file: await digest(all.subarray(lengths[0])),
        };
      }),
    };
  }

  /** Whose tone and whose colour are in a stream. @param {MediaStream} stream */
  async watch(stream) {
    const [sound, pictures] = await Promise.all([
      this.within('a tone', this.media.hears(stream)),
      this.within('pictures', this.media.sees(stream)),
    ]);
    return { sound, pictures };
  }
}

/** @param {ArrayBuffer | ArrayBufferView} data */
const bytesOf = (data) =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
    : new Uint8Array(data);

/** Pieces of a file, each small enough for any channel. @param {Uint8Array} file */
export function* piecesOf(file, length = 16_384) {
  for (let at = 0; at < file.length; at += length) yield file.slice(at, at + length);
}

/** @param {() => boolean} isSo @param {number} [ms] */
export async function until(isSo, ms = kPatienceMs) {
  const end = Date.now() + ms;
  while (!isSo()) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/**
 * Runs one end of a scenario.
 * @param {{ run: (end: End) => Promise<object>, end: End, alive: () => number }} what  `alive` counts the
 *   engine's objects
 * @returns {Promise<{ seen: object, alive: number }>}  how many are left when the library has closed all
 */
export async function runEnd({ run, end, alive }) {
  const seen = await run(end);
  end.media?.close();
  await until(() => {
    // Certificates have no close(): what the application made goes when it is garbage.
    globalThis.gc?.();
    return alive() === 0;
  }, kClosingMs);
  return { seen, alive: alive() };
}
