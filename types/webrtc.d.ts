// Generated from @webref/idl and tools/idl/supplement; edit tools/idl/surface.mjs instead.

import type {
  HostBlob,
  HostDOMException,
  HostEvent,
  HostEventTarget,
  HostListener,
  HostListenerCapture,
  HostListenerOptions,
  HostMessageEvent,
  HostReadableStream,
  HostWorker,
  HostWritableStream,
} from './host.js';

type BinaryType = 'blob' | 'arraybuffer';

interface ConstrainBooleanOrDOMStringParameters {
  exact?: boolean | string;
  ideal?: boolean | string;
}

interface ConstrainBooleanParameters {
  exact?: boolean;
  ideal?: boolean;
}

interface ConstrainDOMStringParameters {
  exact?: string | string[];
  ideal?: string | string[];
}

interface ConstrainDoubleRange extends DoubleRange {
  exact?: number;
  ideal?: number;
}

interface ConstrainULongRange extends ULongRange {
  exact?: number;
  ideal?: number;
}

interface DoubleRange {
  max?: number;
  min?: number;
}

interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

interface MediaStreamTrackEventInit extends EventInit {
  track: MediaStreamTrack;
}

type MediaStreamTrackState = 'live' | 'ended';

interface MediaTrackCapabilities {
  width?: ULongRange;
  height?: ULongRange;
  aspectRatio?: DoubleRange;
  frameRate?: DoubleRange;
  facingMode?: string[];
  resizeMode?: string[];
  sampleRate?: ULongRange;
  sampleSize?: ULongRange;
  echoCancellation?: (boolean | string)[];
  autoGainControl?: boolean[];
  noiseSuppression?: boolean[];
  latency?: DoubleRange;
  channelCount?: ULongRange;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean[];
}

interface MediaTrackConstraintSet {
  width?: number | ConstrainULongRange;
  height?: number | ConstrainULongRange;
  aspectRatio?: number | ConstrainDoubleRange;
  frameRate?: number | ConstrainDoubleRange;
  facingMode?: string | string[] | ConstrainDOMStringParameters;
  resizeMode?: string | string[] | ConstrainDOMStringParameters;
  sampleRate?: number | ConstrainULongRange;
  sampleSize?: number | ConstrainULongRange;
  echoCancellation?: boolean | string | ConstrainBooleanOrDOMStringParameters;
  autoGainControl?: boolean | ConstrainBooleanParameters;
  noiseSuppression?: boolean | ConstrainBooleanParameters;
  latency?: number | ConstrainDoubleRange;
  channelCount?: number | ConstrainULongRange;
  deviceId?: string | string[] | ConstrainDOMStringParameters;
  groupId?: string | string[] | ConstrainDOMStringParameters;
  backgroundBlur?: boolean | ConstrainBooleanParameters;
}

interface MediaTrackConstraints extends MediaTrackConstraintSet {
  advanced?: MediaTrackConstraintSet[];
}

interface MediaTrackSettings {
  width?: number;
  height?: number;
  aspectRatio?: number;
  frameRate?: number;
  facingMode?: string;
  resizeMode?: string;
  sampleRate?: number;
  sampleSize?: number;
  echoCancellation?: boolean | string;
  autoGainControl?: boolean;
  noiseSuppression?: boolean;
  latency?: number;
  channelCount?: number;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean;
}

export interface RTCAnswerOptions extends RTCOfferAnswerOptions {}

export interface RTCAudioPlayoutStats extends RTCStats {
  kind: string;
  synthesizedSamplesDuration?: number;
  synthesizedSamplesEvents?: number;
  totalSamplesDuration?: number;
  totalPlayoutDelay?: number;
  totalSamplesCount?: number;
}

export interface RTCAudioSourceStats extends RTCMediaSourceStats {
  audioLevel?: number;
  totalAudioEnergy?: number;
  totalSamplesDuration?: number;
  echoReturnLoss?: number;
  echoReturnLossEnhancement?: number;
}

export type RTCBundlePolicy = 'balanced' | 'max-compat' | 'max-bundle';

export interface RTCCertificateExpiration {
  expires?: number;
}

export interface RTCCertificateStats extends RTCStats {
  fingerprint: string;
  fingerprintAlgorithm: string;
  base64Certificate: string;
  issuerCertificateId?: string;
}

export interface RTCCodecStats extends RTCStats {
  payloadType: number;
  transportId: string;
  mimeType: string;
  clockRate?: number;
  channels?: number;
  sdpFmtpLine?: string;
}

export interface RTCConfiguration {
  iceServers?: RTCIceServer[];
  iceTransportPolicy?: RTCIceTransportPolicy;
  bundlePolicy?: RTCBundlePolicy;
  rtcpMuxPolicy?: RTCRtcpMuxPolicy;
  certificates?: RTCCertificate[];
  iceCandidatePoolSize?: number;
  alwaysNegotiateDataChannels?: boolean;
  encodedInsertableStreams?: boolean;
}

export interface RTCDTMFToneChangeEventInit extends EventInit {
  tone?: string;
}

export interface RTCDataChannelEventInit extends EventInit {
  channel: RTCDataChannel;
}

export interface RTCDataChannelInit {
  ordered?: boolean;
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  protocol?: string;
  negotiated?: boolean;
  id?: number;
  priority?: RTCPriorityType;
}

export type RTCDataChannelState = 'connecting' | 'open' | 'closing' | 'closed';

export interface RTCDataChannelStats extends RTCStats {
  label?: string;
  protocol?: string;
  dataChannelIdentifier?: number;
  state: RTCDataChannelState;
  messagesSent?: number;
  bytesSent?: number;
  messagesReceived?: number;
  bytesReceived?: number;
}

export type RTCDegradationPreference = 'maintain-framerate' | 'maintain-resolution' | 'balanced';

