// Between the package and its inspectors: one observer for all of them, there while there is any. Instances of the
// package are those that have been offered to the realm.

/** @typedef {import('../api/inspection.js').Inspection} Inspection */
/** @typedef {import('../api/meeting-place.js').MeetingPlace} MeetingPlace */
/** @typedef {import('../api/webidl/observation.js').Observer} Observer */
/** @typedef {import('./connection-log.js').ConnectionLog} ConnectionLog */

/**
 * What an inspector is to the hub.
 * @typedef {object} Listener
 * @property {(impl: any) => void} connectionMade
 * @property {(wrapper: object) => ConnectionLog | undefined} logOf  of the connection that an object belongs to
 */

let packageVersion = '';

/** @type {() => MeetingPlace} */
let meetingPlace;

/**
 * @param {string} version of the package that the inspector is of
 * @param {() => MeetingPlace} place  the realm's for that version
 */
export function useVersion(version, place) {
  packageVersion = version;
  meetingPlace = place;
}

export function ownVersion() {
  return packageVersion;
}

/** @type {Set<Listener>} */
const listeners = new Set();

/** @param {Inspection} instance */
const watch = ({ observation }) => void (observation.observer = observer);

/**
 * @param {unknown} wrapper
 * @returns {any} what is behind an object of any instance, undefined for everything else
 */
export function implOf(wrapper) {
  for (const instance of meetingPlace().instances) {
    const impl = instance.implOf(wrapper);
    if (impl) return impl;
  }
  return undefined;
}

/** @param {Listener} listener */
export function listen(listener) {
  listeners.add(listener);
  const { instances, watchers } = meetingPlace();
  for (const instance of instances) watch(instance);
  watchers.add(watch);
}

/** @param {Listener} listener */
export function unlisten(listener) {
  listeners.delete(listener);
  if (listeners.size > 0) return;
  const { instances, watchers } = meetingPlace();
  watchers.delete(watch);
  for (const { observation } of instances) observation.observer = undefined;
}

/** @param {unknown} wrapper @returns {ConnectionLog[]} */
function logsOf(wrapper) {
  if (typeof wrapper !== 'object' || wrapper === null) return [];
  const logs = [];
  for (const listener of listeners) {
    const log = listener.logOf(wrapper);
    if (log) logs.push(log);
  }
  return logs;
}

/** @type {Observer} */
const observer = {
  connection(impl) {
    for (const listener of listeners) listener.connectionMade(impl);
  },
  call(self, interfaceName, name, args, run) {
    const logs = logsOf(self).filter((log) => log.records(interfaceName, name));
    return logs.reduceRight((inner, log) => () => log.call(self, name, args, inner), run)();
  },
  event(impl, type, init) {
    for (const log of logsOf(impl.wrapper)) log.event(impl.wrapper, type, init);
  },
  engineEvent(impl, event) {
    for (const log of logsOf(impl.wrapper)) log.engineEvent(event);
  },
  relay(impl, report) {
    for (const log of logsOf(impl.wrapper)) log.relay(report);
  },
};

/**
 * Those that one connection's sockets are told to.
 * @type {WeakMap<object, Set<import('../api/connection-driver.js').Tap>>}
 */
const tapsOf = new WeakMap();

/**
 * @param {any} impl of a connection
 * @param {import('../api/connection-driver.js').Tap} tap
 */
export function addTap(impl, tap) {
  const taps = tapsOf.get(impl) ?? new Set();
  tapsOf.set(impl, taps);
  taps.add(tap);
  impl.setTap({
    datagram: (/** @type {any[]} */ ...args) => {
      for (const each of taps) each.datagram(.../** @type {[any, any, any, any, any]} */ (args));
    },
    stream: (/** @type {any[]} */ ...args) => {
      for (const each of taps) each.stream(.../** @type {[any, any, any]} */ (args));
    },
    streamState: (/** @type {any[]} */ ...args) => {
      for (const each of taps) each.streamState(.../** @type {[any, any]} */ (args));
    },
  });
}

/**
 * @param {any} impl
 * @param {import('../api/connection-driver.js').Tap} tap
 */
export function removeTap(impl, tap) {
  const taps = tapsOf.get(impl);
  taps?.delete(tap);
  if (taps?.size === 0) impl.setTap(undefined);
}
