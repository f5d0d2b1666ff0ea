// Puts behaviour and surface together: the classes that script sees.

import { dataBehaviours, defineInterfaces } from './data-interfaces.js';
import { RTCDTMFSenderImpl } from './dtmf-sender.js';
import { RTCEncodedAudioFrameImpl, RTCEncodedVideoFrameImpl } from './encoded-frame.js';
import { RTCDTMFToneChangeEventImpl, RTCTrackEventImpl } from './events.js';
import { MediaPeerConnectionImpl } from './media-peer-connection.js';
import { RTCRtpReceiverImpl } from './rtp-receiver.js';
import { RTCRtpSenderImpl } from './rtp-sender.js';
import { RTCRtpTransceiverImpl } from './rtp-transceiver.js';
import { RTCRtpScriptTransformImpl } from './script-transform.js';
import {
  KeyFrameRequestEventImpl,
  RTCRtpScriptTransformerImpl,
  RTCTransformEventImpl,
} from './script-transformer.js';

/** @typedef {import('./script-transformer.js').RTCRtpScriptTransformer} RTCRtpScriptTransformer */
/** @typedef {import('./script-transformer.js').RTCTransformEvent} RTCTransformEvent */
/** @typedef {import('./script-transformer.js').KeyFrameRequestEvent} KeyFrameRequestEvent */

/** Behaviour by interface. @type {Record<string, any>} */
export const behaviours = {
  ...dataBehaviours,
  RTCPeerConnection: MediaPeerConnectionImpl,
  RTCRtpSender: RTCRtpSenderImpl,
  RTCRtpReceiver: RTCRtpReceiverImpl,
  RTCRtpTransceiver: RTCRtpTransceiverImpl,
  RTCTrackEvent: RTCTrackEventImpl,
  RTCDTMFSender: RTCDTMFSenderImpl,
  RTCDTMFToneChangeEvent: RTCDTMFToneChangeEventImpl,
  RTCEncodedVideoFrame: RTCEncodedVideoFrameImpl,
  RTCEncodedAudioFrame: RTCEncodedAudioFrameImpl,
  RTCRtpScriptTransform: RTCRtpScriptTransformImpl,
  RTCRtpScriptTransformer: RTCRtpScriptTransformerImpl,
  RTCTransformEvent: RTCTransformEventImpl,
  KeyFrameRequestEvent: KeyFrameRequestEventImpl,
};

/**
 * Every interface by name.
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
 *   RTCRtpSender: typeof globalThis.RTCRtpSender,
 *   RTCRtpReceiver: typeof globalThis.RTCRtpReceiver,
 *   RTCRtpTransceiver: typeof globalThis.RTCRtpTransceiver,
 *   RTCTrackEvent: typeof globalThis.RTCTrackEvent,
 *   RTCDTMFSender: typeof globalThis.RTCDTMFSender,
 *   RTCDTMFToneChangeEvent: typeof globalThis.RTCDTMFToneChangeEvent,
 *   RTCDataChannel: typeof globalThis.RTCDataChannel,
 *   RTCDataChannelEvent: typeof globalThis.RTCDataChannelEvent,
 *   RTCStatsReport: typeof globalThis.RTCStatsReport,
 *   RTCError: typeof globalThis.RTCError,
 *   RTCErrorEvent: typeof globalThis.RTCErrorEvent,
 *   RTCEncodedVideoFrame: typeof globalThis.RTCEncodedVideoFrame,
 *   RTCEncodedAudioFrame: typeof globalThis.RTCEncodedAudioFrame,
 *   RTCRtpScriptTransform: typeof globalThis.RTCRtpScriptTransform,
 *   RTCRtpScriptTransformer: { new(): RTCRtpScriptTransformer, prototype: RTCRtpScriptTransformer },
 *   RTCTransformEvent: { new(): RTCTransformEvent, prototype: RTCTransformEvent },
 *   KeyFrameRequestEvent: { new(type: string, rid?: string): KeyFrameRequestEvent, prototype: KeyFrameRequestEvent },
 * }}
 */
export const interfaces = /** @type {any} */ (defineInterfaces(behaviours));
