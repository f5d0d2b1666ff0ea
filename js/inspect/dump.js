// The format of recordings: docs/inspect.md.

/**
 * @typedef {object} ConnectionDump
 * @property {number} id
 * @property {string} label
 * @property {number} created  milliseconds since 1970, as all times
 * @property {number | null} closed
 * @property {any} configuration  RTCConfiguration; credentials are hidden
 * @property {Record<string, string>} states  of the connection, as they were last
 * @property {Record<string, Record<string, any>>} objects  by name
 * @property {import('./timeline.js').Entry[]} timeline
 * @property {number} timelineDropped
 * @property {import('./stats-history.js').StatsColumns} stats
 * @property {{ sent: number, received: number }} messages  of data channels
 * @property {{ count: number, bytes: number, dropped: number, interfaces: import('./capture.js').CaptureInterface[] } | null} packets
 */

/**
 * @typedef {object} Dump
 * @property {'webrtc-wasm-inspect'} format
 * @property {1} version
 * @property {string} producer
 * @property {number} exported
 * @property {ConnectionDump[]} connections
 */

export const kFormat = 'webrtc-wasm-inspect';
/** Grows when a reader of today's files would misunderstand tomorrow's; new members alone are no reason. */
export const kVersion = 1;

/**
 * @param {ConnectionDump[]} connections
 * @param {string} version of the package
 * @returns {Dump}
 */
export function makeDump(connections, version) {
  return {
    format: kFormat,
    version: kVersion,
    producer: `webrtc-wasm ${version}`,
    exported: Date.now(),
    // What is recorded goes on to change.
    connections: structuredClone(connections),
  };
}

/**
 * @param {unknown} source a dump, or its JSON
 * @returns {Dump}
 * @throws {TypeError} when it is none, or of a version that is too new
 */
export function parseDump(source) {
  let dump = /** @type {any} */ (source);
  if (typeof source === 'string') {
    try {
      dump = JSON.parse(source);
    } catch (error) {
      throw new TypeError('this is no recording: it is not JSON', { cause: error });
    }
  }
  if (dump?.format !== kFormat || !Array.isArray(dump.connections)) {
    throw new TypeError(`this is no recording: its format is not ${kFormat}`);
  }
  if (!(dump.version <= kVersion)) {
    throw new TypeError(
      `this recording is of version ${dump.version}, and this package reads up to ${kVersion}: ` +
        `show it with a newer one (${dump.producer})`,
    );
  }
  return dump;
}
