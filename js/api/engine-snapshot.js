// What the engine says of a connection in one piece (docs/engine.md): types alone.

/** @typedef {import('./connection-descriptions.js').DescriptionSlots} DescriptionSlots */
/** @typedef {import('./transports.js').IceParameters} IceParameters */

/**
 * @typedef {object} EngineTransceiver
 * @property {number} handle
 * @property {'audio' | 'video'} kind
 * @property {string | null} mid
 * @property {number | null} mLineIndex
 * @property {RTCRtpTransceiverDirection} direction
 * @property {RTCRtpTransceiverDirection | null} currentDirection
 * @property {boolean} stopping
 * @property {boolean} stopped
 * @property {number | null} transportId
 * @property {string[]} sendRids
 * @property {boolean} remoteSends
 * @property {string[]} remoteStreams
 * @property {string} remoteTrackId
 */

/**
 * @typedef {object} EngineTransport
 * @property {number} id
 * @property {string} iceRole
 * @property {IceParameters | null} localParameters
 * @property {IceParameters | null} remoteParameters
 */

/**
 * @typedef {object} EngineSctp
 * @property {number} transportId
 * @property {string} transportMid
 * @property {boolean} negotiated
 * @property {number} maxMessageSize
 */

/**
 * @typedef {DescriptionSlots & {
 *   signalingState: RTCSignalingState,
 *   canTrickleIceCandidates: boolean | null,
 *   negotiationNeeded: boolean,
 *   transceivers: EngineTransceiver[],
 *   transports: EngineTransport[],
 *   sctp: EngineSctp | null,
 * }} Snapshot
 */

export {};
