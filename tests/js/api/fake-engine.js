// A scripted engine for unit tests of the facade: it keeps the signalling state machine, lets a
// test emit any engine event, and notes what it was called with.

import { createCounters } from '../../../js/net/network.js';
import { setEngine } from '../../../js/api/runtime.js';
import { FakeTransceivers, fakeCapabilities } from './fake-transceivers.js';

const transitions = {
  local: {
    'stable offer': 'have-local-offer',
    'have-local-offer offer': 'have-local-offer',
    'have-local-offer rollback': 'stable',
    'have-remote-offer rollback': 'stable',
    'have-remote-offer answer': 'stable',
    'have-remote-offer pranswer': 'have-local-pranswer',
    'have-local-pranswer answer': 'stable',
    'have-local-pranswer pranswer': 'have-local-pranswer',
  },
  remote: {
    'stable offer': 'have-remote-offer',
    'have-remote-offer offer': 'have-remote-offer',
    'have-remote-offer rollback': 'stable',
    'have-local-offer answer': 'stable',
    'have-local-offer pranswer': 'have-remote-pranswer',
    'have-remote-pranswer answer': 'stable',
  },
};

/** What the engine rejects with. */
const refusal = (name, message = name) => ({ name, message });

export class FakePeerConnection {
  static all = [];

  signalingState = 'stable';
  descriptions = {
    currentLocalDescription: null,
    pendingLocalDescription: null,
    currentRemoteDescription: null,
    pendingRemoteDescription: null,
  };
  needsNegotiation = false;
  sctp = null;
  calls = [];
  events = [];
  channels = new Map();
  nextDeadline = Infinity;
  isDeleted = false;
  /** Ids given to channels by the next answer: handle to id. */
  idsFromAnswer = new Map();
  sizeFromAnswer = 1000;
  transceivers = new FakeTransceivers();
  /** Of the snapshot; the one that everything is on, unless a test says otherwise. */
  transports = [
    {
      id: 1,
      iceRole: 'controlling',
      dtlsRole: null,
      localParameters: { usernameFragment: 'L', password: 'pwd-of-L' },
      remoteParameters: null,
    },
  ];
  /** What the next descriptions do to the transceivers, each once. */
  effects = [];
  #offers = 0;

  constructor(configuration, now) {
    this.configuration = configuration;
    this.calls.push(['constructor', configuration, now]);
    FakePeerConnection.all.push(this);
  }

  /** Queues an event for poll(). */
  emit(type, members = {}) {
    this.events.push({ type, ...members });
  }

  poll() {
    if (this.isDeleted) throw new Error('poll() of a deleted connection');
    return this.events.shift();
  }

  deadline() {
    return this.nextDeadline;
  }

  async createOffer(options) {
    this.calls.push(['createOffer', options]);
    if (!['stable', 'have-local-offer'].includes(this.signalingState)) {
      throw refusal('InvalidStateError');
    }
    return { type: 'offer', sdp: `offer ${++this.#offers}\r\n` };
  }

  async createAnswer(options) {
    this.calls.push(['createAnswer', options]);
    if (!['have-remote-offer', 'have-local-pranswer'].includes(this.signalingState)) {
      throw refusal('InvalidStateError');
    }
    return { type: 'answer', sdp: 'answer\r\n' };
  }

  setLocalDescription({ type, sdp } = {}) {
    this.calls.push(['setLocalDescription', { type, sdp }]);
    const implied = this.signalingState.includes('remote-offer') ? 'answer' : 'offer';
    const kind = type ?? implied;
    return this.#apply('local', { type: kind, sdp: sdp || `implicit ${kind}\r\n` });
  }

  setRemoteDescription(description) {
    this.calls.push(['setRemoteDescription', description]);
    return this.#apply('remote', description);
  }

