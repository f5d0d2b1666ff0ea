// getStats(): the engine's statistics, completed by what only the facade knows.

/**
 * @param {object} parts
 * @param {any[]} parts.engineStats
 * @param {number} parts.timestamp milliseconds since 1970
 * @param {Iterable<import('./data-channel.js').RTCDataChannelImpl>} parts.channels
 * @param {{opened: number, closed: number}} parts.counts
 * @param {import('../net/network.js').Counters} parts.sockets
 * @param {Iterable<import('./rtp-transceiver.js').RTCRtpTransceiverImpl>} parts.transceivers
 * @returns {{id: string}[]}
 */
export function connectionStats({
  engineStats,
  timestamp,
  channels,
  counts,
  sockets,
  transceivers,
}) {
  const media = new MediaStats(transceivers, timestamp);
  const entries = engineStats.map((entry) =>
    entry.type === 'peer-connection'
      ? { ...entry, ...socketStats(sockets) }
      : media.completed(entry),
  );
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

/** What tracks, encoders and decoders know, beside what the engine counts. */
class MediaStats {
  /** @type {Map<string, import('./rtp-transceiver.js').RTCRtpTransceiverImpl>} */
  #byMid = new Map();
  #timestamp;
  /** Of tracks that are sent, by id. @type {Map<string, any>} */
  #sources = new Map();

  /**
   * @param {Iterable<import('./rtp-transceiver.js').RTCRtpTransceiverImpl>} transceivers
   * @param {number} timestamp
   */
  constructor(transceivers, timestamp) {
    this.#timestamp = timestamp;
    for (const transceiver of transceivers) {
      if (transceiver.mid !== null) this.#byMid.set(transceiver.mid, transceiver);
      // A source is there as long as it is attached to a sender, whether or not that sends already.
      if (!transceiver.stopped) this.#source(transceiver.kind, transceiver.rtpSender);
    }
  }

  /**
   * @param {any} entry of the engine's
   * @returns {any}
   */
  completed(entry) {
    // RTCIceCandidateStats.address is null where it must not be told.
    if (/^(?:local|remote)-candidate$/.test(entry.type)) return { address: null, ...entry };
    const transceiver = this.#byMid.get(entry.mid);
    if (!transceiver) return entry;
    if (entry.type === 'outbound-rtp') return this.#outbound(entry, transceiver.rtpSender);
    if (entry.type === 'inbound-rtp') return this.#inbound(entry, transceiver.rtpReceiver);
    return entry;
  }

  /**
   * @param {any} entry
   * @param {import('./rtp-sender.js').RTCRtpSenderImpl} sender
   */
  #outbound(entry, sender) {
    const encoded = sender.media.stats?.encodings[entry.encodingIndex] ?? {};
    const mediaSourceId = this.#source(entry.kind, sender);
    return { ...encoded, ...entry, ...(mediaSourceId ? { mediaSourceId } : {}) };
  }

  /**
   * One for each track, however many senders it has (webrtc-stats section 8.11).
   * @param {string} kind
   * @param {import('./rtp-sender.js').RTCRtpSenderImpl} sender
   * @returns {string | undefined} its id, if the sender has a track
   */
  #source(kind, { media, track }) {
    if (!track) return undefined;
    const id = `S${kind}${track.id}`;
    this.#sources.set(id, {
      id,
      timestamp: this.#timestamp,
      type: 'media-source',
      trackIdentifier: track.id,
      kind,
      // Of the senders that share it, some may not have looked at it yet.
      ...this.#sources.get(id),
      ...media.stats?.source,
    });
    return id;
  }

  /**
   * @param {any} entry
   * @param {import('./rtp-receiver.js').RTCRtpReceiverImpl} receiver
   */
  #inbound(entry, { media, track }) {
    const { lastPacketReceivedTimestamp: at, ...rest } = entry;
    return {
      ...media.stats,
      ...rest,
      ...(at === undefined ? {} : { lastPacketReceivedTimestamp: media.wallClock(at) }),
      trackIdentifier: track.id,
    };
  }

  sources() {
    return this.#sources.values();
  }
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
