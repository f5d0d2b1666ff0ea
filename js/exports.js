// What every entry of the package exports, whatever loads the engine.

import { interfaces } from './api/interfaces.js';
import { mediaInterfaces } from './media/index.js';

export const {
  RTCPeerConnection,
  RTCSessionDescription,
  RTCIceCandidate,
  RTCPeerConnectionIceEvent,
  RTCPeerConnectionIceErrorEvent,
  RTCCertificate,
  RTCDtlsTransport,
  RTCIceTransport,
  RTCIceCandidatePair,
  RTCSctpTransport,
  RTCRtpSender,
  RTCRtpReceiver,
  RTCRtpTransceiver,
  RTCTrackEvent,
  RTCDTMFSender,
  RTCDTMFToneChangeEvent,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCStatsReport,
  RTCError,
  RTCErrorEvent,
  RTCEncodedVideoFrame,
  RTCEncodedAudioFrame,
  RTCRtpScriptTransform,
  RTCRtpScriptTransformer,
  RTCTransformEvent,
  KeyFrameRequestEvent,
} = interfaces;

export const { MediaStream, MediaStreamTrack, MediaStreamTrackEvent } = mediaInterfaces;

export { inspection } from './api/inspection.js';
export { install } from './api/install.js';
export { configure } from './api/runtime.js';
export {
  createLocalTrack,
  i420ToRgba,
  provideCodec,
  rgbaToI420,
  RTCAudioSink,
  RTCAudioSource,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCVideoSink,
  RTCVideoSource,
  supportedVideoCodecs,
} from './media/index.js';
export { version } from './version.js';
