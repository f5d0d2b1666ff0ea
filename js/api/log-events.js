// What becomes of a connection, as log lines.

import { log, logNumber, logs } from './log.js';

/** @typedef {import('./log.js').LogLine} LogLine */
/** @typedef {Omit<LogLine, 'time' | 'connection'>} Line */

/**
 * @typedef {object} Logged
 * @property {() => number} wallTime
 */

/**
 * @param {Logged} connection its impl
 * @param {Line} line
 */
function tell(connection, line) {
  log({ time: connection.wallTime(), connection: logNumber(connection), ...line });
}

/** @type {Record<string, (event: any) => Line | undefined>} */
const kLines = {
  candidate: ({ candidate, sdpMid, url }) => ({
    level: 'debug',
    component: 'ice',
    message: candidate ? `local candidate: ${candidate}` : 'end of local candidates',
    detail: { candidate, sdpMid, ...(url ? { url } : {}) },
  }),
  'candidate-error': ({ url, errorCode, errorText, address, port }) => ({
    level: 'warn',
    component: 'ice',
    message: `no candidate${url ? ` from ${url}` : ''}: ${errorText} (${errorCode})`,
    detail: { url, errorCode, errorText, address, port },
  }),
  'ice-state': ({ transportId, state }) => ({
    level: state === 'failed' || state === 'disconnected' ? 'warn' : 'info',
    component: 'ice',
    message:
      state === 'failed'
        ? 'failed: no candidate pair works. Do candidates reach the peer both ways, and has either side a relay?'
        : state,
    detail: { transportId, state },
  }),
  'selected-pair': ({ transportId, local, remote }) => ({
    level: 'info',
    component: 'ice',
    message: `selected ${local} <-> ${remote}`,
    detail: { transportId, local, remote },
  }),
  'ice-restart-needed': ({ transportId }) => ({
    level: 'warn',
    component: 'ice',
    message: 'the path is lost: negotiationneeded asks for an ICE restart',
    detail: { transportId },
  }),
  'dtls-state': ({ transportId, state, error }) => ({
    level: state === 'failed' ? 'error' : 'info',
    component: 'dtls',
    message: error ? `${state}: ${error.message}` : state,
    detail: { transportId, state, ...(error ? { error } : {}) },
  }),
  'sctp-state': ({ state }) => ({
    level: 'info',
    component: 'sctp',
    message: state,
    detail: { state },
  }),
  channel: ({ handle, label, protocol, id }) => ({
    level: 'debug',
    component: 'channel',
    message: `the peer opened "${label}"`,
    detail: { handle, label, protocol, id },
  }),
  'channel-open': ({ handle }) => ({
    level: 'debug',
    component: 'channel',
    message: `channel ${handle} is open`,
    detail: { handle },
  }),
  'channel-closed': ({ handle, error }) => ({
    level: error ? 'warn' : 'debug',
    component: 'channel',
    message: `channel ${handle} is closed${error ? `: ${error.message}` : ''}`,
    detail: { handle, ...(error ? { error } : {}) },
  }),
};

/**
 * @param {Logged} connection
 * @param {any} event of the engine, or `candidate-error` of ours
 */
export function logEvent(connection, event) {
  if (!logs('error')) return;
  const line = kLines[event.type]?.(event);
  if (line) tell(connection, line);
}

/**
 * @param {Logged} connection
 * @param {import('./server-streams.js').RelayReport} report
 */
export function logRelay(connection, report) {
  if (!logs('error')) return;
  const { type, url, attempt, reason, detail, delay } = report;
  const why = [reason, detail].filter(Boolean).join(': ');
  const level =
    type === 'failed'
      ? 'error'
      : type === 'retrying' || (type === 'closed' && reason !== 'released')
        ? 'warn'
        : 'info';
  const what = type === 'retrying' ? `attempt ${attempt} in ${Math.round(delay ?? 0)} ms` : type;
  const message = `${url}: ${what}${why ? ` (${why})` : ''}`;
  tell(connection, { level, component: 'relay', message, detail: report });
}

/**
 * @param {Logged} connection
 * @param {string} message
 * @param {Record<string, any>} [detail]
 */
export function logConnection(connection, message, detail) {
  if (logs('info')) tell(connection, { level: 'info', component: 'connection', message, detail });
}

/**
 * A codec that cannot be encoded here; another one takes its place if there is one.
 * @param {any} connection as senders know it
 * @param {{ mimeType: string }[]} codecs
 * @param {any} error
 */
export function logEncoding(connection, codecs, error) {
  if (!logs('warn') || typeof connection.wallTime !== 'function') return;
  const names = [...new Set(codecs.map(({ mimeType }) => mimeType))].join(', ');
  const message = `${names} is not sent: ${error?.message ?? error}`;
  tell(connection, { level: 'warn', component: 'media', message, detail: { codecs: names } });
}
