// What is looked at each second, and what has to hold.

import { engine } from '../../js/api/testing-hooks.js';
import { liveObjects } from '../../js/testing/leaks.js';

/** @typedef {import('./session.js').SoakSession} SoakSession */

/** Counters of getStats() that only grow, by the record's type. @type {Record<string, string[]>} */
const kCounters = {
  transport: ['bytesSent', 'bytesReceived', 'packetsSent', 'packetsReceived'],
  'data-channel': ['messagesSent', 'messagesReceived', 'bytesSent', 'bytesReceived'],
  'outbound-rtp': ['packetsSent', 'bytesSent', 'framesSent', 'nackCount', 'pliCount'],
  'inbound-rtp': ['packetsReceived', 'bytesReceived', 'framesReceived'],
};
/** A soak holds no more than this, however bad the weather is. */
const kMostEngineMemory = 64 * 1024 * 1024;
const kMostTimers = 20;
/** Reliable data moves within so many seconds of a path that is not cut. */
const kLongestStall = 30;

export class Watch {
  #session;
  /** @type {Map<string, number>} */
  #counters = new Map();
  #heard = { reliable: 0, unreliable: 0, video: 0, videoBytes: 0, audio: 0 };
  #stalled = 0;
  /** @type {Record<string, number | string>[]} */
  samples = [];

  /** @param {SoakSession} session */
  constructor(session) {
    this.#session = session;
    this.#sockets = liveObjects().sockets;
  }

  #sockets;

  /** @param {string} label */
  #received(label) {
    const flows = this.#session.flows.filter((flow) => flow.label === label);
    return flows.reduce((sum, { receiver }) => sum + receiver.received, 0);
  }

  /**
   * @param {number} second
   * @param {import('./weather.js').Spell} spell
   */
  async look(second, spell) {
    const session = this.#session;
    let roundTrip = 0;
    for (const [end, pc] of [
      ['a', session.a],
      ['b', session.b],
    ]) {
      const report = await pc.getStats();
      for (const record of report.values()) {
        for (const name of kCounters[record.type] ?? []) {
          if (record[name] !== undefined)
            this.#onlyGrows(`${end} ${record.id} ${name}`, record[name]);
        }
        if (end === 'a' && record.type === 'candidate-pair' && record.nominated) {
          roundTrip = Math.max(roundTrip, record.currentRoundTripTime ?? 0);
        }
      }
    }
    const live = liveObjects();
    const heap = engine().heapInUse();
    if (live.connections !== 2) session.note(`${live.connections} connections in second ${second}`);
    if (live.sockets !== this.#sockets) session.note(`${live.sockets} sockets in second ${second}`);
    if (live.timers > kMostTimers) session.note(`${live.timers} timers in second ${second}`);
    if (heap > kMostEngineMemory) session.note(`${heap} bytes in the engine in second ${second}`);

    const heard = {
      reliable: this.#received('reliable'),
      unreliable: this.#received('unreliable'),
      ...session.heard,
    };
    const rate = (/** @type {keyof typeof heard} */ name) => heard[name] - this.#heard[name];
    this.#stalled = rate('reliable') > 0 || spell.name === 'cut' ? 0 : this.#stalled + 1;
    if (this.#stalled === kLongestStall) session.note(`no data for long, in second ${second}`);
    const slowest = Math.max(...session.flows.map(({ receiver }) => receiver.slowest));
    for (const { receiver } of session.flows) receiver.slowest = 0;
    const { loss, delay, rate: bound } = spell.impairment;
    this.samples.push({
      second,
      weather: spell.name,
      loss,
      delay,
      bound: bound === Infinity ? 0 : bound,
      reliableBytes: rate('reliable'),
      unreliableBytes: rate('unreliable'),
      videoBytes: rate('videoBytes'),
      videoFrames: rate('video'),
      audioFrames: rate('audio'),
      roundTripMs: roundTrip * 1000,
      slowestMessageMs: Math.round(slowest),
      engineBytes: heap,
      jsHeapBytes: process.memoryUsage().heapUsed,
      residentBytes: process.memoryUsage().rss,
      timers: live.timers,
    });
    this.#heard = heard;
  }

  /** @param {string} name @param {number} value */
  #onlyGrows(name, value) {
    const before = this.#counters.get(name) ?? 0;
    if (value < before) this.#session.note(`${name} went from ${before} to ${value}`);
    this.#counters.set(name, value);
  }
}
