// The network of a page before configure(): it has no sockets, and says so.

import { createCounters, realClock } from '../net/network.js';

const explanation =
  'no relay configured: this realm has no UDP sockets, so connections go through a relay. Start one ' +
  '(npx webrtc-wasm-relay) and call configure({ relay: { url, username, credential } }) first';

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
