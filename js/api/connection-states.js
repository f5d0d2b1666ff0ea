// The states of an RTCPeerConnection that derive from those of its transports (webrtc-pc sections
// 4.3.2 to 4.3.4).

/** @typedef {import('./transports.js').RTCDtlsTransportImpl} RTCDtlsTransportImpl */

/**
 * @param {RTCDtlsTransportImpl[]} transports
 * @returns {RTCIceGatheringState}
 */
export function deriveGatheringState(transports) {
  const states = transports.map(({ ice }) => ice.gatheringState);
  if (states.includes('gathering')) return 'gathering';
  return states.length === 0 || states.includes('new') ? 'new' : 'complete';
}

/**
 * @param {RTCDtlsTransportImpl[]} transports
 * @returns {RTCIceConnectionState}
 */
export function deriveIceConnectionState(transports) {
  const states = transports.map(({ ice }) => ice.state);
  const any = (/** @type {RTCIceTransportState[]} */ ...list) =>
    states.some((state) => list.includes(state));
  if (any('failed')) return 'failed';
  if (any('disconnected')) return 'disconnected';
  if (!any('checking', 'connected', 'completed')) return 'new';
  if (any('new', 'checking')) return 'checking';
  return any('connected') ? 'connected' : 'completed';
}

/**
 * @param {RTCIceConnectionState} iceState derived from the same transports
 * @param {RTCDtlsTransportImpl[]} transports
 * @returns {RTCPeerConnectionState}
 */
export function deriveConnectionState(iceState, transports) {
  const states = transports.map(({ state }) => state);
  const all = (/** @type {RTCDtlsTransportState} */ wanted) =>
    states.every((state) => state === wanted || state === 'closed');
  if (iceState === 'failed' || states.includes('failed')) return 'failed';
  if (iceState === 'disconnected') return 'disconnected';
  if (iceState === 'new' && all('new')) return 'new';
  const iceIsUp = iceState === 'connected' || iceState === 'completed';
  return iceIsUp && all('connected') ? 'connected' : 'connecting';
}
