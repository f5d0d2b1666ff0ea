// The configuration of one connection, and what of it the engine has: the servers of the
// application, those of the network, and the candidate pool.

import { prepareCertificates } from './certificate-preparation.js';
import {
  changedConfiguration,
  copyConfiguration,
  engineConfiguration,
  initialConfiguration,
} from './configuration.js';
import { engine, largestMessage, offersSctpInit } from './runtime.js';
import { surroundings } from './surroundings.js';

/** @typedef {import('../net/network.js').EngineIceServer} EngineIceServer */

/**
 * The connection, as its configuration sees it.
 * @typedef {object} ConfiguredConnection
 * @property {boolean} isClosed
 * @property {<T>(action: (engine: any, now: number) => T) => T} callEngine
 * @property {() => EngineIceServer[] | Promise<EngineIceServer[]>} networkServers
 * @property {(reason: string) => void} networkRefused tells script, as an icecandidateerror
 */

export class ConnectionConfiguration {
  /** [[Configuration]] */
  #current;
  #connection;
  #surroundings;
  #isSeeded = false;

  /**
   * @param {any} dictionary RTCConfiguration
   * @param {ConfiguredConnection} connection
   * @throws {DOMException} what the constructor of RTCPeerConnection throws
   */
  constructor(dictionary, connection) {
    this.#current = initialConfiguration(dictionary);
    this.#connection = connection;
    this.#surroundings = surroundings();
  }

  /**
   * What the engine's connection is made with.
   * @param {import('../net/network.js').Network} network that it uses
   */
  forEngine({ connectsTcp }) {
    const seed = this.#surroundings.seed();
    this.#isSeeded = seed !== undefined;
    // Not spread into a literal, which takes V8 eight microseconds. A seed that is not there is said
    // not to be: what somebody has put into Object.prototype must not make keys that he can guess.
    return Object.assign(engineConfiguration(this.#current, []), {
      seed,
      unixTime: seed && this.#surroundings.unixTime(),
      maxMessageSize: largestMessage(),
      offersSctpInit: offersSctpInit(),
      connectsTcp: connectsTcp === true,
    });
  }

  /** Of the connection that has just been made. */
  begin() {
    if (this.#poolSize > 0) this.#fillPool();
    // A seed makes its own.
    if (this.#isSeeded) return;
    if (this.#current.dictionary.certificates.length === 0) prepareCertificates(engine());
  }

  /** What has been encoded or received waits until createEncodedStreams() is called. */
  get framesWaitForStreams() {
    return this.#current.dictionary.encodedInsertableStreams;
  }

  get() {
    return copyConfiguration(this.#current);
  }

  /**
   * @param {any} dictionary RTCConfiguration
   * @param {boolean} hasLocalDescription
   */
  set(dictionary, hasLocalDescription) {
    const hadPool = this.#poolSize > 0;
    this.#current = changedConfiguration(this.#current, dictionary, hasLocalDescription);
    this.#apply([]);
    if (hadPool || this.#poolSize > 0) this.#fillPool();
  }

  /**
   * Before ICE gathers: the servers that come with the network.
   * @returns {Promise<void> | undefined} a promise when they have to be fetched
   */
  adoptNetworkServers() {
    const adopt = (/** @type {EngineIceServer[]} */ servers) => {
      if (servers.length > 0 && !this.#connection.isClosed) this.#apply(servers);
    };
    const refuse = (/** @type {any} */ error) =>
      this.#connection.networkRefused(error?.message ?? `${error}`);
    try {
      const servers = this.#connection.networkServers();
      if (servers instanceof Promise) return servers.then(adopt, refuse);
      adopt(servers);
    } catch (error) {
      refuse(error);
    }
    return undefined;
  }

  get #poolSize() {
    return this.#current.dictionary.iceCandidatePoolSize;
  }

  /** Candidates for transports to come are gathered from now on, with the servers of now. */
  #fillPool() {
    const fill = () => {
      if (this.#connection.isClosed) return;
      this.#connection.callEngine((engine, now) =>
        engine.setCandidatePoolSize(this.#poolSize, now),
      );
    };
    const servers = this.adoptNetworkServers();
    if (servers) servers.then(fill);
    else fill();
  }

  /** @param {EngineIceServer[]} networkServers */
  #apply(networkServers) {
    const configuration = engineConfiguration(this.#current, networkServers);
    this.#connection.callEngine((engine) => engine.setConfiguration(configuration));
  }
}
