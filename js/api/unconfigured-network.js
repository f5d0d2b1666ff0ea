// The network of a page before configure(): it has no sockets, and says so.

import { createCounters, realClock } from '../net/network.js';

const explanation = 'no relay configured: call configure({ relay: { url, username, credential } })';

/** @implements {Network} */
export class UnconfiguredNetwork {
  now = realClock.now;
  setTimer = realClock.setTimer;
  clearTimer = realClock.clearTimer;

  /** Reported as an icecandidateerror when gathering begins. */
  problem = explanation;

  /**
   * @param {import('../net/network.js').NetworkSink} sink
   * @returns {import('../net/network.js').NetworkAttachment}
   */
  attach(sink) {
    let closed = false;
    const later = (/** @type {() => void} */ report) => {
      queueMicrotask(() => {
        if (!closed) report();
      });
    };
    return {
      gather: () => later(() => sink.interfacesComplete()),
      send() {},
      openStream: ({ streamId }) =>
        later(() => sink.streamClosed(streamId, 'cannot-reach', explanation)),
      sendStream() {},
      closeStream() {},
      resolve: (resolveId) => later(() => sink.resolved(resolveId, [])),
      bufferedAmount: () => 0,
      counters: createCounters,
      close() {
        closed = true;
      },
    };
  }
}

/** @typedef {import('../net/network.js').Network} Network */
