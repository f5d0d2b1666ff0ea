/** Behaviour of RTCStatsReport, a readonly maplike. */
export class RTCStatsReportImpl {
  /** @param {Iterable<{id: string}>} entries in the order in which script will see them */
  constructor(entries) {
    /** @type {Map<string, object>} */
    this.map = new Map(Array.from(entries, (entry) => [entry.id, present(entry)]));
  }
}

/** A dictionary's members that are not known are not there (Web IDL), whatever an encoder says. @param {object} entry */
function present(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
