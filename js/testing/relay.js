// A TURN server on a virtual host: the one that webrtc-wasm-relay runs, over UDP.

import { TurnService } from '../relay/turn-service.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */
/** @typedef {import('../net/virtual-network.js').VirtualHost} VirtualHost */
/** @typedef {ReturnType<VirtualHost['bind']>} VirtualSocket */

const kPort = 3478;
/** Allocations' sockets (RFC 8656 section 7.2). */
const kFirstRelayPort = 49_152;

/** @type {() => Promise<{ default: (options?: object) => Promise<any> }>} */
let importModule;
/** @type {Promise<any> | undefined} */
let engine;

/** @param {typeof importModule} load  imports the TURN server's module, as the realm can */
export function provideRelay(load) {
  importModule = load;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export class SimulatedRelay {
  #simulation;
  #engine;
  #service = /** @type {TurnService | undefined} */ (undefined);
  #socket = /** @type {VirtualSocket | undefined} */ (undefined);
  #starts = 0;
  #account;

  /**
   * @param {Simulation} simulation
   * @param {any} module  the TURN server's
   * @param {{ host: VirtualHost, address: string, name?: string, username: string, credential: string }} options
   */
  constructor(simulation, module, { host, address, name, username, credential }) {
    this.#simulation = simulation;
    this.#engine = module;
    this.#account = { username, credential };
    this.host = host;
    this.address = address;
    /** For `RTCConfiguration.iceServers`. */
    this.iceServer = { urls: `turn:${name ?? address}?transport=udp`, username, credential };
    this.start();
  }

  get isRunning() {
    return this.#service !== undefined;
  }

  /** Allocations that stand. */
  get allocations() {
    return this.#service?.allocations ?? 0;
  }

  /** What the server counts. */
  stats() {
    return this.#service?.stats() ?? {};
  }

  /** It begins anew: of allocations that were made before it knows nothing. */
  start() {
    if (this.#service) return;
    const { host, address } = this;
    const { username, credential } = this.#account;
    const seed = `${this.#simulation.seed}/${address}/${++this.#starts}`;
    const service = new TurnService({
      engine: this.#engine,
      config: {
        realm: 'test',
        users: { [username]: credential },
        allow: ['0.0.0.0/0', '::/0'],
        deny: [],
        own: [],
        seed: new TextEncoder().encode(seed),
      },
      sockets: /** @type {any} */ (new RelayPorts(host, address)),
      log: /** @type {any} */ (quiet),
      now: host.now,
      unixMs: () => this.#simulation.unixTime(),
      timers: {
        set: (work, delayMs) => host.setTimer(work, host.now() + delayMs),
        clear: host.clearTimer,
      },
    });
    /** By address and port. @type {Map<string, number>} */
    const clients = new Map();
    const socket = host.bind(address, kPort, (source, data) => {
      const key = `${source.address}|${source.port}`;
      let id = clients.get(key);
      if (id === undefined) {
        id = service.connect('udp', source.address, source.port, {
          send: (bytes) => socket.send(source, bytes),
          close: () => clients.delete(key),
        });
        clients.set(key, id);
      }
      service.receive(id, data);
    });
    this.#service = service;
    this.#socket = socket;
  }

  /** It dies: nobody is told. */
  stop() {
    this.#socket?.close();
    this.#service?.close();
    this.#service = undefined;
  }
}

/** The sockets of allocations, on the virtual host. */
class RelayPorts {
  #host;
  #address;
  #nextPort = kFirstRelayPort;
  /** @type {Map<number, VirtualSocket>} */
  #sockets = new Map();
  /** @type {import('../relay/relay-sockets.js').RelaySocketCallbacks | undefined} */
  #callbacks;

  /** @param {VirtualHost} host @param {string} address */
  constructor(host, address) {
    this.#host = host;
    this.#address = address;
  }

  /** @param {import('../relay/relay-sockets.js').RelaySocketCallbacks} callbacks */
  attach(callbacks) {
    this.#callbacks = callbacks;
  }

  /**
   * @param {number} id
   * @param {4 | 6} family
   * @param {{ evenPort?: boolean, nextId?: number }} [pair]
   */
  openSocket(id, family, { evenPort = false, nextId } = {}) {
    const ids = nextId === undefined ? [id] : [id, nextId];
    // Not from within the call that asks for it.
    this.#host.setTimer(() => {
      if (evenPort && this.#nextPort % 2 === 1) this.#nextPort++;
      for (const each of ids) {
        if (family === 4) this.#open(each);
        else this.#callbacks?.failed(each);
      }
    }, this.#host.now());
  }

  /** @param {number} id */
  #open(id) {
    const socket = this.#host.bind(this.#address, this.#nextPort++, ({ address, port }, data) =>
      this.#callbacks?.datagram(id, address, port, data),
    );
    this.#sockets.set(id, socket);
    this.#callbacks?.opened(id, socket.address, socket.port);
  }

  /**
   * @param {number} id
   * @param {string} address
   * @param {number} port
   * @param {Uint8Array} data
   */
  send(id, address, port, data) {
    this.#sockets.get(id)?.send({ address, port }, data);
  }

  /** @param {number} id */
  closeSocket(id) {
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
  }

  close() {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#callbacks = undefined;
  }
}

/**
 * @param {Simulation} simulation
 * @param {{ name?: string, link?: import('../net/virtual-link.js').LinkOptions, username?: string, credential?: string }} [options]
 */
export async function openRelay(
  simulation,
  { name, link, username = 'user', credential = 'secret' } = {},
) {
  if (!importModule) throw new Error('the TURN server comes with `webrtc-wasm/testing` alone');
  engine ??= importModule().then((module) => module.default());
  const module = await engine;
  const { host, address } = simulation.server({ name, link });
  const relay = new SimulatedRelay(simulation, module, {
    host,
    address,
    name,
    username,
    credential,
  });
  simulation.atEnd(() => relay.stop());
  return relay;
}
