// Of a report, what every implementation must have: the types and members that webrtc-pc lists as mandatory
// to implement (section 8.6). All others are each implementation's choice.

/**
 * Records of the peer's reports are left out: they are there once those have come.
 * https://www.w3.org/TR/webrtc/#mandatory-to-implement-stats
 */
const kMandatory = /** @type {Record<string, string[]>} */ ({
  codec: ['payloadType', 'mimeType', 'clockRate', 'channels', 'sdpFmtpLine'],
  'inbound-rtp': [
    'ssrc',
    'kind',
    'transportId',
    'codecId',
    'packetsReceived',
    'packetsLost',
    'jitter',
    'bytesReceived',
    'trackIdentifier',
  ],
  'outbound-rtp': ['ssrc', 'kind', 'transportId', 'codecId', 'packetsSent', 'bytesSent'],
  'media-source': ['trackIdentifier', 'kind'],
  'peer-connection': ['dataChannelsOpened', 'dataChannelsClosed'],
  'data-channel': [
    'label',
    'protocol',
    'dataChannelIdentifier',
    'state',
    'messagesSent',
    'bytesSent',
    'messagesReceived',
    'bytesReceived',
  ],
  transport: [
    'bytesSent',
    'bytesReceived',
    'selectedCandidatePairId',
    'localCertificateId',
    'remoteCertificateId',
    'iceState',
    'dtlsState',
  ],
  'candidate-pair': [
    'transportId',
    'localCandidateId',
    'remoteCandidateId',
    'state',
    'nominated',
    'bytesSent',
    'bytesReceived',
    'totalRoundTripTime',
    'currentRoundTripTime',
  ],
  'local-candidate': ['address', 'port', 'protocol', 'candidateType'],
  'remote-candidate': ['address', 'port', 'protocol', 'candidateType'],
  certificate: ['fingerprint', 'fingerprintAlgorithm', 'base64Certificate'],
});

/** Kinds of values between which only the moment decides. */
const kNumbers = new Set(['zero', 'integer', 'number', 'seconds']);

/**
 * @param {Record<string, Record<string, string>>} stats as stats-table.js made them
 * @returns {Record<string, any>}
 */
export function statsShape(stats) {
  /** @type {Record<string, any>} */
  const shape = {};
  for (const [type, mandatory] of Object.entries(kMandatory)) {
    const members = stats[type];
    if (!members) continue;
    shape[type] = { id: members.id, timestamp: members.timestamp, type: members.type };
    for (const name of mandatory) {
      const unit = members[name];
      shape[type][name] = unit === undefined ? 'absent' : kNumbers.has(unit) ? 'number' : unit;
    }
  }
  return shape;
}
