// What every entry of `webrtc-wasm/data` exports: data channels, without audio and video.

import { dataBehaviours, defineInterfaces } from './api/data-interfaces.js';
import { makeInstall } from './api/make-install.js';

/**
 * @type {{
 *   RTCPeerConnection: typeof globalThis.RTCPeerConnection,
 *   RTCSessionDescription: typeof globalThis.RTCSessionDescription,
 *   RTCIceCandidate: typeof globalThis.RTCIceCandidate,
 *   RTCPeerConnectionIceEvent: typeof globalThis.RTCPeerConnectionIceEvent,
 *   RTCPeerConnectionIceErrorEvent: typeof globalThis.RTCPeerConnectionIceErrorEvent,
 *   RTCCertificate: typeof globalThis.RTCCertificate,
 *   RTCDtlsTransport: typeof globalThis.RTCDtlsTransport,
 *   RTCIceTransport: typeof globalThis.RTCIceTransport,
 *   RTCIceCandidatePair: { new(): RTCIceCandidatePair, prototype: RTCIceCandidatePair },
 *   RTCSctpTransport: typeof globalThis.RTCSctpTransport,
 *   RTCDataChannel: typeof globalThis.RTCDataChannel,
 *   RTCDataChannelEvent: typeof globalThis.RTCDataChannelEvent,
 *   RTCStatsReport: typeof globalThis.RTCStatsReport,
 *   RTCError: typeof globalThis.RTCError,
 *   RTCErrorEvent: typeof globalThis.RTCErrorEvent,
 * }}
 */
const interfaces = /** @type {any} */ (defineInterfaces(dataBehaviours));

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
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCStatsReport,
  RTCError,
  RTCErrorEvent,
} = interfaces;

/** Installs the interfaces as globals, by default only where there is no RTCPeerConnection at all. */
export const install = makeInstall(interfaces);
export { configure } from './api/runtime.js';
export { version } from './version.js';