export interface RTCDtlsFingerprint {
  algorithm?: string;
  value?: string;
}

export type RTCDtlsRole = 'client' | 'server' | 'unknown';

export type RTCDtlsTransportState = 'new' | 'connecting' | 'connected' | 'closed' | 'failed';

export interface RTCEncodedAudioFrameMetadata extends RTCEncodedFrameMetadata {
  sequenceNumber?: number;
  audioLevel?: number;
}

export interface RTCEncodedAudioFrameOptions {
  metadata?: RTCEncodedAudioFrameMetadata;
}

export interface RTCEncodedFrameMetadata {
  synchronizationSource?: number;
  payloadType?: number;
  contributingSources?: number[];
  rtpTimestamp?: number;
  receiveTime?: number;
  captureTime?: number;
  senderCaptureTimeOffset?: number;
  mimeType?: string;
}

export interface RTCEncodedVideoFrameMetadata extends RTCEncodedFrameMetadata {
  frameId?: number;
  dependencies?: number[];
  width?: number;
  height?: number;
  spatialIndex?: number;
  temporalIndex?: number;
  timestamp?: number;
}

export interface RTCEncodedVideoFrameOptions {
  metadata?: RTCEncodedVideoFrameMetadata;
}

export interface RTCEncodingOptions {
  keyFrame?: boolean;
}

export type RTCErrorDetailType =
  | 'data-channel-failure'
  | 'dtls-failure'
  | 'fingerprint-failure'
  | 'sctp-failure'
  | 'sdp-syntax-error'
  | 'hardware-encoder-not-available'
  | 'hardware-encoder-error';

export interface RTCErrorEventInit extends EventInit {
  error: RTCError;
}

export interface RTCErrorInit {
  errorDetail: RTCErrorDetailType;
  sdpLineNumber?: number;
  sctpCauseCode?: number;
  receivedAlert?: number;
  sentAlert?: number;
}

export interface RTCIceCandidateInit {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

export interface RTCIceCandidatePairStats extends RTCStats {
  transportId: string;
  localCandidateId: string;
  remoteCandidateId: string;
  state: RTCStatsIceCandidatePairState;
  nominated?: boolean;
  packetsSent?: number;
  packetsReceived?: number;
  bytesSent?: number;
  bytesReceived?: number;
  lastPacketSentTimestamp?: number;
  lastPacketReceivedTimestamp?: number;
  totalRoundTripTime?: number;
  currentRoundTripTime?: number;
  availableOutgoingBitrate?: number;
  availableIncomingBitrate?: number;
  requestsReceived?: number;
  requestsSent?: number;
  responsesReceived?: number;
  responsesSent?: number;
  consentRequestsSent?: number;
  packetsDiscardedOnSend?: number;
  bytesDiscardedOnSend?: number;
}

export interface RTCIceCandidateStats extends RTCStats {
  transportId: string;
  address?: string | null;
  port?: number;
  protocol?: string;
  candidateType: RTCIceCandidateType;
  priority?: number;
  url?: string;
  relayProtocol?: RTCIceServerTransportProtocol;
  foundation?: string;
  relatedAddress?: string;
  relatedPort?: number;
  usernameFragment?: string;
  tcpType?: RTCIceTcpCandidateType;
}

export type RTCIceCandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

export type RTCIceComponent = 'rtp' | 'rtcp';

export type RTCIceConnectionState =
  'closed' | 'failed' | 'disconnected' | 'new' | 'checking' | 'completed' | 'connected';

export interface RTCIceGatherOptions {
  gatherPolicy?: RTCIceTransportPolicy;
  iceServers?: RTCIceServer[];
}

export type RTCIceGathererState = 'new' | 'gathering' | 'complete';

export type RTCIceGatheringState = 'new' | 'gathering' | 'complete';

export interface RTCIceParameters {
  usernameFragment?: string;
  password?: string;
  iceLite?: boolean;
}

export type RTCIceProtocol = 'udp' | 'tcp';

export type RTCIceRole = 'unknown' | 'controlling' | 'controlled';

export interface RTCIceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

export type RTCIceServerTransportProtocol = 'udp' | 'tcp' | 'tls';

export type RTCIceTcpCandidateType = 'active' | 'passive' | 'so';

export type RTCIceTransportPolicy = 'relay' | 'all';

export type RTCIceTransportState =
  'closed' | 'failed' | 'disconnected' | 'new' | 'checking' | 'completed' | 'connected';

export interface RTCInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  trackIdentifier: string;
  mid?: string;
  remoteId?: string;
  framesDecoded?: number;
  keyFramesDecoded?: number;
  framesRendered?: number;
  framesDropped?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  qpSum?: number;
  totalDecodeTime?: number;
  totalInterFrameDelay?: number;
  totalSquaredInterFrameDelay?: number;
  pauseCount?: number;
  totalPausesDuration?: number;
  freezeCount?: number;
  totalFreezesDuration?: number;
  lastPacketReceivedTimestamp?: number;
  headerBytesReceived?: number;
  packetsDiscarded?: number;
  fecBytesReceived?: number;
  fecPacketsReceived?: number;
  fecPacketsDiscarded?: number;
  bytesReceived?: number;
  nackCount?: number;
  firCount?: number;
  pliCount?: number;
  totalProcessingDelay?: number;
  estimatedPlayoutTimestamp?: number;
  jitterBufferDelay?: number;
  jitterBufferTargetDelay?: number;
  jitterBufferEmittedCount?: number;
  jitterBufferMinimumDelay?: number;
  totalSamplesReceived?: number;
  concealedSamples?: number;
  silentConcealedSamples?: number;
  concealmentEvents?: number;
  insertedSamplesForDeceleration?: number;
  removedSamplesForAcceleration?: number;
  audioLevel?: number;
  totalAudioEnergy?: number;
  totalSamplesDuration?: number;
  framesReceived?: number;
  decoderImplementation?: string;
  playoutId?: string;
  powerEfficientDecoder?: boolean;
  framesAssembledFromMultiplePackets?: number;
  totalAssemblyTime?: number;
  retransmittedPacketsReceived?: number;
  retransmittedBytesReceived?: number;
  rtxSsrc?: number;
  fecSsrc?: number;
  totalCorruptionProbability?: number;
  totalSquaredCorruptionProbability?: number;
  corruptionMeasurements?: number;
}

