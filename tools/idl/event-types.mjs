// Which interface the events have that an event handler attribute takes: the IDL does not say, the
// specifications' tables of events do. What is not here is an Event.

/** @type {Record<string, Record<string, string>>} */
export const eventTypes = {
  RTCPeerConnection: {
    icecandidate: 'RTCPeerConnectionIceEvent',
    icecandidateerror: 'RTCPeerConnectionIceErrorEvent',
    datachannel: 'RTCDataChannelEvent',
    track: 'RTCTrackEvent',
  },
  RTCDtlsTransport: { error: 'RTCErrorEvent' },
  RTCDTMFSender: { tonechange: 'RTCDTMFToneChangeEvent' },
  RTCDataChannel: { error: 'RTCErrorEvent', message: 'MessageEvent' },
  RTCRtpScriptTransformer: { keyframerequest: 'KeyFrameRequestEvent' },
  MediaStream: { addtrack: 'MediaStreamTrackEvent', removetrack: 'MediaStreamTrackEvent' },
};
