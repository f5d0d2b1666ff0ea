/** Behaviour of RTCStatsReport, a readonly maplike. */
export class RTCStatsReportImpl {
  /** @param {Iterable<{id: string}>} entries in the order in which script will see them */
  constructor(entries) {
    /** @type {Map<string, object>} */
    this.map = new Map(Array.from(entries, (entry) => [entry.id, entry]));
  }
}