export interface RTCInsertableStreams {
  readable: HostReadableStream;
  writable: HostWritableStream;
}

export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
  relayProtocol?: RTCIceServerTransportProtocol | null;
  url?: string | null;
}

export interface RTCLocalSessionDescriptionInit {
  type?: RTCSdpType;
  sdp?: string;
}

export interface RTCMediaSourceStats extends RTCStats {
  trackIdentifier: string;
  kind: string;
}

export interface RTCOfferAnswerOptions {
  voiceActivityDetection?: boolean;
}

export interface RTCOfferOptions extends RTCOfferAnswerOptions {
  iceRestart?: boolean;
  offerToReceiveAudio?: boolean;
  offerToReceiveVideo?: boolean;
}

export interface RTCOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  mid?: string;
  mediaSourceId?: string;
  remoteId?: string;
  rid?: string;
  encodingIndex?: number;
  headerBytesSent?: number;
  retransmittedPacketsSent?: number;
  retransmittedBytesSent?: number;
  rtxSsrc?: number;
  targetBitrate?: number;
  totalEncodedBytesTarget?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  framesSent?: number;
  hugeFramesSent?: number;
  framesEncoded?: number;
  keyFramesEncoded?: number;
  qpSum?: number;
  psnrSum?: Record<string, number>;
  psnrMeasurements?: number;
  totalEncodeTime?: number;
  totalPacketSendDelay?: number;
  qualityLimitationReason?: RTCQualityLimitationReason;
  qualityLimitationDurations?: Record<string, number>;
  qualityLimitationResolutionChanges?: number;
  nackCount?: number;
  firCount?: number;
  pliCount?: number;
  encoderImplementation?: string;
  powerEfficientEncoder?: boolean;
  active?: boolean;
  scalabilityMode?: string;
  packetsSentWithEct1?: number;
}

export type RTCPeerConnectionErrorCallback = (error: HostDOMException) => void;

export interface RTCPeerConnectionIceErrorEventInit extends EventInit {
  address?: string | null;
  port?: number | null;
  url?: string;
  errorCode: number;
  errorText?: string;
}

export interface RTCPeerConnectionIceEventInit extends EventInit {
  candidate?: RTCIceCandidate | null;
  url?: string | null;
}

export type RTCPeerConnectionState =
  'closed' | 'failed' | 'disconnected' | 'new' | 'connecting' | 'connected';

export interface RTCPeerConnectionStats extends RTCStats {
  dataChannelsOpened?: number;
  dataChannelsClosed?: number;
}

export type RTCPriorityType = 'very-low' | 'low' | 'medium' | 'high';

export type RTCQualityLimitationReason = 'none' | 'cpu' | 'bandwidth' | 'other';

export interface RTCReceivedRtpStreamStats extends RTCRtpStreamStats {
  packetsReceived?: number;
  packetsReceivedWithEct1?: number;
  packetsReceivedWithCe?: number;
  packetsReportedAsLost?: number;
  packetsReportedAsLostButRecovered?: number;
  packetsLost?: number;
  jitter?: number;
}

export interface RTCRemoteInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  localId?: string;
  roundTripTime?: number;
  totalRoundTripTime?: number;
  fractionLost?: number;
  roundTripTimeMeasurements?: number;
  packetsWithBleachedEct1Marking?: number;
}

export interface RTCRemoteOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  localId?: string;
  remoteTimestamp?: number;
  reportsSent?: number;
  roundTripTime?: number;
  totalRoundTripTime?: number;
  roundTripTimeMeasurements?: number;
}

export interface RTCResolutionRestriction {
  maxWidth?: number;
  maxHeight?: number;
}

export type RTCRtcpMuxPolicy = 'require';

export interface RTCRtcpParameters {
  cname?: string;
  reducedSize?: boolean;
}

export interface RTCRtpCapabilities {
  codecs: RTCRtpCodec[];
  headerExtensions: RTCRtpHeaderExtensionCapability[];
}

export interface RTCRtpCodec {
  mimeType: string;
  clockRate: number;
  channels?: number;
  sdpFmtpLine?: string;
}

export interface RTCRtpCodecParameters extends RTCRtpCodec {
  payloadType: number;
}

export interface RTCRtpCodingParameters {
  rid?: string;
}

export interface RTCRtpContributingSource {
  timestamp: number;
  source: number;
  audioLevel?: number;
  rtpTimestamp: number;
}

export interface RTCRtpEncodingParameters extends RTCRtpCodingParameters {
  active?: boolean;
  codec?: RTCRtpCodec;
  maxBitrate?: number;
  maxFramerate?: number;
  scaleResolutionDownBy?: number;
  scaleResolutionDownTo?: RTCResolutionRestriction;
  adaptivePtime?: boolean;
  priority?: RTCPriorityType;
  networkPriority?: RTCPriorityType;
  scalabilityMode?: string;
}

export interface RTCRtpHeaderExtensionCapability {
  uri: string;
  direction: RTCRtpTransceiverDirection;
}

export interface RTCRtpHeaderExtensionParameters {
  uri: string;
  id: number;
  encrypted?: boolean;
}

export interface RTCRtpParameters {
  headerExtensions: RTCRtpHeaderExtensionParameters[];
  rtcp: RTCRtcpParameters;
  codecs: RTCRtpCodecParameters[];
}

