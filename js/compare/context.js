// What a scenario's body is given: connections that are watched, and the few things that nearly every
// scenario does.

import { nextTask } from './task-counter.js';
import { makeTrack } from './tracks.js';
import { transceiverTable } from './transceiver-table.js';
import { describeError } from './describe.js';
import { statsOf } from './stats-table.js';

/** @typedef {import('./recorder.js').Recorder} Recorder */
/** @typedef {ReturnType<typeof makeContext>} Context */

const kCandidateLines = /^a=(?:candidate:.*|end-of-candidates)\r\n/gm;

/** How long anything is waited for, ms; then the trace says that it did not come. */
const kPatience = 10_000;

/**
 * @param {any} api the implementation: an object with RTCPeerConnection and its family
 * @param {Recorder} recorder
 */
export function makeContext(api, recorder) {
  /** @type {any[]} */
  const connections = [];
  /** @type {any[]} */
  const tracks = [];
  /** @type {any} */
  let probe;
  /** @type {Map<any, any[]>} candidates that wait for a description, by the connection they go to */
  const waiting = new Map();
  /** @type {WeakSet<any>} */
  const wired = new WeakSet();

  /**
   * A connection whose calls, events and states are recorded.
   * @param {RTCConfiguration} [configuration]
   */
  function pc(configuration) {
    const made =
      configuration === undefined
        ? new api.RTCPeerConnection()
        : new api.RTCPeerConnection(configuration);
    connections.push(made);
    recorder.nameOf(made);
    return made;
  }

  /**
   * Says what comes next, once everything that was queued before has happened.
   * @param {string} label
   */
  async function step(label) {
    await idle();
    recorder.add({ kind: 'step', name: label });
  }

  /**
   * Resolves when what the calls so far have queued has happened: another connection's offer has come back
   * through the same threads, and the tasks behind it have run.
   */
  async function idle() {
    // One for all: browsers count connections until they are collected, and refuse the five-hundredth.
    probe ??= new api.RTCPeerConnection();
    for (let round = 0; round < 2; round++) {
      await probe.createOffer();
      await nextTask();
      await nextTask();
    }
  }

  /**
   * Records something that the scenario has seen.
   * @param {string} label
   * @param {any} value
   */
  function note(label, value) {
    recorder.add({ kind: 'note', name: label, value: recorder.describe(value) });
    return value;
  }

  /**
   * Does what may fail; the trace has the error, and the scenario goes on.
   * @template T
   * @param {() => T | Promise<T>} action
   * @returns {Promise<T | undefined>}
   */
  async function attempt(action) {
    try {
      return await action();
    } catch {
      return undefined;
    }
  }

  /**
   * Records what a call outside of the watched objects gives or throws: constructors, static methods.
   * @template T
   * @param {string} label
   * @param {() => T | Promise<T>} action
   * @param {(value: T) => any} [show] what of the value is recorded
   * @returns {Promise<T | undefined>}
   */
  async function outcome(label, action, show = (value) => value) {
    let value;
    try {
      value = await action();
    } catch (error) {
      recorder.add({ kind: 'note', name: label, value: { $error: describeError(error) } });
      return undefined;
    }
    note(label, show(value));
    return value;
  }

  /**
   * Resolves when `condition` holds, which is looked at now and with each event of the type.
   * @param {any} target
   * @param {string} type
   * @param {() => boolean} [condition] without one, the next event it is
   * @returns {Promise<boolean>} false when it did not come in time, which the trace says too
   */
  function until(target, type, condition) {
    if (condition?.()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (/** @type {boolean} */ came) => {
        clearTimeout(timer);
        target.removeEventListener(type, look);
        resolve(came);
      };
      const look = () => {
        if (!condition || condition()) end(true);
      };
      const timer = setTimeout(() => {
        note(`${type} did not come`, target);
        end(false);
      }, kPatience);
      target.addEventListener(type, look);
    });
  }

  /**
   * Records the transceivers of a connection as a table.
   * @param {any} connection
   */
  function table(connection) {
    recorder.add({
      kind: 'note',
      name: 'transceivers',
      on: recorder.nameOf(connection),
      value: transceiverTable(connection, (value) => recorder.describe(value)),
    });
  }

  /**
   * Records what a report has: types, members, units.
   * @param {any} source a connection, sender or receiver
   * @param {any} [selector] for the connection
   */
  async function stats(source, selector) {
    const report = await source.getStats(...(selector === undefined ? [] : [selector]));
    const on = recorder.nameOf(source);
    recorder.add({ kind: 'note', name: 'stats', on, value: { $stats: statsOf(report) } });
    return report;
  }

  /** @param {'audio' | 'video'} kind */
  function track(kind) {
    const made = makeTrack(api, kind);
    tracks.push(made);
    recorder.nameOf(made);
    return made;
  }

  /** @param {any[]} tracks */
  function stream(...tracks) {
    const made = new api.MediaStream(tracks);
    recorder.nameOf(made);
    return made;
  }

  /**
   * Takes the candidates of two connections across, unrecorded.
   * @param {any} a
   * @param {any} b
   */
  function trickle(a, b) {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      if (wired.has(from)) continue;
      wired.add(from);
      from.addEventListener('icecandidate', (/** @type {any} */ { candidate }) => {
        if (!candidate) return;
        waiting.set(to, [...(waiting.get(to) ?? []), candidate]);
        deliver(to);
      });
    }
  }

  /**
   * Gives connections the candidates that came for them before they could take any.
   * @param {any[]} ends
   */
  function deliver(...ends) {
    for (const to of ends) {
      if (!to.remoteDescription || to.signalingState === 'closed') continue;
      for (const candidate of waiting.get(to)?.splice(0) ?? []) {
        // A candidate of a generation that is gone is nobody's concern.
        recorder.paused(() => to.addIceCandidate(candidate)).catch(() => {});
      }
    }
  }

  /**
   * Sets an offer on both sides. Candidates that the description has by now, which is the network's business,
   * stay behind: they come by `trickle`, or not at all.
   * @param {any} from
   * @param {any} to
   */
  async function offer(from, to) {
    await from.setLocalDescription();
    const { type, sdp } = from.localDescription;
    await to.setRemoteDescription({ type, sdp: sdp.replace(kCandidateLines, '') });
    deliver(to);
  }

  /**
   * Sets an answer on both sides.
   * @param {any} from
   * @param {any} to
   */
  const answer = offer;

  /**
   * One exchange of offer and answer.
   * @param {any} offerer
   * @param {any} answerer
   */
  async function negotiate(offerer, answerer) {
    await offer(offerer, answerer);
    await answer(answerer, offerer);
  }

  /**
   * Negotiates and waits until both sides are connected.
   * @param {any} [offerer] a new one with a data channel unless given
   * @param {any} [answerer]
   * @returns {Promise<[any, any]>}
   */
  async function connect(offerer, answerer) {
    const a = offerer ?? pc();
    const b = answerer ?? pc();
    // Negotiated, so that no event of it comes at some time later on.
    if (!offerer) {
      for (const end of [a, b]) end.createDataChannel('connect', { negotiated: true, id: 0 });
    }
    trickle(a, b);
    await negotiate(a, b);
    await connected(a, b);
    return [a, b];
  }

  /** @param {any[]} ends */
  async function connected(...ends) {
    for (const end of ends) {
      await until(end, 'connectionstatechange', () => end.connectionState === 'connected');
    }
  }

  /**
   * Resolves when the connection has all its candidates.
   * @param {any} end
   */
  const gathered = (end) =>
    until(end, 'icegatheringstatechange', () => end.iceGatheringState === 'complete');

  /**
   * The next data channel that the other side opens, when it comes.
   * @param {any} end
   * @returns {Promise<any>}
   */
  function announced(end) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        note('datachannel did not come', end);
        resolve(undefined);
      }, kPatience);
      end.addEventListener(
        'datachannel',
        (/** @type {any} */ { channel }) => {
          clearTimeout(timer);
          resolve(channel);
        },
        { once: true },
      );
    });
  }

  /** @param {any} channel */
  const opened = (channel) => until(channel, 'open', () => channel.readyState === 'open');

  /** Ends everything that the scenario made. */
  function cleanUp() {
    for (const connection of connections) connection.close();
    probe?.close();
    for (const one of tracks) one.stop();
  }

  return {
    api,
    pc,
    step,
    idle,
    note,
    attempt,
    outcome,
    until,
    table,
    stats,
    track,
    stream,
    trickle,
    deliver,
    offer,
    answer,
    negotiate,
    connect,
    connected,
    gathered,
    announced,
    opened,
    cleanUp,
  };
}
