// Two connections of any implementation, and the signalling between them.

import { End } from './channel-end.js';

/** Filled by whoever loads this: `wasm` is the package, `native` the browser. */
export const implementations = {};

const kDeadlineMs = 25_000;

const kStateEvents = {
  signalingstatechange: 'signalingState',
  icegatheringstatechange: 'iceGatheringState',
  iceconnectionstatechange: 'iceConnectionState',
  connectionstatechange: 'connectionState',
};

/** @typedef {'ours' | 'theirs'} Side */

export class Pair {
  /** Everything made since the last clean-up. */
  static all = [];

  /**
   * @param {object} [options]
   * @param {'wasm' | 'native'} [options.ours]
   * @param {'wasm' | 'native'} [options.theirs]
   * @param {boolean} [options.trickle]
   * @param {(description: {type: string, sdp: string}, from: Side) => {type: string, sdp: string}} [options.alter]
   *   what happens to descriptions on their way
   * @param {RTCConfiguration} [options.configuration]
   */
  constructor({ ours = 'wasm', theirs = 'native', trickle = true, alter, configuration } = {}) {
    this.ours = new implementations[ours](configuration);
    this.theirs = new implementations[theirs](configuration);
    this.trickle = trickle;
    this.alter = alter ?? ((description) => description);
    this.candidates = { ours: [], theirs: [] };
    this.trace = [];
    this.problems = [];
    this.#watch('ours', 'theirs');
    this.#watch('theirs', 'ours');
    Pair.all.push(this);
  }

  /**
   * @param {Side} from
   * @param {Side} to
   */
  #watch(from, to) {
    const pc = this[from];
    for (const [event, attribute] of Object.entries(kStateEvents)) {
      pc.addEventListener(event, () => this.note(from, `${attribute} ${pc[attribute]}`));
    }
    pc.addEventListener('icecandidateerror', ({ errorCode, errorText, url }) =>
      this.note(from, `icecandidateerror ${errorCode} ${errorText} ${url}`),
    );
    /** Candidates go out in order, each once the other side knows the description they belong to. */
    this[`${from}Described`] = new Promise((resolve) => (this[`${from}Sent`] = resolve));
    let queue = this[`${from}Described`];
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) {
        this.candidates[from].push(candidate.candidate);
        this.note(from, candidate.candidate);
      }
      if (!this.trickle || !candidate) return;
      queue = queue
        .then(() => this[to].signalingState !== 'closed' && this[to].addIceCandidate(candidate))
        .catch((error) => this.problems.push(`${to}.addIceCandidate: ${error}`));
    });
  }

  /**
   * @param {Side} side
   * @param {string} what
   */
  note(side, what) {
    this.trace.push(`${side}: ${what}`);
  }

  /**
   * The whole of a short session: a channel of the offerer's, and a message each way over it.
   * @param {Side} offerer
   * @returns {Promise<string[]>} what the answerer received, and the offerer
   */
  async greet(offerer) {
    const channel = this.channel(offerer, 'x');
    await this.negotiate(offerer);
    const { near, far } = await channel;
    near.send('there');
    far.send('back');
    return [await far.next(), await near.next()];
  }

  /**
   * One round of offer and answer.
   * @param {Side} from
   * @param {RTCOfferOptions} [options]
   */
  async negotiate(from, options) {
    const to = from === 'ours' ? 'theirs' : 'ours';
    const offerer = this[from];
    const answerer = this[to];
    await offerer.setLocalDescription(await offerer.createOffer(options));
    await answerer.setRemoteDescription(await this.#description(from));
    this[`${from}Sent`]();
    await answerer.setLocalDescription(await answerer.createAnswer());
    await offerer.setRemoteDescription(await this.#description(to));
    this[`${to}Sent`]();
  }

  /** @param {Side} from */
  async #description(from) {
    const pc = this[from];
    if (!this.trickle) await this.gathered(from);
    const { type, sdp } = pc.localDescription;
    return this.alter({ type, sdp }, from);
  }

  /** @param {Side} side */
  gathered(side) {
    const pc = this[side];
    return this.until(
      pc,
      'icegatheringstatechange',
      () => pc.iceGatheringState === 'complete',
      `${side} has gathered`,
    );
  }

  /**
   * @param {Side} side
   * @param {string} state
   */
  reaches(side, state) {
    const pc = this[side];
    return this.until(
      pc,
      'connectionstatechange',
      () => pc.connectionState === state,
      `${side} is ${state}`,
    );
  }

  connected() {
    return Promise.all([this.reaches('ours', 'connected'), this.reaches('theirs', 'connected')]);
  }

  /**
   * Makes a channel on one side; settles when both ends are open.
   * @param {Side} from
   * @param {string} label
   * @param {RTCDataChannelInit} [init]
   * @returns {Promise<{near: End, far: End}>}
   */
  async channel(from, label, init) {
    const other = this[from === 'ours' ? 'theirs' : 'ours'];
    const near = new End(this[from].createDataChannel(label, init), this);
    const far = init?.negotiated
      ? new End(other.createDataChannel(label, init), this)
      : await this.#announced(other, label);
    await Promise.all([near.opened, far.opened]);
    // Chromium announces a channel a little before it is open, and loses without an error what it is
    // given meanwhile. Statistics take the way through all of its threads.
    await other.getStats();
    return { near, far };
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {string} label
   * @returns {Promise<End>}
   */
  #announced(pc, label) {
    return this.soon(
      new Promise((resolve) => {
        const look = ({ channel }) => {
          if (channel.label !== label) return;
          pc.removeEventListener('datachannel', look);
          resolve(new End(channel, this));
        };
        pc.addEventListener('datachannel', look);
      }),
      `the channel “${label}” is announced`,
    );
  }

  /**
   * @param {EventTarget} target
   * @param {string} event
   * @param {() => boolean} condition
   * @param {string} what
   * @returns {Promise<void>}
   */
  until(target, event, condition, what) {
    return this.soon(
      new Promise((resolve) => {
        const check = () => {
          if (!condition()) return;
          target.removeEventListener(event, check);
          resolve();
        };
        target.addEventListener(event, check);
        check();
      }),
      what,
    );
  }

  /**
   * The promise, or a rejection that tells what happened so far.
   * @template T
   * @param {Promise<T>} promise
   * @param {string} what
   * @param {number} [deadlineMs]
   * @returns {Promise<T>}
   */
  soon(promise, what, deadlineMs = kDeadlineMs) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        const lines = [...this.trace, ...this.problems].join('\n  ');
        reject(new Error(`waited in vain until ${what}; so far:\n  ${lines}`));
      }, deadlineMs);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }

  /**
   * The selected pair of a side, from its statistics. Chromium's are up to 50 ms old, so that they may
   * not know yet what its events have told.
   * @param {Side} side
   */
  selectedPair(side) {
    const look = async () => {
      for (;;) {
        const report = await this[side].getStats();
        const records = [...report.values()];
        const transport = records.find(({ type }) => type === 'transport');
        const pair =
          report.get(transport?.selectedCandidatePairId) ??
          records.find(
            ({ type, nominated, state }) =>
              type === 'candidate-pair' && nominated && state === 'succeeded',
          );
        const local = report.get(pair?.localCandidateId);
        const remote = report.get(pair?.remoteCandidateId);
        if (local && remote) return { local, remote };
        await new Promise((resolve) => setTimeout(resolve));
      }
    };
    return this.soon(look(), `${side} has selected a pair`);
  }

  close() {
    this.ours.close();
    this.theirs.close();
  }
}
