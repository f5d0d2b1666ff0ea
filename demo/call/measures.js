// From getStats() of either implementation to what is shown: one snapshot for each end, and what two
// of them say about a direction of the call. A member that an implementation does not have is
// undefined here, and a dash on the page.

/**
 * @typedef {object} Snapshot
 * @property {number} at           ms
 * @property {any[]} sent          outbound-rtp
 * @property {any[]} received      inbound-rtp
 * @property {any[]} heard         remote-inbound-rtp: what the other end said about `sent`
 * @property {any} pair            the candidate pair in use
 * @property {Map<string, any>} byId
 */

/** @param {RTCPeerConnection} pc @returns {Promise<Snapshot>} */
export async function snapshot(pc) {
  const report = await pc.getStats();
  /** @type {any[]} */
  const records = [...report.values()];
  const ofType = (/** @type {string} */ type) => records.filter((record) => record.type === type);
  const [transport] = ofType('transport');
  const pairs = ofType('candidate-pair');
  return {
    at: performance.now(),
    sent: ofType('outbound-rtp'),
    received: ofType('inbound-rtp'),
    heard: ofType('remote-inbound-rtp'),
    pair:
      pairs.find(({ id }) => id === transport?.selectedCandidatePairId) ??
      pairs.find(({ nominated, state }) => nominated && state === 'succeeded'),
    byId: new Map(records.map((record) => [record.id, record])),
  };
}

/**
 * The sum of a member, undefined when nobody has it.
 * @param {any[]} records
 * @param {string} name
 * @returns {number | undefined}
 */
export function sum(records, name) {
  const values = records.map((record) => record[name]).filter(Number.isFinite);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0);
}

/** @param {any[]} records @param {string} name */
function greatest(records, name) {
  const values = records.map((record) => record[name]).filter(Number.isFinite);
  return values.length === 0 ? undefined : Math.max(...values);
}

/** @param {any[]} records */
const videos = (records) => records.filter(({ kind }) => kind === 'video');

/** Losses are counted over this many samples: one alone has too few packets. */
const kLossSamples = 4;

/** One direction of the call, measured again and again. */
export class Direction {
  /** @type {Snapshot | undefined} */
  #lastSender;
  /** @type {Snapshot | undefined} */
  #lastReceiver;
  /** @type {{lost: number, received: number}[]} */
  #packets = [];

