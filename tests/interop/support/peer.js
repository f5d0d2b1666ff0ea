// A peer connection of any maker, with the channels that it announced and what its states were.

import { Channel } from './channel.js';
import { deferred, onEnd, within } from './waiting.js';

export class Peer {
  /** @type {Map<string, {promise: Promise<Channel>, resolve: (channel: Channel) => void}>} */
  #announced = new Map();
  #listeners = new Set();

  /**
   * @param {import('./implementations.js').Implementation} implementation
   * @param {object} [configuration] RTCConfiguration
   */
  constructor(implementation, configuration = {}) {
    this.implementation = implementation;
    // werift asks a public STUN server unless it is told of none.
    this.pc = implementation.create({ iceServers: [], ...configuration });
    this.candidates = [];
    this.candidateErrors = [];
    this.states = [];
    this.pc.ondatachannel = ({ channel }) => {
      this.#slot(channel.label).resolve(new Channel(channel));
    };
    this.pc.onicecandidateerror = (event) => this.candidateErrors.push(event);
    for (const name of kStateEvents) {
      this.pc[`on${name}`] = () => {
        const { connectionState, iceConnectionState } = this.pc;
        this.states.push(`${connectionState}/${iceConnectionState}`);
        for (const listener of this.#listeners) listener();
      };
    }
    onEnd(() => this.pc.close());
  }

  /**
   * @param {string} label
   * @param {object} [options]
   */
  createChannel(label, options) {
    return new Channel(this.pc.createDataChannel(label, options));
  }

  /**
   * The channel that the other side opened under this label.
   * @param {string} label
   */
  announced(label) {
    return within(`'${label}' to be announced`, this.#slot(label).promise);
  }

  /**
   * @param {string} what
   * @param {(pc: any) => boolean} holds
   * @param {number} [ms]
   */
  async until(what, holds, ms) {
    if (holds(this.pc)) return;
    const { promise, resolve } = deferred();
    const listener = () => {
      if (holds(this.pc)) resolve();
    };
    this.#listeners.add(listener);
    try {
      await within(`${this.implementation.name}: ${what}`, promise, ms);
    } catch (error) {
      throw new Error(`${error.message}; states were ${this.states.join(' ')}`, { cause: error });
    } finally {
      this.#listeners.delete(listener);
    }
  }

  connected() {
    return this.until('connected', (pc) => pc.connectionState === 'connected');
  }

  gathered() {
    return this.until('gathered', (pc) => pc.iceGatheringState === 'complete');
  }

  #slot(label) {
    let slot = this.#announced.get(label);
    if (!slot) this.#announced.set(label, (slot = deferred()));
    return slot;
  }
}

const kStateEvents = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange',
];
