// Two connections of the real engine on a virtual network, in virtual time.

import { interfaces } from '../../../js/api/interfaces.js';
import { configure, setEngine } from '../../../js/api/runtime.js';
import createEngine from '../../../js/engine.node.js';
import { VirtualNetwork } from '../../../js/net/virtual-network.js';

/** @type {Promise<any> | undefined} */
let engine;

/** The engine's module, instantiated once per test file. */
export async function useEngine() {
  engine ??= createEngine();
  setEngine(await engine);
  return engine;
}

/** A connection on a host of its own. */
function connectOn(host, configuration) {
  configure({ network: host });
  try {
    return new interfaces.RTCPeerConnection(configuration);
  } finally {
    configure({ network: undefined });
  }
}

const neighbours = (network) =>
  ['192.0.2.1', '192.0.2.2'].map((address) => network.host({ addresses: [address] }));

export class Pair {
  #onTheWay;

  /**
   * @param {object} [options]
   * @param {any} [options.link] properties of both hosts' links
   * @param {RTCConfiguration} [options.a]
   * @param {RTCConfiguration} [options.b]
   * @param {boolean} [options.trickle]
   * @param {(network: VirtualNetwork) => any[]} [options.hosts] makes both hosts, where they shall not
   *   be next to each other
   * @param {(description: RTCSessionDescriptionInit) => RTCSessionDescriptionInit} [options.onTheWay]
   *   changes descriptions before they reach the other end
   */
  constructor({
    link = { latency: 5 },
    a,
    b,
    trickle = true,
    hosts = neighbours,
    onTheWay = (description) => description,
  } = {}) {
    this.#onTheWay = onTheWay;
    this.network = new VirtualNetwork({ seed: 7, link });
    const [hostA, hostB] = hosts(this.network);
    this.a = connectOn(hostA, a);
    this.b = connectOn(hostB, b);
    /** What failed on the way, for tests to look at. */
    this.errors = [];
    if (trickle) {
      this.#trickle(this.a, this.b);
      this.#trickle(this.b, this.a);
    }
  }

  #trickle(from, to) {
    const waiting = [];
    const flush = () => {
      if (!to.remoteDescription) return;
      for (const candidate of waiting.splice(0)) {
        to.addIceCandidate(candidate).catch((error) => this.errors.push(error));
      }
    };
    from.addEventListener('icecandidate', ({ candidate }) => {
      // Over a wire, as JSON.
      if (candidate) waiting.push(JSON.parse(JSON.stringify(candidate)));
      flush();
    });
    to.addEventListener('signalingstatechange', flush);
  }

  /** One offer and its answer. */
  async negotiate(offerer = this.a, answerer = this.b) {
    const copy = (description) => this.#onTheWay(JSON.parse(JSON.stringify(description)));
    await offerer.setLocalDescription();
    await answerer.setRemoteDescription(copy(offerer.localDescription));
    await answerer.setLocalDescription();
    await offerer.setRemoteDescription(copy(answerer.localDescription));
  }

  /** Advances virtual time until the condition holds. */
  until(condition, limitMs = 30_000) {
    return this.network.runUntil(condition, { limitMs });
  }

  /** A channel from A to B, open on both sides. */
  async openChannel(label = 'channel', init = {}) {
    const local = this.a.createDataChannel(label, init);
    let remote;
    this.b.addEventListener('datachannel', ({ channel }) => (remote = channel), { once: true });
    if (!this.a.currentRemoteDescription) await this.negotiate();
    await this.until(() => local.readyState === 'open' && remote?.readyState === 'open');
    return [local, remote];
  }

  close() {
    this.a.close();
    this.b.close();
    this.network.close();
  }
}
