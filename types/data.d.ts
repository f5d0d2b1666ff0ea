// `webrtc-wasm/data`: data channels without audio and video. What RTCPeerConnection has of those throws.

export {
  RTCCertificate,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCDtlsTransport,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
} from './webrtc.js';
export { configure, install, version } from './common.js';
export type { InstallOptions, Options, RelayReport } from './common.js';
export { init } from './index.js';
export type { EngineSource } from './index.js';
export { RelayNetwork } from './network.js';
export type { RelayNetworkOptions } from './network.js';
