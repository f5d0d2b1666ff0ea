// One peer of a simulation: a host, and what script on it sees of WebRTC and of time.

import { enter, interfaces, mediaInterfaces } from '../api/testing-hooks.js';
import { FakeMediaDevices } from './media-devices.js';
import { drawUuid, randomNamed } from './seeds.js';
import { replace, VirtualTimers } from './timers.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */
/** @typedef {import('../net/virtual-network.js').VirtualHost} VirtualHost */

/** Whose a connection is. @type {WeakMap<object, SimulatedPeer>} */
const peers = new WeakMap();

/**
 * The peer that made a connection, undefined for those outside of simulations.
 * @param {object} connection
 */
export const peerOf = (connection) => peers.get(connection);

export class SimulatedPeer {
  #random;
  #seeds = 0;
  /** @type {Map<RTCPeerConnection, string>} */
  #connections = new Map();
  #hasCrashed = false;
  /** @type {(() => void)[]} */
  #atCrash = [];

  /**
   * Made by `Simulation.peer`.
   * @param {Simulation} simulation
   * @param {string} name
   * @param {VirtualHost} host
   */
  constructor(simulation, name, host) {
    this.simulation = simulation;
    this.name = name;
    this.host = host;
    this.#random = randomNamed(`${simulation.seed}/${name}`);
    const script = (/** @type {() => void} */ run) => simulation.runScript(run);
    /** Timers and clocks of this peer: they rest while it is suspended. */
    this.timers = new VirtualTimers({
      source: host,
      unixTime: () => simulation.unixTime(),
      script,
    });
    this.clock = {
      now: () => simulation.now(),
      timeOrigin: () => simulation.timeOrigin(),
      setTimeout: (/** @type {() => void} */ work, /** @type {number} */ delay) =>
        host.setTimer(() => script(work), simulation.now() + Math.max(0, delay)),
      clearTimeout: (/** @type {any} */ timer) => host.clearTimer(timer),
    };
    this.surroundings = {
      clock: this.clock,
      unixTime: () => simulation.unixTime(),
      network: () => host,
      uuid: () => this.uuid(),
      // A decoder of the page's would answer in real time.
      showsMedia: false,
      seed: () => new TextEncoder().encode(`${simulation.seed}/${name}/${++this.#seeds}`),
    };
    /** `navigator.mediaDevices` with a fake camera and a fake microphone. */
    this.mediaDevices = new FakeMediaDevices(this);
    this.RTCPeerConnection = connectionClass(this, (connection) => {
      peers.set(connection, this);
      this.#connections.set(connection, `${new Error('made here').stack}`);
    });
    this.MediaStream = streamClass(this);
  }

  /** Connections that have not been closed. */
  get connections() {
    for (const connection of this.#connections.keys()) {
      if (connection.signalingState === 'closed') this.#connections.delete(connection);
    }
    return [...this.#connections.keys()];
  }

  /** A UUID that the seed repeats. */
  uuid() {
    return drawUuid(this.#random);
  }

  /**
   * Gives a track or a stream an id that the seed repeats.
   * @template {{ id: string }} T
   * @param {T} object
   * @returns {T}
   */
  withId(object) {
    return Object.defineProperty(object, 'id', { value: this.uuid(), configurable: true });
  }

  /**
   * Makes this peer's WebRTC, timers and devices the globals, for applications that know no other.
   * @param {{ target?: any, timers?: boolean }} [options]
   * @returns {() => void} puts back what was there
   */
  install({ target = globalThis, timers = true } = {}) {
    const globals = {
      ...interfaces,
      ...mediaInterfaces,
      RTCPeerConnection: this.RTCPeerConnection,
      MediaStream: this.MediaStream,
    };
    const restores = Object.entries(globals).map(([name, value]) => replace(target, name, value));
    if (target.navigator) {
      restores.push(replace(target.navigator, 'mediaDevices', this.mediaDevices));
    }
    if (timers) restores.push(this.timers.install(target));
    return () => {
      for (const restore of restores.splice(0).reverse()) restore();
    };
  }

  /** Nothing leaves or reaches the peer any more, and nobody is told: a crash, a flat battery. */
  crash() {
    if (this.#hasCrashed) return;
    this.#hasCrashed = true;
    this.host.blocksUdp = true;
    for (const work of this.#atCrash.splice(0)) work();
    this.close();
  }

  /** @param {() => void} work  done when it crashes */
  atCrash(work) {
    this.#atCrash.push(work);
  }

  /**
   * Runs what is the application's on this peer: when it is awake again, if it sleeps, and never after a crash.
   * @param {() => unknown} script
   */
  runScript(script) {
    this.host.whenAwake(() => {
      if (!this.#hasCrashed) this.simulation.runScript(script);
    });
  }

  leaks() {
    const leaks = this.connections.map((connection) => {
      const made = (this.#connections.get(connection) ?? '').split('\n').slice(1);
      const where = made.find((line) => !/peer\.js|testing\.node\.mjs|surroundings/.test(line));
      const from = where ? `, made ${where.trim()}` : '';
      return `${this.name}: a connection is not closed (${connection.connectionState}${from})`;
    });
    const { pending } = this.timers;
    if (pending > 0) leaks.push(`${this.name}: ${pending} timers are set`);
    const { live } = this.mediaDevices;
    if (live > 0) leaks.push(`${this.name}: ${live} tracks of its devices are not stopped`);
    return leaks;
  }

  close() {
    for (const connection of this.connections) connection.close();
    this.mediaDevices.close();
    this.timers.clear();
  }
}

/**
 * @param {SimulatedPeer} peer
 * @param {(connection: RTCPeerConnection) => void} made
 */
function connectionClass(peer, made) {
  const Base = /** @type {typeof RTCPeerConnection} */ (interfaces.RTCPeerConnection);
  return class RTCPeerConnection extends Base {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      const leave = enter(peer.surroundings);
      try {
        super(configuration);
      } finally {
        leave();
      }
      made(this);
    }

    /** @param {any} algorithm AlgorithmIdentifier @override */
    static generateCertificate(algorithm) {
      const leave = enter(peer.surroundings);
      try {
        return super.generateCertificate(algorithm);
      } finally {
        leave();
      }
    }
  };
}

/** @param {SimulatedPeer} peer */
function streamClass(peer) {
  const Base = mediaInterfaces.MediaStream;
  return class MediaStream extends Base {
    /** @param {any} [content] a stream, or tracks */
    constructor(content) {
      // The page's own constructor tells an argument that is undefined from one that is not there.
      if (content === undefined) super();
      else super(content);
      peer.withId(this);
    }
  };
}
