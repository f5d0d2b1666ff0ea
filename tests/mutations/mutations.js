// Bugs that `npm run mutations` plants one at a time, to see that tests find them. Each is the kind of
// slip that a change to these lines could bring: one condition, one side, one member.

/**
 * @typedef {object} Mutation
 * @property {string} id
 * @property {string} file of the checkout
 * @property {string} find text that stands there once
 * @property {string} replace what stands there instead
 * @property {string} breaks one sentence
 * @property {Finder} by where to look for the test that finds it
 */

/**
 * Files of tests/conformance (run in Node.js), or scenarios of js/compare (run in Chromium).
 * @typedef {{ conformance: string[] } | { compare: string }} Finder
 */

/** @type {readonly Mutation[]} */
export const mutations = [
  // --- the JavaScript API (first: the engine is as it was built)
  {
    id: 'operations-at-once',
    file: 'js/api/operations-chain.js',
    find: 'if (this.#operations.length === 1) this.#operations[0]();',
    replace: 'this.#operations[this.#operations.length - 1]();',
    breaks: 'Operations of a connection run at once instead of one after the other.',
    by: { conformance: ['operations-chain'] },
  },
  {
    id: 'needed-again',
    file: 'js/api/negotiation-needed.js',
    find: '      if (this.#isNeeded) return;\n',
    replace: '',
    breaks: 'negotiationneeded fires again though it has been told already.',
    by: { conformance: ['negotiation-needed'] },
  },
  {
    id: 'new-stream-untold',
    file: 'js/api/remote-tracks.js',
    find: 'if ((fires && !fired) || this.#added.length > addedBefore) this.#arrived.push(transceiver);',
    replace: 'if (fires && !fired) this.#arrived.push(transceiver);',
    breaks: 'No track event fires when the peer puts a track into another stream.',
    by: { conformance: ['track-events'] },
  },
  {
    id: 'fired-direction',
    file: 'js/api/transceiver-negotiation.js',
    find: '    transceiver.firedDirection = direction;\n',
    replace: '',
    breaks:
      'A track that our answer declined is not told again when the peer may send it after all.',
    by: { compare: '^transceivers: an answerer goes from sendonly to sendrecv$' },
  },
  {
    id: 'message-limit',
    file: 'js/api/data-channel.js',
    find: 'if (size > limit) {',
    replace: 'if (size >= limit) {',
    breaks: 'A message of exactly maxMessageSize is refused.',
    by: { conformance: ['data-channel'] },
  },
  {
    id: 'closing-late',
    file: 'js/api/data-channel.js',
    find: "    this.readyState = 'closing';\n    this.#parts.clear(); //",
    replace: '    this.#parts.clear(); //',
    breaks: 'close() of a channel leaves it open until the peer has answered.',
    by: { compare: '^data channels: a channel that the near side closes$' },
  },

  // --- the engine
  {
    id: 'answered-direction',
    file: 'cpp/jsep/settle.cpp',
    find: 'const Direction direction = localIsOfferer_ ? reversed(answered) : answered;',
    replace: 'const Direction direction = answered;',
    breaks: 'The offerer takes the direction of the answer for its own, without turning it round.',
    by: { conformance: ['create-answer', 'transceivers'] },
  },
  {
    id: 'rollback-keeps-transceivers',
    file: 'cpp/jsep/rollback.cpp',
    find: 'if (before == nullptr && live.fromOffer && !live.wishes.fromAddTrack)',
    replace: 'if (before == nullptr && live.fromOffer && live.wishes.fromAddTrack)',
    breaks:
      'Rollback keeps the transceivers that the offer made, and drops those that addTrack() used.',
    by: { conformance: ['set-remote-description', 'perfect-negotiation', 'transceivers'] },
  },
  {
    id: 'restart-never-done',
    file: 'cpp/jsep/settle.cpp',
    find: 'if (!anyLeft)\n    state.credentialsToReplace.clear();',
    replace: 'if (anyLeft)\n    state.credentialsToReplace.clear();',
    breaks: 'restartIce() is not done with the answer to its offer, and negotiation stays needed.',
    by: { conformance: ['ice-restart'] },
  },
  {
    id: 'extension-direction',
    file: 'cpp/sdp/rtp_attributes.cpp',
    find: 'concatenate({std::to_string(id), direction ? "/" : "", textOf(direction), " ", uri,',
    replace: 'concatenate({std::to_string(id), " ", uri,',
    breaks: 'a=extmap is written without its direction.',
    by: { conformance: ['header-extensions'] },
  },
  {
    id: 'error-line',
    file: 'cpp/sdp/parser.cpp',
    find: 'return fail(SdpError{line, std::move(message)});',
    replace: 'return fail(SdpError{line + 1, std::move(message)});',
    breaks: 'sdpLineNumber of a syntax error is one too high.',
    by: { conformance: ['errors', 'set-remote-description'] },
  },
  {
    id: 'candidate-fragment',
    file: 'cpp/ice/agent_candidates.cpp',
    find: '  candidate.ufrag = current_->local.ufrag;\n',
    replace: '',
    breaks: 'Candidates are told without the username fragment of their generation.',
    by: { conformance: ['ice-candidate'] },
  },
  {
    id: 'fingerprint-unchecked',
    file: 'cpp/dtls/fingerprint.cpp',
    find: 'if (*wanted == actual)',
    replace: 'if (wanted->size() == actual.size())',
    breaks: 'Any certificate is taken for the one whose fingerprint was signalled.',
    by: { conformance: ['certificates'] },
  },
  {
    id: 'stream-parity',
    file: 'cpp/datachannel/channel_set.cpp',
    find: '*role_ == DtlsRole::kClient ? 0 : 1',
    replace: '*role_ == DtlsRole::kClient ? 1 : 0',
    breaks: 'The DTLS client takes odd ids for its data channels, the server even ones.',
    by: { conformance: ['data-channel'] },
  },
  {
    id: 'unordered-bit',
    file: 'cpp/datachannel/dcep.cpp',
    find: 'options.ordered = (type & kUnordered) == 0;',
    replace: 'options.ordered = true;',
    breaks: 'A channel that the peer opens is ordered, whatever its opening message says.',
    by: { compare: '^data channels: a channel that both sides see$' },
  },
  {
    id: 'stream-reset',
    file: 'cpp/sctp/stream_reset.cpp',
    find: 'if (config_.supported) {\n    for',
    replace: 'if (!config_.supported) {\n    for',
    breaks:
      'Closing a data channel does not reset its SCTP stream, and the peer never hears of it.',
    by: { conformance: ['data-channel'] },
  },
  {
    id: 'mid-routing',
    file: 'cpp/media/demuxer.cpp',
    find: 'return one.mid == *mid;',
    replace: 'return one.mid != *mid;',
    breaks: 'RTP packets go to a receiver of another mid than the one in their header extension.',
    by: { compare: '^transceivers: tracks unmute when media comes' },
  },
  {
    id: 'packets-sent',
    file: 'cpp/call/media_stats.cpp',
    find: '      .number("packetsSent", counters.packetsSent)\n',
    replace: '',
    breaks: 'outbound-rtp statistics have no packetsSent.',
    by: { compare: '^statistics: statistics of a session with a picture$' },
  },
];