  async #apply(side, description) {
    const { type, sdp } = description;
    if (sdp.startsWith('broken')) {
      throw {
        name: 'RTCError',
        message: 'line 2 is wrong',
        errorDetail: 'sdp-syntax-error',
        sdpLineNumber: 2,
      };
    }
    const next = transitions[side][`${this.signalingState} ${type}`];
    if (!next) throw refusal('InvalidStateError', `${type} in ${this.signalingState}`);
    this.signalingState = next;
    if (side === 'local' && type === 'offer') this.transceivers.associate();
    this.effects.shift()?.(this.transceivers);
    const slots = this.descriptions;
    const mine = side === 'local' ? 'Local' : 'Remote';
    const theirs = side === 'local' ? 'Remote' : 'Local';
    if (type === 'rollback') {
      slots.pendingLocalDescription = null;
      slots.pendingRemoteDescription = null;
      if (!this.sctp?.negotiated) this.sctp = null;
    } else if (type === 'answer') {
      slots[`current${mine}Description`] = description;
      slots[`current${theirs}Description`] = slots[`pending${theirs}Description`];
      slots[`pending${mine}Description`] = null;
      slots[`pending${theirs}Description`] = null;
      this.needsNegotiation = false;
      this.transceivers.removeStopped();
      if (this.channels.size > 0) this.#describeSctp(true, this.sizeFromAnswer);
      for (const [handle, id] of this.idsFromAnswer) this.emit('channel-id', { handle, id });
    } else {
      slots[`pending${mine}Description`] = description;
      if (this.channels.size > 0 && !this.sctp) this.#describeSctp(false, 0);
    }
  }

  #describeSctp(negotiated, maxMessageSize) {
    this.sctp = { transportId: 1, transportMid: 'data', negotiated, maxMessageSize };
  }

  async addIceCandidate(candidate) {
    this.calls.push(['addIceCandidate', candidate]);
    if (
      !this.descriptions.pendingRemoteDescription &&
      !this.descriptions.currentRemoteDescription
    ) {
      throw refusal('InvalidStateError');
    }
    if (candidate.candidate.includes('malformed')) throw refusal('OperationError');
    const slots = this.descriptions;
    const slot = slots.pendingRemoteDescription
      ? 'pendingRemoteDescription'
      : 'currentRemoteDescription';
    const { type, sdp } = slots[slot];
    slots[slot] = { type, sdp: `${sdp}a=${candidate.candidate}\r\n` };
  }

  negotiationNeeded() {
    return this.needsNegotiation;
  }

  snapshot() {
    const copy = (description) => description && { ...description };
    return {
      signalingState: this.signalingState,
      ...Object.fromEntries(Object.entries(this.descriptions).map(([k, v]) => [k, copy(v)])),
      canTrickleIceCandidates: this.descriptions.currentRemoteDescription ? true : null,
      negotiationNeeded: this.needsNegotiation,
      transceivers: this.transceivers.snapshot(),
      transports: this.transports.map((transport) => ({ ...transport })),
      sctp: this.sctp && { ...this.sctp },
    };
  }

  createDataChannel(init) {
    if (init.id === 7) return { error: refusal('OperationError', 'id 7 is taken') };
    const handle = this.channels.size + 1;
    this.channels.set(handle, init);
    this.needsNegotiation = true;
    if (this.sctp?.negotiated) this.emit('channel-id', { handle, id: handle * 2 });
    return { handle };
  }

  transceiver(handle) {
    return this.transceivers.snapshot().find((one) => one.handle === handle);
  }

  getSendParameters(handle) {
    return this.transceivers.parameters(handle);
  }

  getReceiveParameters(handle) {
    const { codecs, headerExtensions, rtcp } = this.transceivers.parameters(handle);
    return { codecs, headerExtensions, rtcp: { reducedSize: rtcp.reducedSize } };
  }

  sendString(handle, text) {
    this.calls.push(['sendString', handle, text]);
    return text === 'too much' ? refusal('OperationError', 'the queue is full') : undefined;
  }

  sendBinary(handle, bytes) {
    this.calls.push(['sendBinary', handle, [...bytes]]);
  }

  closeDataChannel(handle) {
    this.calls.push(['closeDataChannel', handle]);
  }

  restartIce() {
    this.calls.push(['restartIce']);
    if (this.descriptions.currentLocalDescription) this.needsNegotiation = true;
  }

  setConfiguration(configuration) {
    this.calls.push(['setConfiguration', configuration]);
  }

  setCandidatePoolSize(size) {
    this.calls.push(['setCandidatePoolSize', size]);
  }

  getStats() {
    return [{ id: 'T1', type: 'transport', timestamp: 5 }];
  }

  interfacesComplete(...args) {
    this.calls.push(['interfacesComplete', ...args]);
  }

  removeInterface(...args) {
    this.calls.push(['removeInterface', ...args]);
  }

  addInterface(info) {
    this.calls.push(['addInterface', info]);
  }

  handleDatagram(...args) {
    this.calls.push(['handleDatagram', ...args]);
  }

  handleTimeout(now) {
    this.calls.push(['handleTimeout', now]);
  }

  setStreamCredentials(...args) {
    this.calls.push(['setStreamCredentials', ...args]);
  }

  handleStreamOpened(...args) {
    this.calls.push(['handleStreamOpened', ...args]);
  }

  handleStreamClosed(...args) {
    this.calls.push(['handleStreamClosed', ...args]);
  }

  close() {
    this.calls.push(['close']);
    this.signalingState = 'closed';
    this.emit('datagram', {
      interfaceId: 1,
      address: '127.0.0.1',
      port: 9,
      data: new Uint8Array(1),
    });
  }

  delete() {
    this.isDeleted = true;
  }
}

