// getStats(): the engine's statistics, completed by what only the facade knows.

/**
 * @param {object} parts
 * @param {any[]} parts.engineStats
 * @param {number} parts.timestamp milliseconds since 1970
 * @param {Iterable<import('./data-channel.js').RTCDataChannelImpl>} parts.channels
 * @param {{opened: number, closed: number}} parts.counts
 * @returns {{id: string}[]}
 */
export function connectionStats({ engineStats, timestamp, channels, counts }) {
  const entries = [...engineStats];
  const types = new Set(entries.map((entry) => entry.type));
  if (!types.has('peer-connection')) {
    entries.push({
      id: 'P',
      timestamp,
      type: 'peer-connection',
      dataChannelsOpened: counts.opened,
      dataChannelsClosed: counts.closed,
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
