// What is watched of each interface: the methods and setters whose calls a trace has, the events, and the
// states that are read again with each entry.

/**
 * @typedef {object} Watched
 * @property {string} prefix of the names that a trace gives such objects: pc1, pc2
 * @property {string[]} [methods]
 * @property {string[]} [setters] attributes whose assignments are calls
 * @property {string[]} [events]
 * @property {string[]} [states] attributes
 * @property {string[]} [parts] attributes that hold objects to be watched as well, once they are there
 */

/** @type {Record<string, Watched>} */
export const watchedInterfaces = {
  RTCPeerConnection: {
    prefix: 'pc',
    methods: [
      'createOffer',
      'createAnswer',
      'setLocalDescription',
      'setRemoteDescription',
      'addIceCandidate',
      'restartIce',
      'setConfiguration',
      'close',
      'createDataChannel',
      'addTransceiver',
      'addTrack',
      'removeTrack',
    ],
    events: [
      'negotiationneeded',
      'signalingstatechange',
      'icegatheringstatechange',
      'icecandidate',
      'icecandidateerror',
      'iceconnectionstatechange',
      'connectionstatechange',
      'track',
      'datachannel',
    ],
    states: ['signalingState', 'iceGatheringState', 'iceConnectionState', 'connectionState'],
    parts: ['sctp'],
  },
  RTCRtpTransceiver: {
    prefix: 'transceiver',
    methods: ['stop', 'setCodecPreferences'],
    setters: ['direction'],
    parts: ['sender', 'receiver'],
  },
  RTCRtpSender: {
    prefix: 'sender',
    methods: ['replaceTrack', 'setParameters', 'setStreams'],
    parts: ['transport'],
  },
  RTCRtpReceiver: { prefix: 'receiver', parts: ['track'] },
  RTCDataChannel: {
    prefix: 'channel',
    methods: ['send', 'close'],
    setters: ['binaryType'],
    events: ['open', 'message', 'bufferedamountlow', 'error', 'closing', 'close'],
    states: ['readyState'],
  },
  RTCSctpTransport: {
    prefix: 'sctp',
    events: ['statechange'],
    states: ['state'],
    parts: ['transport'],
  },
  RTCDtlsTransport: {
    prefix: 'dtls',
    events: ['statechange', 'error'],
    states: ['state'],
    parts: ['iceTransport'],
  },
  RTCIceTransport: {
    prefix: 'ice',
    events: ['statechange', 'gatheringstatechange', 'selectedcandidatepairchange'],
    states: ['state', 'gatheringState'],
  },
  RTCDTMFSender: { prefix: 'dtmf', methods: ['insertDTMF'], events: ['tonechange'] },
  MediaStreamTrack: {
    prefix: 'track',
    events: ['mute', 'unmute', 'ended'],
    states: ['muted', 'readyState'],
  },
  MediaStream: { prefix: 'stream', events: ['addtrack', 'removetrack'] },
  RTCCertificate: { prefix: 'certificate' },
};

/**
 * The name of the interface that an object implements: by its class string, as WebIDL gives it one, or by
 * its constructor's name in implementations without.
 * @param {any} object
 * @returns {string}
 */
export function interfaceOf(object) {
  const tag = Object.prototype.toString.call(object).slice(8, -1);
  if (tag in watchedInterfaces) return tag;
  // A canvas's track is one of its own kind; classes of script have no class string.
  if (/MediaStreamTrack$/.test(tag)) return 'MediaStreamTrack';
  let { constructor } = object;
  while (typeof constructor === 'function' && constructor.name) {
    if (/^(?:RTC|MediaStream)/.test(constructor.name)) return constructor.name;
    constructor = Object.getPrototypeOf(constructor);
  }
  return tag;
}