export interface RTCRtpReceiveParameters extends RTCRtpParameters {}

export type RTCRtpScriptTransformType = 'sframe';

export interface RTCRtpSendParameters extends RTCRtpParameters {
  transactionId: string;
  encodings: RTCRtpEncodingParameters[];
  degradationPreference?: RTCDegradationPreference;
}

export interface RTCRtpStreamStats extends RTCStats {
  ssrc: number;
  kind: string;
  transportId?: string;
  codecId?: string;
}

export interface RTCRtpSynchronizationSource extends RTCRtpContributingSource {}

export type RTCRtpTransceiverDirection =
  'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' | 'stopped';

export interface RTCRtpTransceiverInit {
  direction?: RTCRtpTransceiverDirection;
  streams?: MediaStream[];
  sendEncodings?: RTCRtpEncodingParameters[];
}

export type RTCSctpTransportState = 'connecting' | 'connected' | 'closed';

export type RTCSdpType = 'offer' | 'pranswer' | 'answer' | 'rollback';

export interface RTCSentRtpStreamStats extends RTCRtpStreamStats {
  packetsSent?: number;
  bytesSent?: number;
}

export type RTCSessionDescriptionCallback = (description: RTCSessionDescriptionInit) => void;

export interface RTCSessionDescriptionInit {
  type: RTCSdpType;
  sdp?: string;
}

export interface RTCSetParameterOptions {
  encodingOptions?: RTCEncodingOptions[];
}

export type RTCSignalingState =
  | 'stable'
  | 'have-local-offer'
  | 'have-remote-offer'
  | 'have-local-pranswer'
  | 'have-remote-pranswer'
  | 'closed';

export interface RTCStats {
  timestamp: number;
  type: RTCStatsType;
  id: string;
}

export type RTCStatsIceCandidatePairState =
  'frozen' | 'waiting' | 'in-progress' | 'failed' | 'succeeded';

export type RTCStatsType =
  | 'codec'
  | 'inbound-rtp'
  | 'outbound-rtp'
  | 'remote-inbound-rtp'
  | 'remote-outbound-rtp'
  | 'media-source'
  | 'media-playout'
  | 'peer-connection'
  | 'data-channel'
  | 'transport'
  | 'candidate-pair'
  | 'local-candidate'
  | 'remote-candidate'
  | 'certificate';

export interface RTCTrackEventInit extends EventInit {
  receiver: RTCRtpReceiver;
  track: MediaStreamTrack;
  streams?: MediaStream[];
  transceiver: RTCRtpTransceiver;
}

export interface RTCTransportStats extends RTCStats {
  packetsSent?: number;
  packetsReceived?: number;
  bytesSent?: number;
  bytesReceived?: number;
  iceRole?: RTCIceRole;
  iceLocalUsernameFragment?: string;
  dtlsState: RTCDtlsTransportState;
  iceState?: RTCIceTransportState;
  selectedCandidatePairId?: string;
  localCertificateId?: string;
  remoteCertificateId?: string;
  tlsVersion?: string;
  dtlsCipher?: string;
  dtlsRole?: RTCDtlsRole;
  srtpCipher?: string;
  selectedCandidatePairChanges?: number;
  ccfbMessagesSent?: number;
  ccfbMessagesReceived?: number;
}

export interface RTCVideoSourceStats extends RTCMediaSourceStats {
  width?: number;
  height?: number;
  frames?: number;
  framesPerSecond?: number;
}

interface ULongRange {
  max?: number;
  min?: number;
}

type VoidFunction = () => void;

interface WorkerAndParameters {
  worker: HostWorker;
  type?: RTCRtpScriptTransformType;
}

