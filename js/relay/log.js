// Structured log lines: one JSON object each. Nothing that authenticates anybody is ever a field.

import { RateLimit } from './limits.js';

/** @typedef {'error' | 'warn' | 'info' | 'debug' | 'silent'} LogLevel */
/** @typedef {(event: string, fields?: Record<string, unknown>) => void} LogFunction */
/** @typedef {{error: LogFunction, warn: LogFunction, info: LogFunction, debug: LogFunction}} Logger */

const kOrder = ['silent', 'error', 'warn', 'info', 'debug'];

/** @type {readonly LogLevel[]} */
export const kLogLevels = Object.freeze(/** @type {LogLevel[]} */ (kOrder));

/** @typedef {'json' | 'text'} LogFormat */

/** @type {readonly LogFormat[]} */
export const kLogFormats = Object.freeze(/** @type {LogFormat[]} */ (['json', 'text']));

/** Lines of one event: what strangers cause must not fill a disk. Errors are always told. */
const kLinesPerSecond = 20;
const kLinesAtOnce = 200;

/**
 * @param {object} [options]
 * @param {LogLevel} [options.level]
 * @param {LogFormat} [options.format]
 * @param {boolean} [options.limited]  at most 20 lines a second of each event; the next one after
 *   that says how many are missing
 * @param {(line: string) => void} [options.write]
 * @param {() => Date} [options.clock]
 * @returns {Logger}
 */
export function createLogger({
  level = 'info',
  format = 'json',
  limited = false,
  write = (line) => process.stderr.write(line),
  clock = () => new Date(),
} = {}) {
  const most = kOrder.indexOf(level);
  const render = format === 'json' ? renderJson : renderText;
  /** @type {Map<string, {rate: RateLimit, suppressed: number}>} */
  const events = new Map();
  const stateOf = (/** @type {string} */ event) => {
    let state = events.get(event);
    if (!state) {
      const now = () => clock().getTime();
      const rate = new RateLimit({ perSecond: kLinesPerSecond, burst: kLinesAtOnce, now });
      state = { rate, suppressed: 0 };
      events.set(event, state);
    }
    return state;
  };
  const at = (/** @type {string} */ name) => {
    /** @type {LogFunction} */
    const log = (event, fields = {}) => {
      if (kOrder.indexOf(name) > most) return;
      let extra = {};
      if (limited && name !== 'error') {
        const state = stateOf(event);
        if (!state.rate.take()) {
          state.suppressed++;
          return;
        }
        if (state.suppressed > 0) extra = { suppressed: state.suppressed };
        state.suppressed = 0;
      }
      write(
        `${render({ time: clock().toISOString(), level: name, event, ...fields, ...extra })}\n`,
      );
    };
    return log;
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** @param {Record<string, unknown>} line */
function renderJson(line) {
  return toJson(line);
}

/**
 * JSON in which nothing is left that a terminal obeys or a reader takes for the end of a line: JSON
 * itself escapes control characters below U+0020 alone.
 * @param {unknown} value
 */
function toJson(value) {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * For people. Values are JSON where they are not plain words, so that nobody writes lines of theirs.
 * @param {Record<string, unknown>} line
 */
function renderText({ time, level, event, ...fields }) {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const plain = typeof value === 'string' && /^[\w.:/[\]?=@-]+$/.test(value);
      return ` ${name}=${plain ? value : toJson(value)}`;
    });
  return `${time} ${String(level).padEnd(5)} ${event}${pairs.join('')}`;
}
