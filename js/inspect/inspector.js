// The inspector: which connections are recorded, and what can be had of it.

import { captureFile, keyLog } from './capture-file.js';
import { ConnectionLog } from './connection-log.js';
import { makeDump } from './dump.js';
import { implOf, listen, ownVersion, unlisten } from './hub.js';

/**
 * @typedef {object} InspectorOptions
 * @property {boolean} [all]  connections that are made from now on, all of them; else those of `attach()`
 * @property {number} [statsInterval]  milliseconds between samples of getStats(), 1000 by default, 0: none
 * @property {boolean} [messages]  sizes of data channel messages, one entry each; they are counted anyway
 * @property {boolean} [packets]  what goes over the sockets, for `pcapng()`
 * @property {boolean} [secrets]  keys of DTLS, for `keyLog()` and `pcapng({ decrypt: true })`. DANGER: whoever
 *   gets them, or a capture file that has them, reads everything that both ends said
 * @property {number} [maxEntries]  of each connection's timeline, 5000 by default
 * @property {number} [maxBytes]  that it takes about, 4 MiB by default
 * @property {number} [maxSamples]  of each connection's statistics, 600 by default
 * @property {number} [maxPacketBytes]  of each connection's packets, 16 MiB by default
 * @property {number} [maxConnections]  closed ones that are kept, 20 by default
 */

/** @typedef {Required<InspectorOptions>} Settings */

/** @type {Settings} */
const kDefaults = {
  all: false,
  statsInterval: 1000,
  messages: false,
  packets: false,
  secrets: false,
  maxEntries: 5000,
  maxBytes: 4 * 2 ** 20,
  maxSamples: 600,
  maxPacketBytes: 16 * 2 ** 20,
  maxConnections: 20,
};

export class Inspector {
  /** Grows with whatever is recorded, so that who shows it sees when to look again. */
  revision = 0;
  #settings;
  /** By number, in order. @type {Map<number, ConnectionLog>} */
  #logs = new Map();
  /** By the connection, or a part of it. @type {WeakMap<object, ConnectionLog>} */
  #byObject = new WeakMap();
  #lastId = 0;
  #isClosed = false;

  /**
   * @param {InspectorOptions} [options]
   * @throws {TypeError} for a limit that is no number
   */
  constructor(options = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    for (const [name, value] of given) {
      const usual = /** @type {any} */ (kDefaults)[name];
      if (usual === undefined) throw new TypeError(`Inspector has no option ${name}`);
      if (typeof usual !== typeof value || (typeof value === 'number' && !(value >= 0))) {
        throw new TypeError(`Inspector: ${name} is a ${typeof usual}, not ${value}`);
      }
    }
    this.#settings = { ...kDefaults, ...Object.fromEntries(given) };
    listen(this);
  }

