// getStats(): the engine's statistics, completed by what only the facade knows.

/**
 * @param {object} parts
 * @param {any[]} parts.engineStats entries with `timestamp` in the engine's time
 * @param {(time: number) => number} parts.toEpoch
 * @param {number} parts.now milliseconds since 1970
 * @param {Iterable<import('./data-channel.js').RTCDataChannelImpl>} parts.channels
 * @param {{opened: number, closed: number}} parts.counts
 * @returns {{id: string}[]}
 */
export function connectionStats({ engineStats, toEpoch, now, channels, counts }) {
  const entries = engineStats.map((entry) => ({ ...entry, timestamp: toEpoch(entry.timestamp) }));
  const types = new Set(entries.map((entry) => entry.type));
  if (!types.has('peer-connection')) {
    entries.push({
      id: 'peer-connection',
      timestamp: now,
      type: 'peer-connection',
      dataChannelsOpened: counts.opened,
      dataChannelsClosed: counts.closed,
    });
  }
  if (!types.has('data-channel')) {
    for (const channel of channels) {
      entries.push({
        id: `data-channel-${channel.handle}`,
        timestamp: now,
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
