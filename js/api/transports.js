// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: mirrors of the engine's transports, which
// the connection changes from queued tasks.

import { fireAs } from './events.js';
import { rtcError } from './errors.js';
import { createWrapper, interfaceNamed, wrapperOf } from './webidl/interface.js';

/** @typedef {{usernameFragment: string, password: string}} IceParameters */

/** Behaviour of RTCIceTransport (webrtc-pc section 5.6). */
export class RTCIceTransportImpl {
  role = 'unknown';
  component = 'rtp';
  /** @type {RTCIceTransportState} */
  state = 'new';
  /** @type {RTCIceGathererState} */
  gatheringState = 'new';
  /** @type {any} */
  wrapper;
  /** RTCIceCandidate objects. @type {any[]} */
  localCandidates = [];
  /** @type {IceParameters | null} */
  localParameters = null;
  /** @type {IceParameters | null} */
  remoteParameters = null;
  /** @type {object | null} */
  #selectedPair = null;
  #findRemoteCandidates;

  /** @param {() => any[]} findRemoteCandidates gives those of the remote description */
  constructor(findRemoteCandidates) {
    this.#findRemoteCandidates = findRemoteCandidates;
  }

  getLocalCandidates() {
    return [...this.localCandidates];
  }

  getRemoteCandidates() {
    return this.#findRemoteCandidates();
  }

  getSelectedCandidatePair() {
    return this.state === 'new' || this.state === 'closed' ? null : this.#selectedPair;
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
    this.#selectedPair = createWrapper(
      'RTCIceCandidatePair',
      new RTCIceCandidatePairImpl(
        findCandidate(this.localCandidates, local),
        findCandidate(this.getRemoteCandidates(), remote),
      ),
    );
  }
}

/**
 * The candidate as script knows it already, else a new one: peer reflexive, or of an address that
 * script knows by a name.
 * @param {any[]} known RTCIceCandidate
 * @param {string} line
 */
function findCandidate(known, line) {
  const same = known.find(({ candidate }) => candidate === line);
  if (same) return same;
  const made = new (interfaceNamed('RTCIceCandidate'))({ candidate: line, sdpMLineIndex: 0 });
  // The peer may write its lines otherwise than we do.
  return known.find((one) => one.address === made.address && one.port === made.port) ?? made;
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
