// Matchers for `expect.extend(matchers)` of Jest and Vitest.

import { negotiate } from './negotiate.js';
import { peerOf } from './peer.js';
import { differences, sdpStructure } from './sdp-structure.js';
import { Simulation } from './simulation.js';

/** @typedef {{ pass: boolean, message: () => string }} Verdict */

const kLimitMs = 10_000;

/** @param {boolean} pass @param {string} is @param {string} isNot @returns {Verdict} */
const verdict = (pass, is, isNot) => ({ pass, message: () => (pass ? is : isNot) });

/** @param {any} value */
function requireConnection(value) {
  if (typeof value?.createOffer === 'function') return value;
  throw new TypeError('the matcher takes an RTCPeerConnection');
}

/** @param {any} connection */
function nameOf(connection) {
  return peerOf(connection)?.name ?? 'the connection';
}

/** @param {any} connection */
function stateOf(connection) {
  const { connectionState, iceConnectionState, iceGatheringState, signalingState } = connection;
  return (
    `${nameOf(connection)}: ${connectionState} (ICE ${iceConnectionState}, ` +
    `gathering ${iceGatheringState}, signalling ${signalingState})`
  );
}

/**
 * Waits in the simulation's time, or in real time for other connections.
 * @param {any[]} connections
 * @param {() => boolean} condition
 * @param {number} limitMs
 * @returns {Promise<{ came: boolean, after: number }>}
 */
async function wait(connections, condition, limitMs) {
  const simulation = connections.map(peerOf).find(Boolean)?.simulation;
  const now = () => (simulation ? simulation.now() : performance.now());
  const begin = now();
  if (simulation) {
    let isOver = false;
    const cancel = simulation.after(limitMs, () => {
      isOver = true;
    });
    await simulation.runUntil(() => isOver || condition(), { limitMs: 2 * limitMs + 1 });
    cancel();
  } else {
    await inRealTime(connections, condition, limitMs);
  }
  return { came: condition(), after: now() - begin };
}

/** @param {any[]} connections @param {() => boolean} condition @param {number} limitMs */
function inRealTime(connections, condition, limitMs) {
  return new Promise((resolve) => {
    const types = ['connectionstatechange', 'iceconnectionstatechange', 'signalingstatechange'];
    const check = () => {
      if (condition()) finish();
    };
    const finish = () => {
      clearTimeout(timer);
      for (const one of connections) {
        for (const type of types) one.removeEventListener(type, check);
      }
      resolve(undefined);
    };
    const timer = setTimeout(finish, limitMs);
    for (const one of connections) for (const type of types) one.addEventListener(type, check);
    check();
  });
}

export const matchers = {
  /**
   * Of a connection, or several: all become `connected` in so many milliseconds.
   * @param {any} received
   * @param {number} [ms]
   * @returns {Promise<Verdict>}
   */
  async toConnectWithin(received, ms = kLimitMs) {
    const connections = [received].flat().map(requireConnection);
    const isOver = () =>
      connections.every(({ connectionState }) => connectionState === 'connected') ||
      connections.some(
        ({ connectionState: state, signalingState }) =>
          state === 'failed' || state === 'closed' || signalingState === 'closed',
      );
    const { after } = await wait(connections, isOver, ms);
    const pass = connections.every(({ connectionState }) => connectionState === 'connected');
    return verdict(
      pass,
      `expected not to connect within ${ms} ms, but did after ${Math.round(after)} ms`,
      [`expected to connect within ${ms} ms`, ...connections.map(stateOf)].join('\n  '),
    );
  },

  /**
   * Makes an offer and an answer between two connections, with trickling candidates: both come to `stable`.
   * @param {any} received  that offers
   * @param {any} other  that answers
   * @returns {Promise<Verdict>}
   */
  async toNegotiate(received, other) {
    const connections = [requireConnection(received), requireConnection(other)];
    /** @type {unknown} */
    let failure;
    await negotiate(received, other).catch((error) => {
      failure = error;
    });
    const pass =
      failure === undefined &&
      connections.every(({ signalingState }) => signalingState === 'stable');
    return verdict(
      pass,
      'expected the negotiation to fail, but it did not',
      [`expected to negotiate, but ${failure}`, ...connections.map(stateOf)].join('\n  '),
    );
  },

  /**
   * A description means the same as another one: random parts do not count (`sdpStructure`).
   * @param {any} received  RTCSessionDescription or text
   * @param {any} expected
   * @returns {Verdict}
   */
  toMatchSdp(received, expected) {
    const found = differences(sdpStructure(expected), sdpStructure(received));
    return verdict(
      found.length === 0,
      'expected descriptions that mean different things, but they mean the same',
      ['expected descriptions that mean the same', ...found].join('\n  '),
    );
  },

  /**
   * @param {any} received
   * @param {RTCPeerConnectionState} state
   * @returns {Verdict}
   */
  toHaveConnectionState(received, state) {
    const { connectionState } = requireConnection(received);
    const text = stateOf(received);
    return verdict(
      connectionState === state,
      `expected not ${state}: ${text}`,
      `expected ${state}: ${text}`,
    );
  },

  /**
   * Waits until a connection is in a state.
   * @param {any} received
   * @param {RTCPeerConnectionState} state
   * @param {number} [ms]
   * @returns {Promise<Verdict>}
   */
  async toReachConnectionState(received, state, ms = kLimitMs) {
    const connection = requireConnection(received);
    const { came, after } = await wait(
      [connection],
      () => connection.connectionState === state,
      ms,
    );
    return verdict(
      came,
      `expected not to become ${state} within ${ms} ms, but did after ${Math.round(after)} ms`,
      `expected to become ${state} within ${ms} ms\n  ${stateOf(connection)}`,
    );
  },

  /**
   * @param {any} received
   * @param {RTCSignalingState} state
   * @returns {Verdict}
   */
  toHaveSignalingState(received, state) {
    const { signalingState } = requireConnection(received);
    const text = stateOf(received);
    return verdict(
      signalingState === state,
      `expected not ${state}: ${text}`,
      `expected ${state}: ${text}`,
    );
  },

  /**
   * Of a simulation, before `close()`: connections are closed, timers are cleared, devices are stopped.
   * @param {any} received
   * @returns {Verdict}
   */
  toHaveNoLeaks(received) {
    if (!(received instanceof Simulation)) throw new TypeError('the matcher takes a Simulation');
    const leaks = received.leaks();
    return verdict(
      leaks.length === 0,
      'expected something to be left behind, but all is gone',
      ['expected nothing to be left behind', ...leaks].join('\n  '),
    );
  },
};
