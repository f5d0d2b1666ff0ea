// getStats(): the engine's statistics, completed by what only the facade knows.

/**
 * @param {object} parts
 * @param {any[]} parts.engineStats
 * @param {number} parts.timestamp milliseconds since 1970
 * @param {Iterable<import('./data-channel.js').RTCDataChannelImpl>} parts.channels
 * @param {{opened: number, closed: number}} parts.counts
 * @param {import('../net/network.js').Counters} parts.sockets
 * @param {import('./no-media.js').MediaStatistics} parts.media
 * @returns {{id: string}[]}
 */
export function connectionStats({ engineStats, timestamp, channels, counts, sockets, media }) {
  const entries = engineStats.map((entry) => {
    if (entry.type === 'peer-connection') return { ...entry, ...socketStats(sockets) };
    // RTCIceCandidateStats.address is null where it must not be told.
    if (/^(?:local|remote)-candidate$/.test(entry.type)) return { address: null, ...entry };
    return media.completed(entry);
  });
  entries.push(...media.sources());
  const types = new Set(entries.map((entry) => entry.type));
  if (!types.has('peer-connection')) {
    entries.push({
      id: 'P',
      timestamp,
      type: 'peer-connection',
      dataChannelsOpened: counts.opened,
      dataChannelsClosed: counts.closed,
      ...socketStats(sockets),
    });
  }
  if (!types.has('data-channel')) {
    for (const channel of channels) {
      entries.push({
        id: `D${channel.handle}`,
        timestamp,
        type: 'data-channel',
        label: channel.label,
        protocol: channel.protocol,
        ...(channel.id === null ? {} : { dataChannelIdentifier: channel.id }),
        state: channel.readyState,
        ...channel.statistics,
      });
    }
  }
  return entries;
}

/**
 * What went through the connection's sockets, beyond what webrtc-stats has (docs/divergences.md).
 * @param {import('../net/network.js').Counters} counters
 */
function socketStats({ sendErrors, ...counters }) {
  const failed = Object.values(sendErrors).reduce((sum, count) => sum + count, 0);
  return { ...counters, sendErrors: failed };
}

/**
 * "The stats selection algorithm" for one sender or receiver: its streams, and all that these refer
 * to, directly or by way of others.
 * @param {any[]} entries of the whole connection
 * @param {(entry: any) => boolean} isStream whether it is a stream of the sender or receiver
 * @returns {any[]}
 */
export function selectedStats(entries, isStream) {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const selected = new Set(entries.filter(isStream));
  // A set also iterates over what is added on the way.
  for (const entry of selected) {
    for (const [name, value] of Object.entries(entry)) {
      if (!/Ids?$/.test(name)) continue;
      for (const id of [value].flat()) if (byId.has(id)) selected.add(byId.get(id));
    }
  }
  return [...selected];
}