  /**
   * Records a connection from now on.
   * @param {RTCPeerConnection} connection of this package
   * @param {{ label?: string }} [options]
   * @returns {number} its number, by which `pcapng()` and dumps know it
   * @throws {TypeError} for anything else, also a native connection or one of another realm or version
   */
  attach(connection, { label = '' } = {}) {
    if (this.#isClosed) throw new Error('the inspector is closed');
    const known = this.#byObject.get(connection);
    if (known && !known.isDetached && this.#logs.has(known.id)) return known.id;
    const impl = implOf(connection);
    if (typeof impl?.setTap !== 'function') {
      throw new TypeError(
        'attach() takes an RTCPeerConnection of this package. A native one is shown by the browser ' +
          '(chrome://webrtc-internals, about:webrtc); one of webrtc-wasm is of another realm, or of another version',
      );
    }
    return this.#begin(impl, label).id;
  }

  /** @param {RTCPeerConnection} connection which is recorded no longer; what was, stays */
  detach(connection) {
    this.#byObject.get(connection)?.detach();
  }

  /** What has been recorded, as in dumps; it goes on to change. */
  get connections() {
    return [...this.#logs.values()].map((log) => log.view());
  }

  /** Takes a sample of each connection's statistics now. */
  async sample() {
    const open = [...this.#logs.values()].filter(({ closed }) => closed === null);
    await Promise.all(open.map((log) => log.sample()));
  }

  /**
   * All that has been recorded but packets and secrets, as the JSON of docs/inspect.md. It has addresses and
   * descriptions in it, and no credentials of servers.
   * @returns {import('./dump.js').Dump}
   */
  dump() {
    return makeDump(this.connections, ownVersion());
  }

  toJSON() {
    return this.dump();
  }

  /**
   * What went over the sockets, as a capture file for Wireshark.
   * @param {object} [options]
   * @param {number} [options.connection]  one alone
   * @param {boolean} [options.decrypt]  with the keys of DTLS, and RTP in the clear. DANGER: as for `secrets`
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   * @throws {Error} when packets, or secrets, were not recorded
   */
  async pcapng({ connection, decrypt = false } = {}) {
    if (!this.#settings.packets) {
      throw new Error('no packets were recorded: make the inspector with { packets: true }');
    }
    if (decrypt) this.#requireSecrets();
    const sources = this.#chosen(connection).flatMap(({ id, capture, secrets }) =>
      capture ? [{ id, capture, secrets }] : [],
    );
    const application = `webrtc-wasm ${ownVersion()}`;
    return captureFile(sources, { application, decrypt });
  }

  /**
   * The keys of DTLS as in an SSLKEYLOGFILE. DANGER: as for `secrets`.
   * @param {{ connection?: number }} [options]
   * @returns {string}
   * @throws {Error} when secrets were not recorded
   */
  keyLog({ connection } = {}) {
    this.#requireSecrets();
    return keyLog(this.#chosen(connection).flatMap(({ secrets }) => secrets));
  }

  /** Forgets what was recorded of closed connections. */
  clear() {
    for (const { id, closed } of this.#logs.values()) if (closed !== null) this.#logs.delete(id);
    this.revision++;
  }

  /** Records no more; what was recorded can still be had. Idempotent. */
  close() {
    this.#isClosed = true;
    unlisten(this);
    for (const log of this.#logs.values()) log.detach();
  }

  #requireSecrets() {
    if (this.#settings.secrets) return;
    throw new Error(
      'no secrets were recorded: make the inspector with { secrets: true } before the connections, and mind ' +
        'that whoever has them reads everything',
    );
  }

  /** @param {number | undefined} id */
  #chosen(id) {
    if (id === undefined) return [...this.#logs.values()];
    const log = this.#logs.get(id);
    if (!log) throw new RangeError(`there is no connection ${id}`);
    return [log];
  }

  /**
   * @param {any} impl
   * @param {string} label
   */
  #begin(impl, label) {
    const changed = () => void this.revision++;
    const id = ++this.#lastId;
    const log = new ConnectionLog({ id, label, impl, settings: this.#settings, changed });
    this.#logs.set(id, log);
    this.#byObject.set(impl.wrapper, log);
    const closed = [...this.#logs.values()].filter((each) => each.closed !== null);
    for (const { id } of closed.slice(0, closed.length - this.#settings.maxConnections)) {
      this.#logs.delete(id);
    }
    changed();
    return log;
  }

  // ---- For the hub

  /** @param {any} impl */
  connectionMade(impl) {
    if (this.#settings.all) this.#begin(impl, '');
  }

  /**
   * @param {object} wrapper
   * @returns {ConnectionLog | undefined}
   */
  logOf(wrapper) {
    const known = this.#byObject.get(wrapper);
    if (known) return known.isDetached ? undefined : known;
    const impl = implOf(wrapper);
    if (!impl || typeof impl.setTap === 'function') return undefined;
    // Channels know whose they are; other parts are looked for.
    const log = impl.connection
      ? this.#byObject.get(impl.connection.wrapper)
      : [...this.#logs.values()].find((each) => !each.isDetached && each.has(wrapper));
    if (!log || log.isDetached) return undefined;
    this.#byObject.set(wrapper, log);
    return log;
  }
}
