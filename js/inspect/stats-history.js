// Samples of getStats(), by column: numbers with their history, all else as it was last.

/**
 * @typedef {object} StatsColumns
 * @property {number[]} times  milliseconds since 1970, of the samples that are kept
 * @property {Record<string, StatsColumn>} stats  by the id of the stats object
 */

/**
 * @typedef {object} StatsColumn
 * @property {string} type
 * @property {Record<string, any>} last  all members, as they were when the object was last seen
 * @property {Record<string, (number | null)[]>} values  of each number, one for each of `times`; null where
 *   the object or the member was not there
 */

export class StatsHistory {
  /** @type {number[]} */
  times = [];
  /** @type {Map<string, StatsColumn>} */
  #columns = new Map();

  /** @param {number} maxSamples */
  constructor(maxSamples) {
    this.maxSamples = maxSamples;
  }

  /**
   * @param {number} time
   * @param {Iterable<any>} report stats objects
   */
  add(time, report) {
    // A tenth at a time, so that not every sample moves all.
    if (this.times.length >= this.maxSamples) this.#forget(Math.ceil(this.maxSamples / 10));
    const index = this.times.push(time) - 1;
    for (const stats of report) {
      const column = this.#column(stats);
      column.last = stats;
      for (const [name, value] of Object.entries(stats)) {
        if (typeof value !== 'number' || name === 'timestamp') continue;
        const values = (column.values[name] ??= []);
        while (values.length < index) values.push(null);
        values.push(Number.isFinite(value) ? value : null);
      }
    }
    for (const { values } of this.#columns.values()) {
      for (const list of Object.values(values)) if (list.length === index) list.push(null);
    }
  }

  /** @param {{ id: string, type: string }} stats */
  #column({ id, type }) {
    let column = this.#columns.get(id);
    if (!column) this.#columns.set(id, (column = { type, last: {}, values: {} }));
    return column;
  }

  /** @param {number} count */
  #forget(count) {
    this.times.splice(0, count);
    for (const [id, { values }] of this.#columns) {
      let isLeft = false;
      for (const list of Object.values(values)) {
        list.splice(0, count);
        isLeft ||= list.some((value) => value !== null);
      }
      if (!isLeft) this.#columns.delete(id);
    }
  }

  /** @returns {StatsColumns} which goes on to change */
  view() {
    return { times: this.times, stats: Object.fromEntries(this.#columns) };
  }
}
