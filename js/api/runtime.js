// What all connections of a realm share: the engine module and the network that new ones get.

import { loadingAdvice } from './advice.js';
import { exception } from './errors.js';
import { kLogLevels, setLogging } from './log.js';

/** @typedef {import('../net/network.js').Network} Network */
/** @typedef {import('../net/relay-network.js').RelaySource} RelaySource */

/**
 * @typedef {object} Options
 * @property {RelaySource} [relay]   where a relay is, or a function that says so for each connection
 * @property {import('./server-streams.js').RelayListener} [onrelay]  told how streams to relays and
 *   TURN servers fare: for logs and diagnosis
 * @property {Network} [network]     sockets of the application's own choice; `relay` is then unused
 * @property {boolean} [offerSctpInit]  offers carry a=sctp-init (draft-hancke-tsvwg-snap): with a peer
 *   that answers in kind, data channels open two round trips sooner. Off by default, as in browsers:
 *   libdatachannel 0.24 copies the line into its answer without knowing it (that is noticed),
 *   and who compares descriptions may not expect it. Answers carry it whenever an offer does.
 * @property {number} [maxMessageSize]  the largest message that is taken, in bytes: `a=max-message-size`
 *   of our descriptions. 262144 by default, at most 1073741824. The engine's memory holds a piece of it
 *   at a time; what has arrived is kept in buffers of the realm's, or in a Blob.
 * @property {import('./log.js').LogLevel | 'silent'} [logLevel]  how much is logged, of connections that
 *   exist as well: 'silent' by default
 * @property {import('./log.js').LogSink} [logSink]  where lines go; the console by default
 */

/** What a message may have at most. */
export const kLargestMessage = 2 ** 30;

/** @type {any} */
let engineModule;
/** @type {unknown} */
let engineFailure;
/** @type {(() => any) | undefined} */
let openEngine;
/** @type {(relay: RelaySource | undefined) => Network} */
let makeNetwork = () => {
  throw exception('NotSupportedError', 'this build has no network');
};
/** @type {Options} */
let options = {};
/** @type {Network | undefined} */
let network;

/** @param {any} module the initialised engine */
export function setEngine(module) {
  engineModule = module;
  engineFailure = undefined;
}

/**
 * For realms that can read and compile at once: nothing is done before the first connection.
 * @param {() => any} open gives the initialised engine, or throws
 */
export function setEngineSource(open) {
  openEngine = open;
}

/** @param {unknown} failure why there is no engine */
export function setEngineFailure(failure) {
  engineFailure = failure;
}

/**
 * @returns {any} the engine's module
 * @throws {DOMException} NotSupportedError before the engine is there
 */
export function engine() {
  if (engineModule) return engineModule;
  if (openEngine) {
    const open = openEngine;
    openEngine = undefined;
    try {
      setEngine(open());
      return engineModule;
    } catch (error) {
      setEngineFailure(error);
    }
  }
  const why =
    engineFailure === undefined
      ? 'call init() first'
      : `it could not be loaded (${/** @type {any} */ (engineFailure)?.message ?? engineFailure}): ` +
        loadingAdvice(engineFailure);
  throw exception('NotSupportedError', `the WebAssembly engine is not there: ${why}`);
}

/** @param {(relay: RelaySource | undefined) => Network} factory of the network used by default */
export function setNetworkFactory(factory) {
  makeNetwork = factory;
}

/** The network for a new connection. */
export function currentNetwork() {
  network ??= options.network ?? makeNetwork(options.relay);
  return network;
}

/** Ends what the network does beside its connections: the realm's end has come. */
export function closeNetwork() {
  /** @type {any} */ (network)?.close?.();
  network = undefined;
}

/** Who is told of relays, or nobody. */
export function relayListener() {
  return options.onrelay ?? undefined;
}

/** Whether offers announce how SCTP begins. */
export function offersSctpInit() {
  return options.offerSctpInit === true;
}

/** @param {unknown} size */
function isMessageSize(size) {
  return Number.isInteger(size) && Number(size) >= 1 && Number(size) <= kLargestMessage;
}

/** The largest message to take, unless that is the engine's to say. */
export function largestMessage() {
  return options.maxMessageSize;
}

/**
 * Sets what connections that are made from now on use; those that exist keep what they have. A
 * member that is absent stays as it was, one that is undefined goes back to its default.
 * @param {Options} changes
 */
export function configure(changes) {
  if (typeof changes !== 'object' || changes === null) {
    throw new TypeError(
      'configure() takes an object: { relay, onrelay, network, offerSctpInit, maxMessageSize, logLevel, logSink }',
    );
  }
  const { onrelay, maxMessageSize, logLevel, logSink } = changes;
  if (logLevel !== undefined && !kLogLevels.includes(logLevel)) {
    throw new TypeError(`configure(): logLevel is one of ${kLogLevels.join(', ')}`);
  }
  if (logSink !== undefined && typeof logSink !== 'function') {
    throw new TypeError('configure(): logSink is not a function');
  }
  if (maxMessageSize !== undefined && !isMessageSize(maxMessageSize)) {
    throw new TypeError('configure(): maxMessageSize is a number of bytes from 1 to 1073741824');
  }
  if (onrelay !== undefined && onrelay !== null && typeof onrelay !== 'function') {
    throw new TypeError('configure(): onrelay is not a function');
  }
  options = { ...options, ...changes };
  if ('logLevel' in changes || 'logSink' in changes) {
    setLogging(options.logLevel, options.logSink);
  }
  network = undefined;
}
