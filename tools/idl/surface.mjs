// What of the specifications' IDL this package exposes. Everything in `specifications` is surface
// unless it stands in `absentInterfaces` or `absentMembers`, each with its reason; the report
// (report.mjs) and docs/divergences.md repeat those reasons.

/** Specifications of @webref/idl whose interfaces are the surface, in order of application. */
export const specifications = [
  'webrtc',
  'webrtc-priority',
  'webrtc-svc',
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

const media = 'media is not part of this build yet';
const encodedTransform = 'encoded transforms need media, which is not part of this build yet';
const standaloneIce = 'no browser ships the webrtc-ice extension';

/** @type {Record<string, string>} */
export const absentInterfaces = {
  RTCRtpSender: media,
  RTCRtpReceiver: media,
  RTCRtpTransceiver: media,
  RTCTrackEvent: media,
  RTCDTMFSender: media,
  RTCDTMFToneChangeEvent: media,
  RTCRtpSFrameEncryptor: encodedTransform,
  RTCRtpSFrameDecryptor: encodedTransform,
  SFrameEncryptorStream: encodedTransform,
  SFrameDecryptorStream: encodedTransform,
  RTCRtpSFrameTransformErrorEvent: encodedTransform,
  SFrameTransformErrorEvent: encodedTransform,
  RTCRtpScriptTransform: encodedTransform,
  RTCRtpScriptTransformer: encodedTransform,
  RTCEncodedVideoFrame: encodedTransform,
  RTCEncodedAudioFrame: encodedTransform,
  RTCTransformEvent: encodedTransform,
  KeyFrameRequestEvent: encodedTransform,
  DedicatedWorkerGlobalScope: encodedTransform,
};

/** @type {Record<string, string>} */
export const absentMembers = {
  'RTCIceTransport.constructor': standaloneIce,
  'RTCIceTransport.gather': standaloneIce,
  'RTCIceTransport.start': standaloneIce,
  'RTCIceTransport.stop': standaloneIce,
  'RTCIceTransport.addRemoteCandidate': standaloneIce,
  'RTCIceTransport.onerror': standaloneIce,
  'RTCIceTransport.onicecandidate': standaloneIce,
};
