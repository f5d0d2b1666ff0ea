// The transports of one connection, its candidates, and the states that derive from them.

import { candidatesOf, iceParameters } from './description-parameters.js';
import { fire, fireAs } from './events.js';
import { queueTask } from './tasks.js';
import {
  RTCDtlsTransportImpl,
  RTCIceTransportImpl,
  RTCSctpTransportImpl,
  deriveConnectionState,
  deriveIceConnectionState,
} from './transports.js';
import { createWrapper, interfaceNamed } from './webidl/interface.js';

/** @typedef {import('./connection-channels.js').ConnectionContext} ConnectionContext */
/** @typedef {import('./peer-connection.js').Snapshot} Snapshot */

/** What a message may have at most, whatever the peer takes: it lies in memory as a whole. */
const kLargestMessage = 256 * 1024 * 1024;

export class ConnectionTransports {
  /** @type {'new' | 'gathering' | 'complete'} */
  iceGatheringState = 'new';
  /** @type {RTCIceConnectionState} */
  iceConnectionState = 'new';
  /** @type {RTCPeerConnectionState} */
  connectionState = 'new';
  /** @type {RTCSctpTransportImpl | null} */
  sctp = null;
  #ice = new RTCIceTransportImpl();
  #dtls = new RTCDtlsTransportImpl(this.#ice);
  #connection;
  #localCandidateSurfaced;
  /** End-of-candidates that waits for the end of gathering, which shares its task. @type {any} */
  #endOfCandidates = null;

  /**
   * @param {ConnectionContext} connection
   * @param {(snapshot: Snapshot) => void} localCandidateSurfaced runs in the task of the candidate
   */
  constructor(connection, localCandidateSurfaced) {
    this.#connection = connection;
    this.#localCandidateSurfaced = localCandidateSurfaced;
  }

  // ---- Descriptions, from the tasks that apply them