  /**
   * @param {Snapshot | undefined} sender    undefined when that end is not in this page
   * @param {Snapshot | undefined} receiver
   */
  measure(sender, receiver) {
    const sent = sender?.sent ?? [];
    const received = receiver?.received ?? [];
    const heard = sender?.heard ?? [];
    const roundTrip = sender?.pair?.currentRoundTripTime ?? receiver?.pair?.currentRoundTripTime;
    const measured = {
      sent: bits(perSecond('sent', 'bytesSent', sender, this.#lastSender)),
      received: bits(perSecond('received', 'bytesReceived', receiver, this.#lastReceiver)),
      again: perSecond('sent', 'retransmittedPacketsSent', sender, this.#lastSender),
      target: sum(sent, 'targetBitrate'),
      available: sent.length > 0 ? sender?.pair?.availableOutgoingBitrate : undefined,
      loss: receiver ? this.#loss(received) : greatest(heard, 'fractionLost'),
      jitter: greatest(receiver ? received : heard, 'jitter'),
      roundTrip: sent.length > 0 || received.length > 0 ? roundTrip : undefined,
      fps: receiver
        ? greatest(videos(received), 'framesPerSecond')
        : greatest(videos(sent), 'framesPerSecond'),
    };
    this.#lastSender = sender;
    this.#lastReceiver = receiver;
    return measured;
  }

  /** @param {any[]} received @returns {number | undefined} share of the packets of late */
  #loss(received) {
    const lost = sum(received, 'packetsLost');
    const arrived = sum(received, 'packetsReceived');
    if (lost === undefined || arrived === undefined) return undefined;
    this.#packets.push({ lost, received: arrived });
    if (this.#packets.length > kLossSamples + 1) this.#packets.shift();
    const [first] = this.#packets;
    // What comes late, or again, takes from the count.
    const newlyLost = Math.max(0, lost - first.lost);
    const expected = newlyLost + arrived - first.received;
    return expected > 0 ? newlyLost / expected : 0;
  }
}

/** @param {number | undefined} bytes */
const bits = (bytes) => (bytes === undefined ? undefined : bytes * 8);

/**
 * How much a sum has grown a second since the last snapshot.
 * @param {'sent' | 'received'} side
 * @param {string} name
 * @param {Snapshot | undefined} now
 * @param {Snapshot | undefined} last
 */
function perSecond(side, name, now, last) {
  if (!now || !last) return undefined;
  const [value, before] = [sum(now[side], name), sum(last[side], name)];
  if (value === undefined || before === undefined || value < before) return undefined;
  return ((value - before) * 1000) / (now.at - last.at);
}

/** @param {number | undefined} value */
const count = (value) => (value === undefined ? '–' : value.toLocaleString('en'));
/** @param {any} record @param {Snapshot} of */
const codec = (record, of) => {
  const { mimeType, clockRate } = of.byId.get(record?.codecId) ?? {};
  return mimeType ? `${mimeType.split('/')[1]} · ${clockRate / 1000} kHz` : undefined;
};
/** @param {any} record */
const size = (record) =>
  record?.frameWidth ? `${record.frameWidth}×${record.frameHeight}` : undefined;
/** @param {any[]} records */
const largest = (records) =>
  [...records].sort((a, b) => (b.frameWidth ?? 0) - (a.frameWidth ?? 0))[0];

/**
 * The rows of the table: a name, and the text of a direction.
 * @type {[string, string, (sender: Snapshot | undefined, receiver: Snapshot | undefined) => string | undefined][]}
 */
export const kRows = [
  [
    'video-codec',
    'Video codec',
    (sender, receiver) => {
      const of = sender ?? receiver;
      const [record] = videos(of?.sent.length ? of.sent : (receiver?.received ?? []));
      return of && codec(record, record?.type === 'inbound-rtp' && receiver ? receiver : of);
    },
  ],
  [
    'audio-codec',
    'Audio codec',
    (sender, receiver) => {
      const isAudio = (/** @type {any} */ one) => one.kind === 'audio';
      const record = sender?.sent.find(isAudio) ?? receiver?.received.find(isAudio);
      return codec(
        record,
        /** @type {Snapshot} */ (record?.type === 'outbound-rtp' ? sender : receiver),
      );
    },
  ],
  ['size-sent', 'Picture sent', (sender) => size(largest(videos(sender?.sent ?? [])))],
  [
    'size-received',
    'Picture received',
    (_, receiver) => size(largest(videos(receiver?.received ?? []))),
  ],
  [
    'encoder',
    'Encoder',
    (sender) =>
      videos(sender?.sent ?? []).find((one) => one.encoderImplementation)?.encoderImplementation,
  ],
  [
    'decoder',
    'Decoder',
    (_, receiver) =>
      videos(receiver?.received ?? []).find((one) => one.decoderImplementation)
        ?.decoderImplementation,
  ],
  ['packets-sent', 'Packets sent', (sender) => count(sum(sender?.sent ?? [], 'packetsSent'))],
  [
    'packets-received',
    'Packets received',
    (_, receiver) => count(sum(receiver?.received ?? [], 'packetsReceived')),
  ],
  [
    'packets-lost',
    'Packets lost',
    (sender, receiver) => count(sum(receiver?.received ?? sender?.heard ?? [], 'packetsLost')),
  ],
  [
    'retransmitted',
    'Sent again',
    (sender) => count(sum(sender?.sent ?? [], 'retransmittedPacketsSent')),
  ],
  [
    'nack',
    'NACK asked · heeded',
    (sender, receiver) =>
      `${count(sum(videos(receiver?.received ?? []), 'nackCount'))} · ${count(sum(videos(sender?.sent ?? []), 'nackCount'))}`,
  ],
  [
    'pli',
    'PLI asked · heeded',
    (sender, receiver) =>
      `${count(sum(videos(receiver?.received ?? []), 'pliCount'))} · ${count(sum(videos(sender?.sent ?? []), 'pliCount'))}`,
  ],
  [
    'key-frames',
    'Key frames sent · decoded',
    (sender, receiver) =>
      `${count(sum(videos(sender?.sent ?? []), 'keyFramesEncoded'))} · ${count(sum(videos(receiver?.received ?? []), 'keyFramesDecoded'))}`,
  ],
  [
    'frames',
    'Frames encoded · decoded',
    (sender, receiver) =>
      `${count(sum(videos(sender?.sent ?? []), 'framesEncoded'))} · ${count(sum(videos(receiver?.received ?? []), 'framesDecoded'))}`,
  ],
  [
    'freezes',
    'Freezes',
    (_, receiver) => count(sum(videos(receiver?.received ?? []), 'freezeCount')),
  ],
  [
    'concealed',
    'Sound made up',
    (_, receiver) => {
      const concealed = sum(receiver?.received ?? [], 'concealedSamples');
      const all = sum(receiver?.received ?? [], 'totalSamplesReceived');
      return concealed === undefined || !all
        ? undefined
        : `${((100 * concealed) / all).toFixed(1)} %`;
    },
  ],
  [
    'limited',
    'Quality held back by',
    (sender) =>
      videos(sender?.sent ?? []).find((one) => one.qualityLimitationReason)
        ?.qualityLimitationReason,
  ],
];
