// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: mirrors of the engine's transports, which
// the connection changes from queued tasks.

import { fire, fireAs } from './events.js';
import { rtcError } from './errors.js';
import { createWrapper, interfaceNamed } from './webidl/interface.js';

/**
 * The wrapper, made when script first asks for it.
 * @param {string} name
 * @param {any} impl
 */
const wrapperOf = (name, impl) => impl.wrapper ?? createWrapper(name, impl);

/** @typedef {{usernameFragment: string, password: string}} IceParameters */

/** Behaviour of RTCIceTransport (webrtc-pc section 5.6). */
export class RTCIceTransportImpl {
  role = 'unknown';
  component = 'rtp';
  /** @type {RTCIceTransportState} */
  state = 'new';
  gatheringState = 'new';
  /** @type {any} */
  wrapper;
  /** @type {object[]} */
  localCandidates = [];
  /** @type {object[]} */
  remoteCandidates = [];
  /** @type {IceParameters | null} */
  localParameters = null;
  /** @type {IceParameters | null} */
  remoteParameters = null;
  /** @type {object | null} */
  #selectedPair = null;

  getLocalCandidates() {
    return [...this.localCandidates];
  }

  getRemoteCandidates() {
    return [...this.remoteCandidates];
  }

  getSelectedCandidatePair() {
    return this.#selectedPair;
  }

  getLocalParameters() {
    return this.localParameters && { ...this.localParameters };
  }

  getRemoteParameters() {
    return this.remoteParameters && { ...this.remoteParameters };
  }

  /**
   * @param {string} local candidate line
   * @param {string} remote candidate line
   */
  select(local, remote) {
    const find = (/** @type {any[]} */ known, /** @type {string} */ line) =>
      known.find((one) => one.candidate === line) ??
      new (interfaceNamed('RTCIceCandidate'))({ candidate: line, sdpMLineIndex: 0 });
    this.#selectedPair = createWrapper(
      'RTCIceCandidatePair',
      new RTCIceCandidatePairImpl(
        find(this.localCandidates, local),
        find(this.remoteCandidates, remote),
      ),
    );
    fire(this, 'selectedcandidatepairchange');
  }
}

/** Behaviour of RTCDtlsTransport (webrtc-pc section 5.5). */
export class RTCDtlsTransportImpl {
  /** @type {RTCDtlsTransportState} */
  state = 'new';
  /** @type {any} */
  wrapper;
  /** @type {Uint8Array[]} */
  remoteCertificates = [];

  /** @param {RTCIceTransportImpl} ice */
  constructor(ice) {
    this.ice = ice;
  }

  get iceTransport() {
    return wrapperOf('RTCIceTransport', this.ice);
  }

  getRemoteCertificates() {
    return this.remoteCertificates.map((der) => der.slice().buffer);
  }

  /** @param {import('./errors.js').EngineError} error */
  fireError(error) {
    if (!this.wrapper) return;
    const { errorDetail = 'dtls-failure' } = error;
    fireAs(this, 'RTCErrorEvent', 'error', { error: rtcError({ ...error, errorDetail }) });
  }
}

/** Behaviour of RTCSctpTransport (webrtc-pc section 6.1). */
export class RTCSctpTransportImpl {
  state = 'connecting';
  /** Until the peer has said otherwise (RFC 8841 section 6.1). */
  maxMessageSize = 65536;
  /** @type {number | null} */
  maxChannels = null;
  /** @type {any} */
  wrapper;

  /** @param {RTCDtlsTransportImpl} dtls */
  constructor(dtls) {
    this.dtls = dtls;
  }

  get transport() {
    return wrapperOf('RTCDtlsTransport', this.dtls);
  }
}

/** Behaviour of RTCIceCandidatePair: two RTCIceCandidate objects. */
export class RTCIceCandidatePairImpl {
  /**
   * @param {object} local
   * @param {object} remote
   */
  constructor(local, remote) {
    this.local = local;
    this.remote = remote;
  }
}

/**
 * RTCPeerConnection.iceConnectionState of a connection with this one transport.
 * @param {RTCIceTransportImpl} ice
 * @returns {RTCIceConnectionState}
 */
export function deriveIceConnectionState(ice) {
  // A transport that the peer's answer closed counts as none.
  return ice.state === 'closed' ? 'new' : ice.state;
}

/**
 * RTCPeerConnection.connectionState (webrtc-pc section 4.3.3).
 * @param {RTCIceConnectionState} iceState
 * @param {RTCDtlsTransportState} dtlsState
 * @returns {RTCPeerConnectionState}
 */
export function deriveConnectionState(iceState, dtlsState) {
  if (iceState === 'failed' || dtlsState === 'failed') return 'failed';
  if (iceState === 'disconnected') return 'disconnected';
  const dtlsIsIdle = dtlsState === 'new' || dtlsState === 'closed';
  if (iceState === 'new' && dtlsIsIdle) return 'new';
  const iceIsUp = iceState === 'connected' || iceState === 'completed';
  if (iceIsUp && (dtlsState === 'connected' || dtlsState === 'closed')) return 'connected';
  return 'connecting';
}