  /**
   * @param {string | undefined} local
   * @param {string | undefined} remote
   */
  adoptParameters(local, remote) {
    this.#ice.localParameters = iceParameters(local);
    const parameters = iceParameters(remote);
    if (parameters?.usernameFragment === this.#ice.remoteParameters?.usernameFragment) return;
    this.#ice.remoteParameters = parameters;
    this.#ice.remoteCandidates = candidatesOf(remote ?? '').map(iceCandidate);
  }

  /** @param {string | null | undefined} role */
  adoptRole(role) {
    if (role) this.#ice.role = role;
  }

  /**
   * As browsers have it, the transport is there from the first description with data channels on,
   * and goes when that is rolled back or rejected.
   * @param {Snapshot['sctp']} sctp
   */
  adoptSctp(sctp) {
    if (!sctp) {
      this.sctp = null;
      return;
    }
    if (!this.sctp) {
      this.sctp = new RTCSctpTransportImpl(this.#dtls);
      createWrapper('RTCSctpTransport', this.sctp);
    }
    if (sctp.negotiated) {
      this.sctp.maxMessageSize = Math.min(sctp.maxMessageSize, kLargestMessage);
    }
  }

  /** @param {any} init RTCIceCandidateInit that addIceCandidate() took */
  addRemoteCandidate(init) {
    this.#ice.remoteCandidates.push(iceCandidate(init));
  }

  close() {
    const { sctp } = this;
    if (sctp && sctp.state !== 'closed') {
      sctp.state = 'closed';
      // The one event that browsers fire after close(), and scripts wait for.
      queueTask(() => fire(sctp, 'statechange'));
    }
    this.#dtls.state = 'closed';
    this.#ice.state = 'closed';
    this.iceConnectionState = 'closed';
    this.connectionState = 'closed';
  }

  /**
   * Runs while the engine is being drained.
   * @param {any} event
   */
  handleEvent(event) {
    const { task } = this.#connection;
    if (event.type !== 'gathering-state') this.#flushEndOfCandidates();
    switch (event.type) {
      case 'candidate':
        if (event.candidate === '') this.#holdEndOfCandidates(event);
        else this.#surfaceCandidate(event);
        break;
      case 'candidate-error':
        task(() => this.#fireCandidateError(event));
        break;
      case 'gathering-state':
        this.#gatheringStateChanged(event.state);
        break;
      case 'ice-state':
        task(() => this.#iceStateChanged(event.state));
        break;
      case 'ice-role':
        task(() => this.adoptRole(event.role));
        break;
      case 'selected-pair':
        task(() => this.#ice.select(event.local, event.remote));
        break;
      case 'dtls-state':
        task(() => this.#dtlsStateChanged(event));
        break;
      case 'sctp-state':
        task(() => this.#sctpStateChanged(event));
        break;
      default: // an engine that is newer than this file may report more
    }
  }

  // ---- Gathering (webrtc-pc section 5.6.4)

  /** @param {any} event */
  #surfaceCandidate(event) {
    // As of this candidate: by the time of the task the engine may have gone on.
    const snapshot = this.#connection.callEngine((engine) => engine.snapshot());
    this.#connection.task(() => {
      const candidate = iceCandidate(event);
      if (event.candidate !== '') this.#ice.localCandidates.push(candidate);
      this.#localCandidateSurfaced(snapshot);
      this.#fireCandidate(candidate, event.url);
    });
  }

  /**
   * @param {object | null} candidate
   * @param {string} [url]
   */
  #fireCandidate(candidate, url) {
    fireAs(this.#connection, 'RTCPeerConnectionIceEvent', 'icecandidate', {
      candidate,
      url: url || null,
    });
  }

  /** @param {any} event end-of-candidates of one generation */
  #holdEndOfCandidates(event) {
    this.#endOfCandidates = event;
    queueMicrotask(() => this.#flushEndOfCandidates());
  }

  #flushEndOfCandidates() {
    const event = this.#endOfCandidates;
    this.#endOfCandidates = null;
    if (event && !this.#connection.isClosed) this.#surfaceCandidate(event);
  }

  /** @param {'new' | 'gathering' | 'complete'} state */
  #gatheringStateChanged(state) {
    const end = this.#endOfCandidates;
    this.#endOfCandidates = null;
    const snapshot = end && this.#connection.callEngine((engine) => engine.snapshot());
    this.#connection.task(() => {
      const ice = this.#ice;
      if (end) {
        this.#localCandidateSurfaced(snapshot);
        this.#fireCandidate(iceCandidate(end));
      }
      if (this.#connection.isClosed || ice.gatheringState === state) return;
      if (state === 'gathering') ice.localCandidates = [];
      ice.gatheringState = state;
      fire(ice, 'gatheringstatechange');
      if (this.#connection.isClosed || this.iceGatheringState === state) return;
      this.iceGatheringState = state;
      fire(this.#connection, 'icegatheringstatechange');
      if (state === 'complete' && !this.#connection.isClosed) this.#fireCandidate(null);
    });
  }

  /** @param {any} event */
  #fireCandidateError({ address, port, url, errorCode, errorText }) {
    fireAs(this.#connection, 'RTCPeerConnectionIceErrorEvent', 'icecandidateerror', {
      address: address || null,
      port: port || null,
      url,
      errorCode,
      errorText,
    });
  }

  // ---- States (webrtc-pc sections 5.5, 5.6 and 6.1)

  /** @param {RTCIceTransportState} state */
  #iceStateChanged(state) {
    if (this.#ice.state === state) return;
    this.#ice.state = state;
    this.#updateStates(() => fire(this.#ice, 'statechange'));
  }

  /** @param {{state: RTCDtlsTransportState, remoteCertificates?: Uint8Array[], error?: any}} event */
  #dtlsStateChanged({ state, remoteCertificates, error }) {
    if (this.#dtls.state === state) return;
    if (remoteCertificates) this.#dtls.remoteCertificates = remoteCertificates;
    this.#dtls.state = state;
    this.#updateStates(() => {
      if (state === 'failed') this.#dtls.fireError(error ?? {});
      fire(this.#dtls, 'statechange');
    });
  }

  /**
   * Derives the connection's states, then fires what changed, the transport's event first.
   * @param {() => void} fireTransportEvents
   */
  #updateStates(fireTransportEvents) {
    const iceState = deriveIceConnectionState(this.#ice);
    const state = deriveConnectionState(iceState, this.#dtls.state);
    const iceChanged = iceState !== this.iceConnectionState;
    const changed = state !== this.connectionState;
    this.iceConnectionState = iceState;
    this.connectionState = state;
    fireTransportEvents();
    if (iceChanged && !this.#connection.isClosed) {
      fire(this.#connection, 'iceconnectionstatechange');
    }
    if (changed && !this.#connection.isClosed) fire(this.#connection, 'connectionstatechange');
  }

  /** @param {any} event */
  #sctpStateChanged({ state, maxChannels }) {
    const { sctp } = this;
    if (!sctp) return;
    if (maxChannels) sctp.maxChannels = maxChannels;
    if (sctp.state === state) return;
    sctp.state = state;
    fire(sctp, 'statechange');
  }
}

/**
 * @param {any} event RTCLocalIceCandidateInit, as the engine or script gives it
 * @returns {object} RTCIceCandidate
 */
function iceCandidate({
  candidate,
  sdpMid = null,
  sdpMLineIndex = null,
  usernameFragment = null,
  relayProtocol = null,
  url = null,
}) {
  return new (interfaceNamed('RTCIceCandidate'))({
    candidate,
    sdpMid,
    sdpMLineIndex,
    usernameFragment,
    relayProtocol: relayProtocol || null,
    url: url || null,
  });
}
