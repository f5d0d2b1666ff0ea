// Log lines: structured, for the application's own sink, or for the console. Silent unless
// `configure({ logLevel })` asks.

/**
 * @typedef {'error' | 'warn' | 'info' | 'debug'} LogLevel
 *
 * `error`: something will not work, and will not mend itself. `warn`: something failed that may be made up
 * for. `info`: states, pairs, relays. `debug`: candidates, descriptions, channels.
 */

/**
 * @typedef {object} LogLine
 * @property {number} time      milliseconds since 1970, on the connection's clock
 * @property {LogLevel} level
 * @property {'connection' | 'ice' | 'dtls' | 'sctp' | 'channel' | 'media' | 'relay'} component
 * @property {number} [connection]  which, counted from 1 in the order in which they first had a line
 * @property {string} message   for people; it may change from version to version
 * @property {Record<string, any>} [detail]  for programs: what the message speaks of
 */

/** @typedef {(line: LogLine) => void} LogSink  what it throws is ignored */

/** From few lines to many. @type {readonly (LogLevel | 'silent')[]} */
export const kLogLevels = Object.freeze(['silent', 'error', 'warn', 'info', 'debug']);

/** @type {{ level: number, sink: LogSink }} */
export const logging = { level: 0, sink: toConsole };

/** @param {LogLine} line */
function toConsole({ level, component, connection, message, detail }) {
  const who = connection === undefined ? component : `${component} ${connection}`;
  console[level](`[webrtc-wasm ${who}] ${message}`, ...(detail ? [detail] : []));
}

/**
 * @param {string | undefined} level undefined: silent
 * @param {LogSink | undefined} sink undefined: the console
 */
export function setLogging(level = 'silent', sink = toConsole) {
  logging.level = kLogLevels.indexOf(/** @type {LogLevel} */ (level));
  logging.sink = sink;
}

/** @param {LogLevel} level */
export const logs = (level) => logging.level >= kLogLevels.indexOf(level);

/** @param {LogLine} line */
export function log(line) {
  if (!logs(line.level)) return;
  try {
    logging.sink(line);
  } catch (error) {
    // What a sink throws must not reach a loop of the engine.
  }
}

/** @type {WeakMap<object, number>} */
const numbers = new WeakMap();
let lastNumber = 0;

/**
 * A connection's number in lines.
 * @param {object} impl
 */
export function logNumber(impl) {
  let number = numbers.get(impl);
  if (!number) numbers.set(impl, (number = ++lastNumber));
  return number;
}
