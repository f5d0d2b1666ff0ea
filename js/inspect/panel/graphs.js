// Graphs of a recording: rates and shares from the counters of webrtc-stats.

/** @typedef {import('../stats-history.js').StatsColumns} StatsColumns */
/** @typedef {import('../stats-history.js').StatsColumn} StatsColumn */
/** @typedef {(number | null)[]} Values */

/**
 * @typedef {object} Graph
 * @property {string} title
 * @property {string} unit
 * @property {{ name: string, values: Values }[]} series  one value for each of the statistics' times
 */

/**
 * @param {StatsColumns} columns
 * @returns {Graph[]} those with something to show
 */
export function graphsOf({ times, stats }) {
  const all = Object.entries(stats).map(([id, column]) => ({ id, ...column }));
  const of = (/** @type {string} */ type) => all.filter((column) => column.type === type);
  /** @param {string} type @param {string} member */
  const rate = (type, member) =>
    sum(of(type).map(({ values }) => perSecond(values[member], times)));
  const pair = busiestPair(of('candidate-pair'), times.length);
  /** @type {Graph[]} */
  const graphs = [
    {
      title: 'Bitrate',
      unit: 'kbit/s',
      series: [
        { name: 'sent', values: scaled(rate('transport', 'bytesSent'), 8 / 1000) },
        { name: 'received', values: scaled(rate('transport', 'bytesReceived'), 8 / 1000) },
        { name: 'available', values: scaled(pair('availableOutgoingBitrate'), 1 / 1000) },
      ],
    },
    {
      title: 'Round trip',
      unit: 'ms',
      series: [{ name: 'ICE', values: scaled(pair('currentRoundTripTime'), 1000) }],
    },
    {
      title: 'Loss',
      unit: '%',
      series: [
        { name: 'sent', values: scaled(mean(of('remote-inbound-rtp'), 'fractionLost'), 100) },
        { name: 'received', values: lossOf(of('inbound-rtp'), times) },
      ],
    },
    {
      title: 'Frames',
      unit: '1/s',
      series: [
        ...of('outbound-rtp').map(frames('sent', 'framesSent', times)),
        ...of('inbound-rtp').map(frames('received', 'framesDecoded', times)),
      ],
    },
    {
      title: 'Jitter',
      unit: 'ms',
      series: of('inbound-rtp').map((column) => ({
        name: streamName('received', column),
        values: scaled(column.values.jitter ?? [], 1000),
      })),
    },
    {
      title: 'Messages',
      unit: '1/s',
      series: [
        { name: 'sent', values: rate('data-channel', 'messagesSent') },
        { name: 'received', values: rate('data-channel', 'messagesReceived') },
      ],
    },
  ];
  return graphs
    .map((graph) => ({ ...graph, series: graph.series.filter(({ values }) => says(values)) }))
    .filter(({ series }) => series.length > 0);
}

/** @param {Values} values */
const says = (values) => values.some((value) => value !== null);

/**
 * @param {Values | undefined} counter
 * @param {number[]} times
 * @returns {Values}
 */
function perSecond(counter = [], times) {
  return times.map((time, i) => {
    const [before, now] = [counter[i - 1] ?? null, counter[i] ?? null];
    if (i === 0 || now === null || before === null || now < before) return null;
    const seconds = (time - times[i - 1]) / 1000;
    return seconds > 0 ? (now - before) / seconds : null;
  });
}

/** @param {Values[]} lists @returns {Values} */
function sum(lists) {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, i) => {
    const values = lists.map((list) => list[i] ?? null).filter((value) => value !== null);
    return values.length > 0 ? values.reduce((a, b) => a + b, 0) : null;
  });
}

/** @param {Values} values @param {number} factor @returns {Values} */
const scaled = (values, factor) => values.map((value) => (value === null ? null : value * factor));

/** @param {StatsColumn[]} columns @param {string} member @returns {Values} */
function mean(columns, member) {
  const lists = columns.map(({ values }) => values[member] ?? []);
  return sum(lists).map((total, i) => {
    const count = lists.filter((list) => (list[i] ?? null) !== null).length;
    return total === null ? null : total / count;
  });
}

/** @param {StatsColumn[]} columns @param {number[]} times @returns {Values} */
function lossOf(columns, times) {
  const rates = (/** @type {string} */ member) =>
    sum(columns.map(({ values }) => perSecond(values[member], times)));
  const lost = rates('packetsLost');
  const received = rates('packetsReceived');
  return times.map((_, i) => {
    const [gone, came] = [lost[i] ?? null, received[i] ?? null];
    if (gone === null || came === null || gone + came === 0) return null;
    return (100 * gone) / (gone + came);
  });
}

/**
 * @param {string} direction
 * @param {string} member
 * @param {number[]} times
 */
function frames(direction, member, times) {
  return (/** @type {StatsColumn} */ column) => ({
    name: streamName(direction, column),
    values: perSecond(column.values[member], times),
  });
}

/** @param {string} direction @param {StatsColumn} column */
function streamName(direction, { last }) {
  return [direction, last.kind, last.mid !== undefined ? `mid ${last.mid}` : '', last.rid]
    .filter(Boolean)
    .join(' ');
}

/**
 * Of each sample the pair that carried the most since the last one.
 * @param {StatsColumn[]} pairs
 * @param {number} length
 */
function busiestPair(pairs, length) {
  /** @type {(StatsColumn | undefined)[]} */
  const chosen = [];
  const bytes = (/** @type {StatsColumn} */ { values }, /** @type {number} */ i) =>
    (values.bytesSent?.[i] ?? 0) + (values.bytesReceived?.[i] ?? 0);
  for (let i = 0; i < length; i++) {
    const deltas = pairs.map((pair) => bytes(pair, i) - (i > 0 ? bytes(pair, i - 1) : 0));
    const most = Math.max(0, ...deltas);
    chosen.push(most > 0 ? pairs[deltas.indexOf(most)] : chosen[i - 1]);
  }
  return (/** @type {string} */ member) =>
    chosen.map((pair, i) => pair?.values[member]?.[i] ?? null);
}