export interface RTCPeerConnectionEventMap {
  negotiationneeded: HostEvent;
  icecandidate: RTCPeerConnectionIceEvent;
  icecandidateerror: RTCPeerConnectionIceErrorEvent;
  signalingstatechange: HostEvent;
  iceconnectionstatechange: HostEvent;
  icegatheringstatechange: HostEvent;
  connectionstatechange: HostEvent;
  track: RTCTrackEvent;
  datachannel: RTCDataChannelEvent;
}
export interface RTCPeerConnection extends HostEventTarget {
  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
  createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit>;
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  readonly localDescription: RTCSessionDescription | null;
  readonly currentLocalDescription: RTCSessionDescription | null;
  readonly pendingLocalDescription: RTCSessionDescription | null;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  readonly remoteDescription: RTCSessionDescription | null;
  readonly currentRemoteDescription: RTCSessionDescription | null;
  readonly pendingRemoteDescription: RTCSessionDescription | null;
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  readonly signalingState: RTCSignalingState;
  readonly iceGatheringState: RTCIceGatheringState;
  readonly iceConnectionState: RTCIceConnectionState;
  readonly connectionState: RTCPeerConnectionState;
  readonly canTrickleIceCandidates: boolean | null;
  restartIce(): void;
  getConfiguration(): RTCConfiguration;
  setConfiguration(configuration?: RTCConfiguration): void;
  close(): void;
  get onnegotiationneeded(): ((ev: any) => any) | null;
  set onnegotiationneeded(handler: ((this: RTCPeerConnection, ev: HostEvent) => any) | null);
  get onicecandidate(): ((ev: any) => any) | null;
  set onicecandidate(
    handler: ((this: RTCPeerConnection, ev: RTCPeerConnectionIceEvent) => any) | null,
  );
  get onicecandidateerror(): ((ev: any) => any) | null;
  set onicecandidateerror(
    handler: ((this: RTCPeerConnection, ev: RTCPeerConnectionIceErrorEvent) => any) | null,
  );
  get onsignalingstatechange(): ((ev: any) => any) | null;
  set onsignalingstatechange(handler: ((this: RTCPeerConnection, ev: HostEvent) => any) | null);
  get oniceconnectionstatechange(): ((ev: any) => any) | null;
  set oniceconnectionstatechange(handler: ((this: RTCPeerConnection, ev: HostEvent) => any) | null);
  get onicegatheringstatechange(): ((ev: any) => any) | null;
  set onicegatheringstatechange(handler: ((this: RTCPeerConnection, ev: HostEvent) => any) | null);
  get onconnectionstatechange(): ((ev: any) => any) | null;
  set onconnectionstatechange(handler: ((this: RTCPeerConnection, ev: HostEvent) => any) | null);
  createOffer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
    options?: RTCOfferOptions,
  ): Promise<void>;
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  createAnswer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  addIceCandidate(
    candidate: RTCIceCandidateInit | null,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  getSenders(): RTCRtpSender[];
  getReceivers(): RTCRtpReceiver[];
  getTransceivers(): RTCRtpTransceiver[];
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender;
  removeTrack(sender: RTCRtpSender): void;
  addTransceiver(
    trackOrKind: MediaStreamTrack | string,
    init?: RTCRtpTransceiverInit,
  ): RTCRtpTransceiver;
  get ontrack(): ((ev: any) => any) | null;
  set ontrack(handler: ((this: RTCPeerConnection, ev: RTCTrackEvent) => any) | null);
  readonly sctp: RTCSctpTransport | null;
  createDataChannel(label: string, dataChannelDict?: RTCDataChannelInit): RTCDataChannel;
  get ondatachannel(): ((ev: any) => any) | null;
  set ondatachannel(handler: ((this: RTCPeerConnection, ev: RTCDataChannelEvent) => any) | null);
  getStats(selector?: MediaStreamTrack | null): Promise<RTCStatsReport>;
  addEventListener<K extends keyof RTCPeerConnectionEventMap>(
    type: K,
    listener: (this: RTCPeerConnection, ev: RTCPeerConnectionEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCPeerConnectionEventMap>(
    type: K,
    listener: (this: RTCPeerConnection, ev: RTCPeerConnectionEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCPeerConnection: {
  prototype: RTCPeerConnection;
  new (configuration?: RTCConfiguration): RTCPeerConnection;
  generateCertificate(keygenAlgorithm: any | string): Promise<RTCCertificate>;
};

export interface RTCSessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;
  toJSON(): RTCSessionDescriptionInit;
}
export declare const RTCSessionDescription: {
  prototype: RTCSessionDescription;
  new (descriptionInitDict: RTCSessionDescriptionInit): RTCSessionDescription;
};

export interface RTCIceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly foundation: string | null;
  readonly component: RTCIceComponent | null;
  readonly priority: number | null;
  readonly address: string | null;
  readonly protocol: RTCIceProtocol | null;
  readonly port: number | null;
  readonly type: RTCIceCandidateType | null;
  readonly tcpType: RTCIceTcpCandidateType | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  readonly usernameFragment: string | null;
  readonly relayProtocol: RTCIceServerTransportProtocol | null;
  readonly url: string | null;
  toJSON(): RTCIceCandidateInit;
}
export declare const RTCIceCandidate: {
  prototype: RTCIceCandidate;
  new (candidateInitDict?: RTCLocalIceCandidateInit): RTCIceCandidate;
};

export interface RTCPeerConnectionIceEvent extends HostEvent {
  readonly candidate: RTCIceCandidate | null;
  readonly url: string | null;
}
export declare const RTCPeerConnectionIceEvent: {
  prototype: RTCPeerConnectionIceEvent;
  new (type: string, eventInitDict?: RTCPeerConnectionIceEventInit): RTCPeerConnectionIceEvent;
};

export interface RTCPeerConnectionIceErrorEvent extends HostEvent {
  readonly address: string | null;
  readonly port: number | null;
  readonly url: string;
  readonly errorCode: number;
  readonly errorText: string;
}
export declare const RTCPeerConnectionIceErrorEvent: {
  prototype: RTCPeerConnectionIceErrorEvent;
  new (
    type: string,
    eventInitDict: RTCPeerConnectionIceErrorEventInit,
  ): RTCPeerConnectionIceErrorEvent;
};

export interface RTCCertificate {
  readonly expires: number;
  getFingerprints(): RTCDtlsFingerprint[];
}
export declare const RTCCertificate: {
  prototype: RTCCertificate;
  new (): RTCCertificate;
};

export interface RTCRtpSender {
  readonly track: MediaStreamTrack | null;
  readonly transport: RTCDtlsTransport | null;
  setParameters(
    parameters: RTCRtpSendParameters,
    setParameterOptions?: RTCSetParameterOptions,
  ): Promise<void>;
  getParameters(): RTCRtpSendParameters;
  replaceTrack(withTrack: MediaStreamTrack | null): Promise<void>;
  setStreams(...streams: MediaStream[]): void;
  getStats(): Promise<RTCStatsReport>;
  readonly dtmf: RTCDTMFSender | null;
  createEncodedStreams(): RTCInsertableStreams;
  transform: RTCRtpScriptTransform | null;
}
export declare const RTCRtpSender: {
  prototype: RTCRtpSender;
  new (): RTCRtpSender;
  getCapabilities(kind: string): RTCRtpCapabilities | null;
};

export interface RTCRtpReceiver {
  readonly track: MediaStreamTrack;
  readonly transport: RTCDtlsTransport | null;
  getParameters(): RTCRtpReceiveParameters;
  getContributingSources(): RTCRtpContributingSource[];
  getSynchronizationSources(): RTCRtpSynchronizationSource[];
  getStats(): Promise<RTCStatsReport>;
  jitterBufferTarget: number | null;
  createEncodedStreams(): RTCInsertableStreams;
  transform: RTCRtpScriptTransform | null;
}
export declare const RTCRtpReceiver: {
  prototype: RTCRtpReceiver;
  new (): RTCRtpReceiver;
  getCapabilities(kind: string): RTCRtpCapabilities | null;
};

export interface RTCRtpTransceiver {
  readonly mid: string | null;
  readonly sender: RTCRtpSender;
  readonly receiver: RTCRtpReceiver;
  direction: RTCRtpTransceiverDirection;
  readonly currentDirection: RTCRtpTransceiverDirection | null;
  stop(): void;
  setCodecPreferences(codecs: RTCRtpCodec[]): void;
  getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[];
  setHeaderExtensionsToNegotiate(extensions: RTCRtpHeaderExtensionCapability[]): void;
  getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[];
  readonly stopped: boolean;
}
export declare const RTCRtpTransceiver: {
  prototype: RTCRtpTransceiver;
  new (): RTCRtpTransceiver;
};

export interface RTCDtlsTransportEventMap {
  statechange: HostEvent;
  error: RTCErrorEvent;
}
export interface RTCDtlsTransport extends HostEventTarget {
  readonly iceTransport: RTCIceTransport;
  readonly state: RTCDtlsTransportState;
  getRemoteCertificates(): ArrayBuffer[];
  get onstatechange(): ((ev: any) => any) | null;
  set onstatechange(handler: ((this: RTCDtlsTransport, ev: HostEvent) => any) | null);
  get onerror(): ((ev: any) => any) | null;
  set onerror(handler: ((this: RTCDtlsTransport, ev: RTCErrorEvent) => any) | null);
  addEventListener<K extends keyof RTCDtlsTransportEventMap>(
    type: K,
    listener: (this: RTCDtlsTransport, ev: RTCDtlsTransportEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCDtlsTransportEventMap>(
    type: K,
    listener: (this: RTCDtlsTransport, ev: RTCDtlsTransportEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCDtlsTransport: {
  prototype: RTCDtlsTransport;
  new (): RTCDtlsTransport;
};

export interface RTCIceTransportEventMap {
  statechange: HostEvent;
  gatheringstatechange: HostEvent;
  selectedcandidatepairchange: HostEvent;
}
export interface RTCIceTransport extends HostEventTarget {
  readonly role: RTCIceRole;
  readonly component: RTCIceComponent;
  readonly state: RTCIceTransportState;
  readonly gatheringState: RTCIceGathererState;
  getLocalCandidates(): RTCIceCandidate[];
  getRemoteCandidates(): RTCIceCandidate[];
  getSelectedCandidatePair(): RTCIceCandidatePair | null;
  getLocalParameters(): RTCIceParameters | null;
  getRemoteParameters(): RTCIceParameters | null;
  get onstatechange(): ((ev: any) => any) | null;
  set onstatechange(handler: ((this: RTCIceTransport, ev: HostEvent) => any) | null);
  get ongatheringstatechange(): ((ev: any) => any) | null;
  set ongatheringstatechange(handler: ((this: RTCIceTransport, ev: HostEvent) => any) | null);
  get onselectedcandidatepairchange(): ((ev: any) => any) | null;
  set onselectedcandidatepairchange(
    handler: ((this: RTCIceTransport, ev: HostEvent) => any) | null,
  );
  addEventListener<K extends keyof RTCIceTransportEventMap>(
    type: K,
    listener: (this: RTCIceTransport, ev: RTCIceTransportEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCIceTransportEventMap>(
    type: K,
    listener: (this: RTCIceTransport, ev: RTCIceTransportEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCIceTransport: {
  prototype: RTCIceTransport;
  new (): RTCIceTransport;
};

export interface RTCIceCandidatePair {
  readonly local: RTCIceCandidate;
  readonly remote: RTCIceCandidate;
}
export declare const RTCIceCandidatePair: {
  prototype: RTCIceCandidatePair;
  new (): RTCIceCandidatePair;
};

export interface RTCTrackEvent extends HostEvent {
  readonly receiver: RTCRtpReceiver;
  readonly track: MediaStreamTrack;
  readonly streams: ReadonlyArray<MediaStream>;
  readonly transceiver: RTCRtpTransceiver;
}
export declare const RTCTrackEvent: {
  prototype: RTCTrackEvent;
  new (type: string, eventInitDict: RTCTrackEventInit): RTCTrackEvent;
};

export interface RTCSctpTransportEventMap {
  statechange: HostEvent;
}
export interface RTCSctpTransport extends HostEventTarget {
  readonly transport: RTCDtlsTransport;
  readonly state: RTCSctpTransportState;
  readonly maxMessageSize: number;
  readonly maxChannels: number | null;
  get onstatechange(): ((ev: any) => any) | null;
  set onstatechange(handler: ((this: RTCSctpTransport, ev: HostEvent) => any) | null);
  addEventListener<K extends keyof RTCSctpTransportEventMap>(
    type: K,
    listener: (this: RTCSctpTransport, ev: RTCSctpTransportEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCSctpTransportEventMap>(
    type: K,
    listener: (this: RTCSctpTransport, ev: RTCSctpTransportEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCSctpTransport: {
  prototype: RTCSctpTransport;
  new (): RTCSctpTransport;
};

export interface RTCDataChannelEventMap {
  open: HostEvent;
  bufferedamountlow: HostEvent;
  error: RTCErrorEvent;
  closing: HostEvent;
  close: HostEvent;
  message: HostMessageEvent;
}
export interface RTCDataChannel extends HostEventTarget {
  readonly label: string;
  readonly ordered: boolean;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly protocol: string;
  readonly negotiated: boolean;
  readonly id: number | null;
  readonly readyState: RTCDataChannelState;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  get onopen(): ((ev: any) => any) | null;
  set onopen(handler: ((this: RTCDataChannel, ev: HostEvent) => any) | null);
  get onbufferedamountlow(): ((ev: any) => any) | null;
  set onbufferedamountlow(handler: ((this: RTCDataChannel, ev: HostEvent) => any) | null);
  get onerror(): ((ev: any) => any) | null;
  set onerror(handler: ((this: RTCDataChannel, ev: RTCErrorEvent) => any) | null);
  get onclosing(): ((ev: any) => any) | null;
  set onclosing(handler: ((this: RTCDataChannel, ev: HostEvent) => any) | null);
  get onclose(): ((ev: any) => any) | null;
  set onclose(handler: ((this: RTCDataChannel, ev: HostEvent) => any) | null);
  close(): void;
  get onmessage(): ((ev: any) => any) | null;
  set onmessage(handler: ((this: RTCDataChannel, ev: HostMessageEvent) => any) | null);
  binaryType: BinaryType;
  send(data: string): void;
  send(data: HostBlob): void;
  send(data: ArrayBuffer): void;
  send(data: ArrayBufferView): void;
  readonly priority: RTCPriorityType;
  addEventListener<K extends keyof RTCDataChannelEventMap>(
    type: K,
    listener: (this: RTCDataChannel, ev: RTCDataChannelEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCDataChannelEventMap>(
    type: K,
    listener: (this: RTCDataChannel, ev: RTCDataChannelEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCDataChannel: {
  prototype: RTCDataChannel;
  new (): RTCDataChannel;
};

export interface RTCDataChannelEvent extends HostEvent {
  readonly channel: RTCDataChannel;
}
export declare const RTCDataChannelEvent: {
  prototype: RTCDataChannelEvent;
  new (type: string, eventInitDict: RTCDataChannelEventInit): RTCDataChannelEvent;
};

export interface RTCDTMFSenderEventMap {
  tonechange: RTCDTMFToneChangeEvent;
}
export interface RTCDTMFSender extends HostEventTarget {
  insertDTMF(tones: string, duration?: number, interToneGap?: number): void;
  get ontonechange(): ((ev: any) => any) | null;
  set ontonechange(handler: ((this: RTCDTMFSender, ev: RTCDTMFToneChangeEvent) => any) | null);
  readonly canInsertDTMF: boolean;
  readonly toneBuffer: string;
  addEventListener<K extends keyof RTCDTMFSenderEventMap>(
    type: K,
    listener: (this: RTCDTMFSender, ev: RTCDTMFSenderEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCDTMFSenderEventMap>(
    type: K,
    listener: (this: RTCDTMFSender, ev: RTCDTMFSenderEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCDTMFSender: {
  prototype: RTCDTMFSender;
  new (): RTCDTMFSender;
};

export interface RTCDTMFToneChangeEvent extends HostEvent {
  readonly tone: string;
}
export declare const RTCDTMFToneChangeEvent: {
  prototype: RTCDTMFToneChangeEvent;
  new (type: string, eventInitDict?: RTCDTMFToneChangeEventInit): RTCDTMFToneChangeEvent;
};

export interface RTCStatsReport extends ReadonlyMap<string, any> {}
export declare const RTCStatsReport: {
  prototype: RTCStatsReport;
  new (): RTCStatsReport;
};

export interface RTCError extends HostDOMException {
  readonly errorDetail: RTCErrorDetailType;
  readonly sdpLineNumber: number | null;
  readonly sctpCauseCode: number | null;
  readonly receivedAlert: number | null;
  readonly sentAlert: number | null;
}
export declare const RTCError: {
  prototype: RTCError;
  new (init: RTCErrorInit, message?: string): RTCError;
};

export interface RTCErrorEvent extends HostEvent {
  readonly error: RTCError;
}
export declare const RTCErrorEvent: {
  prototype: RTCErrorEvent;
  new (type: string, eventInitDict: RTCErrorEventInit): RTCErrorEvent;
};

export interface RTCEncodedVideoFrame {
  readonly type: 'key' | 'delta' | 'empty';
  data: ArrayBuffer;
  getMetadata(): RTCEncodedVideoFrameMetadata;
  readonly timestamp: number;
}
export declare const RTCEncodedVideoFrame: {
  prototype: RTCEncodedVideoFrame;
  new (
    originalFrame: RTCEncodedVideoFrame,
    options?: RTCEncodedVideoFrameOptions,
  ): RTCEncodedVideoFrame;
};

export interface RTCEncodedAudioFrame {
  data: ArrayBuffer;
  getMetadata(): RTCEncodedAudioFrameMetadata;
  readonly timestamp: number;
}
export declare const RTCEncodedAudioFrame: {
  prototype: RTCEncodedAudioFrame;
  new (
    originalFrame: RTCEncodedAudioFrame,
    options?: RTCEncodedAudioFrameOptions,
  ): RTCEncodedAudioFrame;
};

export interface RTCRtpScriptTransform {}
export declare const RTCRtpScriptTransform: {
  prototype: RTCRtpScriptTransform;
  new (
    workerOrWorkerAndParameters: HostWorker | WorkerAndParameters,
    options?: any,
    transfer?: any[],
  ): RTCRtpScriptTransform;
};

export interface RTCRtpScriptTransformerEventMap {
  keyframerequest: KeyFrameRequestEvent;
}
export interface RTCRtpScriptTransformer extends HostEventTarget {
  readonly readable: HostReadableStream;
  generateKeyFrame(rid?: string): Promise<void>;
  sendKeyFrameRequest(): Promise<void>;
  readonly writable: HostWritableStream;
  get onkeyframerequest(): ((ev: any) => any) | null;
  set onkeyframerequest(
    handler: ((this: RTCRtpScriptTransformer, ev: KeyFrameRequestEvent) => any) | null,
  );
  readonly options: any;
  addEventListener<K extends keyof RTCRtpScriptTransformerEventMap>(
    type: K,
    listener: (this: RTCRtpScriptTransformer, ev: RTCRtpScriptTransformerEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof RTCRtpScriptTransformerEventMap>(
    type: K,
    listener: (this: RTCRtpScriptTransformer, ev: RTCRtpScriptTransformerEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export declare const RTCRtpScriptTransformer: {
  prototype: RTCRtpScriptTransformer;
  new (): RTCRtpScriptTransformer;
};

export interface RTCTransformEvent extends HostEvent {
  readonly transformer: RTCRtpScriptTransformer;
}
export declare const RTCTransformEvent: {
  prototype: RTCTransformEvent;
  new (): RTCTransformEvent;
};

export interface KeyFrameRequestEvent extends HostEvent {
  readonly rid: string | null;
}
export declare const KeyFrameRequestEvent: {
  prototype: KeyFrameRequestEvent;
  new (type: string, rid?: string): KeyFrameRequestEvent;
};

export interface MinimalMediaStreamEventMap {
  addtrack: MediaStreamTrackEvent;
  removetrack: MediaStreamTrackEvent;
}
/** Where the host has none. */
export interface MinimalMediaStream extends HostEventTarget {
  readonly id: string;
  getAudioTracks(): MediaStreamTrack[];
  getVideoTracks(): MediaStreamTrack[];
  getTracks(): MediaStreamTrack[];
  getTrackById(trackId: string): MediaStreamTrack | null;
  addTrack(track: MediaStreamTrack): void;
  removeTrack(track: MediaStreamTrack): void;
  clone(): MediaStream;
  readonly active: boolean;
  get onaddtrack(): ((ev: any) => any) | null;
  set onaddtrack(handler: ((this: MinimalMediaStream, ev: MediaStreamTrackEvent) => any) | null);
  get onremovetrack(): ((ev: any) => any) | null;
  set onremovetrack(handler: ((this: MinimalMediaStream, ev: MediaStreamTrackEvent) => any) | null);
  addEventListener<K extends keyof MinimalMediaStreamEventMap>(
    type: K,
    listener: (this: MinimalMediaStream, ev: MinimalMediaStreamEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof MinimalMediaStreamEventMap>(
    type: K,
    listener: (this: MinimalMediaStream, ev: MinimalMediaStreamEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export interface MinimalMediaStreamConstructor {
  prototype: MinimalMediaStream;
  new (): MinimalMediaStream;
  new (stream: MediaStream): MinimalMediaStream;
  new (tracks: MediaStreamTrack[]): MinimalMediaStream;
}
export type MediaStream = typeof globalThis extends {
  document: any;
  MediaStream: { prototype: infer T };
}
  ? T
  : MinimalMediaStream;
export declare const MediaStream: typeof globalThis extends { document: any; MediaStream: infer T }
  ? T
  : MinimalMediaStreamConstructor;

export interface MinimalMediaStreamTrackEventMap {
  mute: HostEvent;
  unmute: HostEvent;
  ended: HostEvent;
}
/** Where the host has none. */
export interface MinimalMediaStreamTrack extends HostEventTarget {
  readonly kind: string;
  readonly id: string;
  readonly label: string;
  enabled: boolean;
  readonly muted: boolean;
  get onmute(): ((ev: any) => any) | null;
  set onmute(handler: ((this: MinimalMediaStreamTrack, ev: HostEvent) => any) | null);
  get onunmute(): ((ev: any) => any) | null;
  set onunmute(handler: ((this: MinimalMediaStreamTrack, ev: HostEvent) => any) | null);
  readonly readyState: MediaStreamTrackState;
  get onended(): ((ev: any) => any) | null;
  set onended(handler: ((this: MinimalMediaStreamTrack, ev: HostEvent) => any) | null);
  clone(): MediaStreamTrack;
  stop(): void;
  getCapabilities(): MediaTrackCapabilities;
  getConstraints(): MediaTrackConstraints;
  getSettings(): MediaTrackSettings;
  applyConstraints(constraints?: MediaTrackConstraints): Promise<void>;
  contentHint: string;
  addEventListener<K extends keyof MinimalMediaStreamTrackEventMap>(
    type: K,
    listener: (this: MinimalMediaStreamTrack, ev: MinimalMediaStreamTrackEventMap[K]) => any,
    options?: boolean | HostListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerOptions,
  ): void;
  removeEventListener<K extends keyof MinimalMediaStreamTrackEventMap>(
    type: K,
    listener: (this: MinimalMediaStreamTrack, ev: MinimalMediaStreamTrackEventMap[K]) => any,
    options?: boolean | HostListenerCapture,
  ): void;
  removeEventListener(
    type: string,
    listener: HostListener,
    options?: boolean | HostListenerCapture,
  ): void;
}
export interface MinimalMediaStreamTrackConstructor {
  prototype: MinimalMediaStreamTrack;
  new (): MinimalMediaStreamTrack;
}
export type MediaStreamTrack = typeof globalThis extends {
  document: any;
  MediaStreamTrack: { prototype: infer T };
}
  ? T
  : MinimalMediaStreamTrack;
export declare const MediaStreamTrack: typeof globalThis extends {
  document: any;
  MediaStreamTrack: infer T;
}
  ? T
  : MinimalMediaStreamTrackConstructor;

/** Where the host has none. */
export interface MinimalMediaStreamTrackEvent extends HostEvent {
  readonly track: MediaStreamTrack;
}
export interface MinimalMediaStreamTrackEventConstructor {
  prototype: MinimalMediaStreamTrackEvent;
  new (type: string, eventInitDict: MediaStreamTrackEventInit): MinimalMediaStreamTrackEvent;
}
export type MediaStreamTrackEvent = typeof globalThis extends {
  document: any;
  MediaStreamTrackEvent: { prototype: infer T };
}
  ? T
  : MinimalMediaStreamTrackEvent;
export declare const MediaStreamTrackEvent: typeof globalThis extends {
  document: any;
  MediaStreamTrackEvent: infer T;
}
  ? T
  : MinimalMediaStreamTrackEventConstructor;

export {};
