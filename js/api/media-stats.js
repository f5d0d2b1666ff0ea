// getStats(): what the facade adds to the engine's statistics of audio and video.

/** What tracks, encoders and decoders know, beside what the engine counts. */
export class MediaStats {
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
