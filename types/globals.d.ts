// Generated, see webrtc.d.ts. Nothing is added to what lib.dom.d.ts or lib.webworker.d.ts declares.

type GlobalRTCPeerConnection = typeof globalThis extends { document: any; RTCPeerConnection: any }
  ? {}
  : import('./webrtc.js').RTCPeerConnection;
type GlobalRTCSessionDescription = typeof globalThis extends {
  document: any;
  RTCSessionDescription: any;
}
  ? {}
  : import('./webrtc.js').RTCSessionDescription;
type GlobalRTCIceCandidate = typeof globalThis extends { document: any; RTCIceCandidate: any }
  ? {}
  : import('./webrtc.js').RTCIceCandidate;
type GlobalRTCPeerConnectionIceEvent = typeof globalThis extends {
  document: any;
  RTCPeerConnectionIceEvent: any;
}
  ? {}
  : import('./webrtc.js').RTCPeerConnectionIceEvent;
type GlobalRTCPeerConnectionIceErrorEvent = typeof globalThis extends {
  document: any;
  RTCPeerConnectionIceErrorEvent: any;
}
  ? {}
  : import('./webrtc.js').RTCPeerConnectionIceErrorEvent;
type GlobalRTCCertificate = typeof globalThis extends { document: any; RTCCertificate: any }
  ? {}
  : import('./webrtc.js').RTCCertificate;
type GlobalRTCRtpSender = typeof globalThis extends { document: any; RTCRtpSender: any }
  ? {}
  : import('./webrtc.js').RTCRtpSender;
type GlobalRTCRtpReceiver = typeof globalThis extends { document: any; RTCRtpReceiver: any }
  ? {}
  : import('./webrtc.js').RTCRtpReceiver;
type GlobalRTCRtpTransceiver = typeof globalThis extends { document: any; RTCRtpTransceiver: any }
  ? {}
  : import('./webrtc.js').RTCRtpTransceiver;
type GlobalRTCDtlsTransport = typeof globalThis extends { document: any; RTCDtlsTransport: any }
  ? {}
  : import('./webrtc.js').RTCDtlsTransport;
type GlobalRTCIceTransport = typeof globalThis extends { document: any; RTCIceTransport: any }
  ? {}
  : import('./webrtc.js').RTCIceTransport;
type GlobalRTCIceCandidatePair = typeof globalThis extends { document: any }
  ? {}
  : import('./webrtc.js').RTCIceCandidatePair;
type GlobalRTCTrackEvent = typeof globalThis extends { document: any; RTCTrackEvent: any }
  ? {}
  : import('./webrtc.js').RTCTrackEvent;
type GlobalRTCSctpTransport = typeof globalThis extends { document: any; RTCSctpTransport: any }
  ? {}
  : import('./webrtc.js').RTCSctpTransport;
type GlobalRTCDataChannel = typeof globalThis extends { onmessage: any; RTCDataChannel: any }
  ? {}
  : import('./webrtc.js').RTCDataChannel;
type GlobalRTCDataChannelEvent = typeof globalThis extends {
  document: any;
  RTCDataChannelEvent: any;
}
  ? {}
  : import('./webrtc.js').RTCDataChannelEvent;
type GlobalRTCDTMFSender = typeof globalThis extends { document: any; RTCDTMFSender: any }
  ? {}
  : import('./webrtc.js').RTCDTMFSender;
type GlobalRTCDTMFToneChangeEvent = typeof globalThis extends {
  document: any;
  RTCDTMFToneChangeEvent: any;
}
  ? {}
  : import('./webrtc.js').RTCDTMFToneChangeEvent;
type GlobalRTCStatsReport = typeof globalThis extends { document: any; RTCStatsReport: any }
  ? {}
  : import('./webrtc.js').RTCStatsReport;
type GlobalRTCError = typeof globalThis extends { document: any; RTCError: any }
  ? {}
  : import('./webrtc.js').RTCError;
type GlobalRTCErrorEvent = typeof globalThis extends { document: any; RTCErrorEvent: any }
  ? {}
  : import('./webrtc.js').RTCErrorEvent;
type GlobalRTCEncodedVideoFrame = typeof globalThis extends {
  onmessage: any;
  RTCEncodedVideoFrame: any;
}
  ? {}
  : import('./webrtc.js').RTCEncodedVideoFrame;
type GlobalRTCEncodedAudioFrame = typeof globalThis extends {
  onmessage: any;
  RTCEncodedAudioFrame: any;
}
  ? {}
  : import('./webrtc.js').RTCEncodedAudioFrame;
