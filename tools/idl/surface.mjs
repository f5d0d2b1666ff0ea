// What of the specifications' IDL this package exposes. Everything in `specifications` is surface
// unless it stands in `absentInterfaces` or `absentMembers`, each with its reason; the report
// (report.mjs) and docs/divergences.md repeat those reasons.

/**
 * Specifications whose interfaces are the surface, in order of application: of @webref/idl, or of
 * tools/idl/supplement where @webref/idl lacks one.
 */
export const specifications = [
  'webrtc',
  'webrtc-extensions',
  'webrtc-legacy',
  'webrtc-priority',
  'webrtc-svc',
  'mst-content-hint',
  'webrtc-stats',
  'webrtc-encoded-transform',
  'webrtc-ice',
];

/**
 * Definitions of other specifications that ours refer to. Only their dictionaries, enumerations,
 * typedefs and callbacks are read; their interfaces are the host's own.
 */
export const supporting = [
  'dom',
  'html',
  'webidl',
  'websockets',
  'hr-time',
  'webcrypto',
  'mediacapture-streams',
];

/**
 * Interfaces of `supporting` that a host with a page has itself. Realms without them get ours, so
 * that tracks can take part in a negotiation everywhere.
 */
export const fallbacks = ['MediaStream', 'MediaStreamTrack', 'MediaStreamTrackEvent'];

const sframe = 'no browser ships SFrame';
const ofChromium = 'of Chromium alone';
const standaloneIce = 'no browser ships the webrtc-ice extension';
const streamEra = 'of the time before tracks and transceivers; obsolete';
const diagnostics = 'webrtc-diagnostic-logging is not for the web at large';
const captureHandle = 'for captured tabs, which realms without a page have none of';
const noRtcp = 'RTCP has had no transport of its own since rtcp-mux is required';

/** @type {Record<string, string>} */
export const absentInterfaces = {
  RTCRtpSFrameEncryptor: sframe,
  RTCRtpSFrameDecryptor: sframe,
  SFrameEncryptorStream: sframe,
  SFrameDecryptorStream: sframe,
  SFrameTransformErrorEvent: sframe,
  MediaStreamEvent: streamEra,
  webkitRTCPeerConnection: 'a prefixed alias',
  webkitMediaStream: 'a prefixed alias',
};

/**
 * Members that the IDL has, or that a browser ships beyond it.
 * @type {Record<string, string>}
 */
export const absentMembers = {
  'RTCIceTransport.constructor': standaloneIce,
  'RTCIceTransport.gather': standaloneIce,
  'RTCIceTransport.start': standaloneIce,
  'RTCIceTransport.stop': standaloneIce,
  'RTCIceTransport.addRemoteCandidate': standaloneIce,
  'RTCIceTransport.onerror': standaloneIce,
  'RTCIceTransport.onicecandidate': standaloneIce,
  'RTCPeerConnection.addStream': streamEra,
  'RTCPeerConnection.removeStream': streamEra,
  'RTCPeerConnection.getLocalStreams': streamEra,
  'RTCPeerConnection.getRemoteStreams': streamEra,
  'RTCPeerConnection.createDTMFSender': streamEra,
  'RTCPeerConnection.onaddstream': streamEra,
  'RTCPeerConnection.onremovestream': streamEra,
  'RTCPeerConnection.startDiagnosticLogging': diagnostics,
  'RTCPeerConnection.stopDiagnosticLogging': diagnostics,
  'RTCPeerConnection.cancelDiagnosticLogging': diagnostics,
  'RTCRtpSender.rtcpTransport': noRtcp,
  'RTCRtpReceiver.rtcpTransport': noRtcp,
  'RTCRtpReceiver.playoutDelayHint': 'replaced by jitterBufferTarget',
  'RTCPeerConnectionIceErrorEvent.hostCandidate': 'replaced by address and port',
  'RTCError.httpRequestStatusCode': 'a member of webrtc-identity, which is obsolete',
  'RTCDataChannel.reliable': 'replaced by maxPacketLifeTime and maxRetransmits',
  'RTCEncodedVideoFrame.toString': ofChromium,
  'RTCEncodedAudioFrame.toString': ofChromium,
  'MediaStream.onactive': 'has left mediacapture-streams',
  'MediaStream.oninactive': 'has left mediacapture-streams',
  'MediaStreamTrack.stats': 'tells of capture devices, which realms without a page have none of',
  'MediaStreamTrack.getCaptureHandle': captureHandle,
  'MediaStreamTrack.oncapturehandlechange': captureHandle,
};

/**
 * Members that keep what they are told, and whose effect is missing.
 * @type {Record<string, string>}
 */
export const partialMembers = {
  'MediaStreamTrack.applyConstraints':
    'kept and given back, in realms without tracks of their own: their sources have nothing to constrain',
};

/**
 * Values that work and that the declarations leave out.
 * @type {Record<string, string>}
 */
export const undeclaredValues = {
  'RTCDegradationPreference.maintain-framerate-and-resolution':
    'lib.dom.d.ts lacks it, and a sender that may give it back would be none of its senders',
};

/**
 * Attributes whose declaration is not what the IDL says, and why.
 * @type {Record<string, [type: string, why: string]>}
 */
export const declaredTypes = {
  'RTCSctpTransport.maxMessageSize': [
    'number',
    'lib.dom.d.ts has no null, and a connection whose transport may have it would be none of its connections',
  ],
};
