// What stands on the first page: states, the pair in use, graphs, pairs.

import { chart } from './chart.js';
import { el } from './dom.js';
import { graphsOf } from './graphs.js';

/** @typedef {import('../dump.js').ConnectionDump} ConnectionDump */

/** @param {string | undefined} state */
export function mood(state) {
  if (/^(?:connected|completed|open|stable|complete|succeeded)$/.test(`${state}`)) return 'good';
  if (/^(?:failed|disconnected)$/.test(`${state}`)) return 'bad';
  return /^(?:checking|connecting|gathering|in-progress|have-)/.test(`${state}`) ? 'busy' : '';
}

/** @param {ConnectionDump} connection */
export function overview(connection) {
  const { stats, states, closed, messages, packets } = connection;
  const graphs = graphsOf(stats);
  const chips = [
    ...Object.entries(states),
    ...Object.entries(transportStates(connection)),
    ...(messages.sent + messages.received > 0
      ? [['messages', `${messages.sent} sent, ${messages.received} received`]]
      : []),
    ...(packets ? [['packets', `${packets.count}, ${Math.round(packets.bytes / 1000)} kB`]] : []),
  ];
  return el(
    'div',
    {},
    el(
      'div',
      { class: 'chips' },
      chips.map(([name, value]) =>
        el(
          'div',
          { class: `chip ${mood(value)}` },
          el('i', { class: 'dot' }),
          el('span', {}, name),
          ` ${value}`,
        ),
      ),
      closed !== null && el('div', { class: 'chip' }, 'closed'),
    ),
    graphs.length > 0
      ? el(
          'div',
          { class: 'graphs' },
          graphs.map((graph) => chart(graph, stats.times)),
        )
      : el('p', { class: 'empty' }, 'No statistics with a history yet.'),
    pairTable(connection),
  );
}

/** As they were told last. @param {ConnectionDump} connection */
function transportStates({ timeline }) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const { kind, on, name, value } of timeline) {
    if (kind !== 'state' || !name || !['dtls', 'sctp'].includes(name)) continue;
    found[on === 'sctp' ? 'SCTP' : `DTLS ${on}`] = value;
  }
  return found;
}

/** @param {ConnectionDump} connection */
function pairTable({ stats }) {
  const all = stats.stats;
  const pairs = Object.values(all).filter(({ type }) => type === 'candidate-pair');
  if (pairs.length === 0) return null;
  const selected = new Set(Object.values(all).map(({ last }) => last.selectedCandidatePairId));
  const end = (/** @type {string} */ id) => {
    const { address, port, candidateType, protocol, relayProtocol } = all[id]?.last ?? {};
    const kind = [candidateType, relayProtocol ?? protocol].filter(Boolean).join(' ');
    return `${address ?? '(hidden)'}:${port ?? ''} ${kind}`;
  };
  const rows = pairs
    .map(({ last }) => last)
    .sort(
      (a, b) =>
        (b.bytesSent ?? 0) + (b.bytesReceived ?? 0) - (a.bytesSent ?? 0) - (a.bytesReceived ?? 0),
    )
    .slice(0, 30)
    .map((last) =>
      el(
        'tr',
        {},
        el(
          'td',
          { class: mood(last.state) },
          el('i', { class: 'dot' }),
          selected.has(last.id) ? 'in use' : last.state,
        ),
        el('td', { class: 'mono' }, end(last.localCandidateId)),
        el('td', { class: 'mono' }, end(last.remoteCandidateId)),
        el(
          'td',
          {},
          last.currentRoundTripTime === undefined
            ? ''
            : `${(last.currentRoundTripTime * 1000).toFixed(1)} ms`,
        ),
        el('td', {}, `${kilobytes(last.bytesSent)} / ${kilobytes(last.bytesReceived)}`),
      ),
    );
  const heads = ['State', 'Local', 'Remote', 'Round trip', 'kB sent / received'];
  return el(
    'div',
    { class: 'scroll' },
    el('h3', {}, 'Candidate pairs'),
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          heads.map((head) => el('th', {}, head)),
        ),
      ),
      el('tbody', {}, rows),
    ),
  );
}

/** @param {number} [bytes] */
const kilobytes = (bytes = 0) => (bytes / 1000).toFixed(1);

/** All of the statistics, as they were last. @param {ConnectionDump} connection */
export function statistics({ stats }) {
  const entries = Object.entries(stats.stats);
  if (entries.length === 0) return el('p', { class: 'empty' }, 'No statistics yet.');
  return el(
    'div',
    {},
    entries.map(([id, { type, last }]) =>
      el(
        'details',
        { 'data-id': id },
        el(
          'summary',
          {},
          el('strong', {}, type),
          ` ${last.label ?? last.kind ?? ''} `,
          el('span', { class: 'mono' }, id),
        ),
        el(
          'table',
          {},
          el(
            'tbody',
            {},
            Object.entries(last)
              .filter(([name]) => !['id', 'type'].includes(name))
              .map(([name, value]) =>
                el(
                  'tr',
                  {},
                  el('td', {}, name),
                  el(
                    'td',
                    { class: 'mono' },
                    typeof value === 'object' ? JSON.stringify(value) : `${value}`,
                  ),
                ),
              ),
          ),
        ),
      ),
    ),
  );
}
