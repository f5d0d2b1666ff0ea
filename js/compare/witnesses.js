// The subtests of web-platform-tests that decide a known difference, by its id: where implementations and
// specification are at odds, they are a third opinion. What has none here has none there.
// `npm run wpt -- --witness` runs them on both and keeps what came of it in tests/wpt/witnesses.json.

const w = (/** @type {string} */ file, /** @type {string[]} */ ...names) =>
  names.map((name) => `webrtc/${file}: ${name}`);

/** @type {Record<string, string[]>} */
export const witnesses = {
  // --- offers ---
  'offer-at-call': w(
    'RTCPeerConnection-createOffer.html',
    'When media stream is added when createOffer() is running in parallel, the result offer should contain the new media stream',
  ),

  // --- descriptions ---
  'rollback-one-task': w(
    'RTCPeerConnection-setRemoteDescription-offer.html',
    'setRemoteDescription(offer) from have-local-offer fires signalingstatechange twice',
    'setRemoteDescription(offer) in have-local-offer should update internal state with a queued task, in the right order',
  ),
  'no-pranswer': [
    ...w(
      'RTCPeerConnection-setLocalDescription-pranswer.html',
      'setLocalDescription(pranswer) should succeed',
    ),
    ...w(
      'RTCPeerConnection-setRemoteDescription-pranswer.html',
      'setRemoteDescription(pranswer) from have-local-offer state should succeed',
    ),
  ],
  'offers-repeated': w(
    'RTCPeerConnection-setRemoteDescription-offer.html',
    'setRemoteDescription multiple times with different offer should succeed',
  ),
  'description-init': w(
    'RTCPeerConnection-setLocalDescription-parameterless.https.html',
    'RTCSessionDescription constructed without type throws TypeError',
  ),

  // --- negotiation ---
  'restart-before-first': w(
    'RTCPeerConnection-restartIce.https.html',
    'restartIce() does not trigger negotiation ahead of initial negotiation',
  ),

  // --- transceivers ---
  'parameters-lenient': [
    ...w(
      'RTCRtpParameters-encodings.html',
      'sender.setParameters() with mismatch number of encodings should reject with InvalidModificationError',
    ),
    ...w(
      'RTCRtpParameters-transactionId.html',
      'setParameters() twice with the same parameters should reject with InvalidStateError',
    ),
  ],
  'adaptive-ptime': [
    'webrtc-extensions/RTCRtpParameters-adaptivePtime.html: adaptivePtime should be default false',
  ],

  // --- data channels and transports ---
  'no-closing': w(
    'RTCDataChannel-close.html',
    'Close datachannel causes onclosing and onclose to be called',
    'Close datachannel causes closing and close event to be called',
  ),
  'abort-cause': w(
    'RTCDataChannel-close.html',
    'Close peerconnection causes close event and error to be called on datachannel',
  ),
  'max-channels-late': w(
    'RTCSctpTransport-maxChannels.html',
    'maxChannels gets instantiated after connecting',
  ),

  // --- candidates, configurations ---
  'early-end': w(
    'RTCPeerConnection-operations.https.html',
    'addIceCandidate must detect InvalidStateError synchronously when chain is empty',
  ),
  'unknown-fragment': w(
    'RTCPeerConnection-addIceCandidate.html',
    'Add candidate with invalid usernameFragment should reject with OperationError',
    'addIceCandidate({usernameFragment: "no such ufrag"}) should not work',
  ),
  'broken-candidate': w(
    'RTCPeerConnection-addIceCandidate.html',
    'Add candidate with invalid candidate string should reject with OperationError',
  ),
  'no-pool': w(
    'RTCConfiguration-iceCandidatePoolSize.html',
    'Initialize a new RTCPeerConnection with iceCandidatePoolSize: 255',
  ),

  // --- bad input ---
  'sdp-errors': w(
    'RTCPeerConnection-setRemoteDescription-offer.html',
    'setRemoteDescription(offer) with invalid SDP should reject with RTCError',
  ),
  'unknown-media': w(
    'protocol/unknown-mediatypes.html',
    'Unknown media types are rejected with the port set to 0',
  ),
};
