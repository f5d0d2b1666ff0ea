// A report as types, members and units; the values themselves are never the same twice.

/**
 * @param {any} report RTCStatsReport
 * @returns {Record<string, Record<string, string>>} by type of stats, what each member holds
 */
export function statsOf(report) {
  /** @type {Record<string, Record<string, string>>} */
  const types = {};
  const ids = new Set([...report.values()].map(({ id }) => id));
  for (const record of report.values()) {
    const members = (types[record.type] ??= {});
    for (const [name, value] of Object.entries(record)) {
      const unit = unitOf(name, value, ids);
      // Of several records of a type the ones that have nothing yet do not speak.
      if (members[name] === undefined || members[name] === 'zero') members[name] = unit;
    }
  }
  return types;
}

/**
 * @param {string} name
 * @param {any} value
 * @param {Set<string>} ids of the report's records
 * @returns {string}
 */
function unitOf(name, value, ids) {
  if (name === 'timestamp' || /Timestamp$/.test(name)) {
    return Math.abs(value - Date.now()) < 86_400_000 ? 'ms since 1970' : `number not since 1970`;
  }
  if (name.endsWith('Id') && ids.has(value)) return 'id of a record';
  if (typeof value === 'number') {
    if (value === 0) return 'zero';
    if (/(?:RoundTripTime|jitter|Delay|Duration)$/.test(name)) {
      return Math.abs(value) < 100 ? 'seconds' : 'not seconds';
    }
    return Number.isInteger(value) ? 'integer' : 'number';
  }
  if (Array.isArray(value)) return 'list';
  return typeof value;
}
