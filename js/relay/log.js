// Structured log lines: one JSON object each. Nothing that authenticates anybody is ever a field.

/** @typedef {'error' | 'warn' | 'info' | 'debug' | 'silent'} LogLevel */
/** @typedef {(event: string, fields?: Record<string, unknown>) => void} LogFunction */
/** @typedef {{error: LogFunction, warn: LogFunction, info: LogFunction, debug: LogFunction}} Logger */

const kOrder = ['silent', 'error', 'warn', 'info', 'debug'];

/** @type {readonly LogLevel[]} */
export const kLogLevels = Object.freeze(/** @type {LogLevel[]} */ (kOrder));

/**
 * @param {{level?: LogLevel, write?: (line: string) => void, clock?: () => Date}} [options]
 * @returns {Logger}
 */
export function createLogger({
  level = 'info',
  write = (line) => process.stderr.write(line),
  clock = () => new Date(),
} = {}) {
  const most = kOrder.indexOf(level);
  const at = (/** @type {string} */ name) => {
    /** @type {LogFunction} */
    const log = (event, fields = {}) => {
      if (kOrder.indexOf(name) > most) return;
      write(`${JSON.stringify({ time: clock().toISOString(), level: name, event, ...fields })}\n`);
    };
    return log;
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
