// `webrtc-wasm/single`: the package with the engine's bytes inside, and without top-level await. For
// bundlers and targets that know neither. It is the classic script as a module, so that what is installed has
// that engine once.

// @ts-ignore made by `npm run build`
import { codecUrls } from '../dist/codecs.mjs';
// @ts-ignore made by `npm run build`
import '../dist/webrtc-wasm.classic.js';

/** Where the script leaves what it exports, for a module sees no global variable of it. */
const kPlace = Symbol.for('webrtc-wasm.classic');
const realm = /** @type {{ [kPlace]?: typeof import('./index.classic.js') }} */ (
  /** @type {any} */ (globalThis)
);
const api = /** @type {typeof import('./index.classic.js')} */ (realm[kPlace]);
delete realm[kPlace];

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
  MediaStream,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  RelayNetwork,
  RTCAudioSink,
  RTCAudioSource,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCVideoSink,
  RTCVideoSource,
  configure,
  createLocalTrack,
  i420ToRgba,
  inspection,
  install,
  provideCodec,
  rgbaToI420,
  supportedVideoCodecs,
  version,
} = api;

// Bundlers find these addresses; who serves nothing beside the script calls provideCodec().
for (const name of /** @type {const} */ (['opus', 'vp8'])) provideCodec(name, codecUrls[name]);