type GlobalRTCRtpScriptTransform = typeof globalThis extends {
  document: any;
  RTCRtpScriptTransform: any;
}
  ? {}
  : import('./webrtc.js').RTCRtpScriptTransform;
type GlobalRTCRtpScriptTransformer = typeof globalThis extends {
  WorkerGlobalScope: any;
  RTCRtpScriptTransformer: any;
}
  ? {}
  : import('./webrtc.js').RTCRtpScriptTransformer;
type GlobalRTCTransformEvent = typeof globalThis extends {
  WorkerGlobalScope: any;
  RTCTransformEvent: any;
}
  ? {}
  : import('./webrtc.js').RTCTransformEvent;
type GlobalKeyFrameRequestEvent = typeof globalThis extends { document: any }
  ? {}
  : import('./webrtc.js').KeyFrameRequestEvent;
type GlobalMediaStream = typeof globalThis extends { document: any; MediaStream: any }
  ? {}
  : import('./webrtc.js').MinimalMediaStream;
type GlobalMediaStreamTrack = typeof globalThis extends { document: any; MediaStreamTrack: any }
  ? {}
  : import('./webrtc.js').MinimalMediaStreamTrack;
type GlobalMediaStreamTrackEvent = typeof globalThis extends {
  document: any;
  MediaStreamTrackEvent: any;
}
  ? {}
  : import('./webrtc.js').MinimalMediaStreamTrackEvent;