// Of FakeTransceivers as well, and of no concern to negotiation.
for (const name of [
  'setEncodings',
  'sendFrame',
  'setJitterBufferTarget',
  'requestKeyFrame',
  'sendTone',
]) {
  FakePeerConnection.prototype[name] = function (...args) {
    return this.transceivers[name](...args);
  };
}

// The members about transceivers are those of FakeTransceivers.
for (const name of [
  'addTransceiver',
  'addTrack',
  'removeTrack',
  'setSenderTrack',
  'setSenderStreams',
  'setTransceiverDirection',
  'stopTransceiver',
  'setCodecPreferences',
  'setHeaderExtensionsToNegotiate',
  'getHeaderExtensionsToNegotiate',
  'getNegotiatedHeaderExtensions',
]) {
  FakePeerConnection.prototype[name] = function (...args) {
    this.needsNegotiation = true;
    return this.transceivers[name](...args);
  };
}

class FakeCertificate {
  constructor(algorithm, expires) {
    this.algorithm = algorithm;
    this.expiresAt = expires;
  }
  static generate(algorithm, expires) {
    return Promise.resolve(new FakeCertificate(algorithm, expires));
  }
  expires() {
    return this.expiresAt;
  }
  fingerprints() {
    return [{ algorithm: 'sha-256', value: 'AB:CD' }];
  }
  isDeleted() {
    return false;
  }

  delete() {}
}

/** Makes the fake the engine of all connections. */
export function useFakeEngine() {
  FakePeerConnection.all = [];
  setEngine({
    PeerConnection: FakePeerConnection,
    Certificate: FakeCertificate,
    rtpCapabilities: (kind) => JSON.parse(JSON.stringify(fakeCapabilities[kind])),
    preparedCertificates: () => 0,
    prepareCertificate: () => false,
  });
}

/** The fake behind the connection that was made last. */
export const lastFake = () => FakePeerConnection.all.at(-1);

/** A network that does nothing, and lets a test feed its sink. */
export class FakeNetwork {
  time = 0;
  sinks = [];
  sent = [];
  timers = [];
  closedAttachments = 0;

  constructor(servers = []) {
    this.iceServers = () => servers;
  }
  now() {
    return this.time;
  }
  setTimer(callback, at) {
    const timer = { callback, at };
    this.timers.push(timer);
    return timer;
  }
  clearTimer(timer) {
    this.timers = this.timers.filter((one) => one !== timer);
  }
  attach(sink) {
    this.sinks.push(sink);
    return {
      gather: () => this.sent.push(['gather']),
      send: (...args) => this.sent.push(['send', ...args]),
      openStream: (request) => this.sent.push(['openStream', request]),
      sendStream: (...args) => this.sent.push(['sendStream', ...args]),
      closeStream: (id) => this.sent.push(['closeStream', id]),
      resolve: (...args) => this.sent.push(['resolve', ...args]),
      bufferedAmount: () => 0,
      counters: createCounters,
      close: () => this.closedAttachments++,
    };
  }
}

/** Resolves once all tasks that are queued by now have run. */
export const tasksDone = () => new Promise((resolve) => setImmediate(resolve));