declare global {
  interface RTCPeerConnection extends GlobalRTCPeerConnection {}
  var RTCPeerConnection: typeof globalThis extends { document: any; RTCPeerConnection: infer T }
    ? T
    : typeof import('./webrtc.js').RTCPeerConnection;
  interface RTCSessionDescription extends GlobalRTCSessionDescription {}
  var RTCSessionDescription: typeof globalThis extends {
    document: any;
    RTCSessionDescription: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCSessionDescription;
  interface RTCIceCandidate extends GlobalRTCIceCandidate {}
  var RTCIceCandidate: typeof globalThis extends { document: any; RTCIceCandidate: infer T }
    ? T
    : typeof import('./webrtc.js').RTCIceCandidate;
  interface RTCPeerConnectionIceEvent extends GlobalRTCPeerConnectionIceEvent {}
  var RTCPeerConnectionIceEvent: typeof globalThis extends {
    document: any;
    RTCPeerConnectionIceEvent: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCPeerConnectionIceEvent;
  interface RTCPeerConnectionIceErrorEvent extends GlobalRTCPeerConnectionIceErrorEvent {}
  var RTCPeerConnectionIceErrorEvent: typeof globalThis extends {
    document: any;
    RTCPeerConnectionIceErrorEvent: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCPeerConnectionIceErrorEvent;
  interface RTCCertificate extends GlobalRTCCertificate {}
  var RTCCertificate: typeof globalThis extends { document: any; RTCCertificate: infer T }
    ? T
    : typeof import('./webrtc.js').RTCCertificate;
  interface RTCRtpSender extends GlobalRTCRtpSender {}
  var RTCRtpSender: typeof globalThis extends { document: any; RTCRtpSender: infer T }
    ? T
    : typeof import('./webrtc.js').RTCRtpSender;
  interface RTCRtpReceiver extends GlobalRTCRtpReceiver {}
  var RTCRtpReceiver: typeof globalThis extends { document: any; RTCRtpReceiver: infer T }
    ? T
    : typeof import('./webrtc.js').RTCRtpReceiver;
  interface RTCRtpTransceiver extends GlobalRTCRtpTransceiver {}
  var RTCRtpTransceiver: typeof globalThis extends { document: any; RTCRtpTransceiver: infer T }
    ? T
    : typeof import('./webrtc.js').RTCRtpTransceiver;
  interface RTCDtlsTransport extends GlobalRTCDtlsTransport {}
  var RTCDtlsTransport: typeof globalThis extends { document: any; RTCDtlsTransport: infer T }
    ? T
    : typeof import('./webrtc.js').RTCDtlsTransport;
  interface RTCIceTransport extends GlobalRTCIceTransport {}
  var RTCIceTransport: typeof globalThis extends { document: any; RTCIceTransport: infer T }
    ? T
    : typeof import('./webrtc.js').RTCIceTransport;
  interface RTCIceCandidatePair extends GlobalRTCIceCandidatePair {}
  var RTCIceCandidatePair: typeof import('./webrtc.js').RTCIceCandidatePair;
  interface RTCTrackEvent extends GlobalRTCTrackEvent {}
  var RTCTrackEvent: typeof globalThis extends { document: any; RTCTrackEvent: infer T }
    ? T
    : typeof import('./webrtc.js').RTCTrackEvent;
  interface RTCSctpTransport extends GlobalRTCSctpTransport {}
  var RTCSctpTransport: typeof globalThis extends { document: any; RTCSctpTransport: infer T }
    ? T
    : typeof import('./webrtc.js').RTCSctpTransport;
  interface RTCDataChannel extends GlobalRTCDataChannel {}
  var RTCDataChannel: typeof globalThis extends { onmessage: any; RTCDataChannel: infer T }
    ? T
    : typeof import('./webrtc.js').RTCDataChannel;
  interface RTCDataChannelEvent extends GlobalRTCDataChannelEvent {}
  var RTCDataChannelEvent: typeof globalThis extends { document: any; RTCDataChannelEvent: infer T }
    ? T
    : typeof import('./webrtc.js').RTCDataChannelEvent;
  interface RTCDTMFSender extends GlobalRTCDTMFSender {}
  var RTCDTMFSender: typeof globalThis extends { document: any; RTCDTMFSender: infer T }
    ? T
    : typeof import('./webrtc.js').RTCDTMFSender;
  interface RTCDTMFToneChangeEvent extends GlobalRTCDTMFToneChangeEvent {}
  var RTCDTMFToneChangeEvent: typeof globalThis extends {
    document: any;
    RTCDTMFToneChangeEvent: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCDTMFToneChangeEvent;
  interface RTCStatsReport extends GlobalRTCStatsReport {}
  var RTCStatsReport: typeof globalThis extends { document: any; RTCStatsReport: infer T }
    ? T
    : typeof import('./webrtc.js').RTCStatsReport;
  interface RTCError extends GlobalRTCError {}
  var RTCError: typeof globalThis extends { document: any; RTCError: infer T }
    ? T
    : typeof import('./webrtc.js').RTCError;
  interface RTCErrorEvent extends GlobalRTCErrorEvent {}
  var RTCErrorEvent: typeof globalThis extends { document: any; RTCErrorEvent: infer T }
    ? T
    : typeof import('./webrtc.js').RTCErrorEvent;
  interface RTCEncodedVideoFrame extends GlobalRTCEncodedVideoFrame {}
  var RTCEncodedVideoFrame: typeof globalThis extends {
    onmessage: any;
    RTCEncodedVideoFrame: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCEncodedVideoFrame;
  interface RTCEncodedAudioFrame extends GlobalRTCEncodedAudioFrame {}
  var RTCEncodedAudioFrame: typeof globalThis extends {
    onmessage: any;
    RTCEncodedAudioFrame: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCEncodedAudioFrame;
  interface RTCRtpScriptTransform extends GlobalRTCRtpScriptTransform {}
  var RTCRtpScriptTransform: typeof globalThis extends {
    document: any;
    RTCRtpScriptTransform: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCRtpScriptTransform;
  interface RTCRtpScriptTransformer extends GlobalRTCRtpScriptTransformer {}
  var RTCRtpScriptTransformer: typeof globalThis extends {
    WorkerGlobalScope: any;
    RTCRtpScriptTransformer: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCRtpScriptTransformer;
  interface RTCTransformEvent extends GlobalRTCTransformEvent {}
  var RTCTransformEvent: typeof globalThis extends {
    WorkerGlobalScope: any;
    RTCTransformEvent: infer T;
  }
    ? T
    : typeof import('./webrtc.js').RTCTransformEvent;
  interface KeyFrameRequestEvent extends GlobalKeyFrameRequestEvent {}
  var KeyFrameRequestEvent: typeof import('./webrtc.js').KeyFrameRequestEvent;
  interface MediaStream extends GlobalMediaStream {}
  var MediaStream: typeof globalThis extends { document: any; MediaStream: infer T }
    ? T
    : import('./webrtc.js').MinimalMediaStreamConstructor;
  interface MediaStreamTrack extends GlobalMediaStreamTrack {}
  var MediaStreamTrack: typeof globalThis extends { document: any; MediaStreamTrack: infer T }
    ? T
    : import('./webrtc.js').MinimalMediaStreamTrackConstructor;
  interface MediaStreamTrackEvent extends GlobalMediaStreamTrackEvent {}
  var MediaStreamTrackEvent: typeof globalThis extends {
    document: any;
    MediaStreamTrackEvent: infer T;
  }
    ? T
    : import('./webrtc.js').MinimalMediaStreamTrackEventConstructor;
}
export {};
