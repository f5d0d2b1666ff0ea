// The transports of one connection, its candidates, and the states that derive from them.

import {
  deriveConnectionState,
  deriveGatheringState,
  deriveIceConnectionState,
} from './connection-states.js';
import { fire, fireAs } from './events.js';
import { RemoteCandidates } from './remote-candidates.js';
import { kLargestMessage } from './runtime.js';
import { queueTask } from './tasks.js';
import { RTCDtlsTransportImpl, RTCIceTransportImpl, RTCSctpTransportImpl } from './transports.js';
import { createWrapper, interfaceNamed } from './webidl/interface.js';

/** @typedef {import('./connection-channels.js').ConnectionContext} ConnectionContext */
/** @typedef {import('./engine-snapshot.js').Snapshot} Snapshot */

/**
 * What the transports have to know of the rest of the connection.
 * @typedef {object} TransportsContext
 * @property {() => Iterable<RTCDtlsTransportImpl>} ofTransceivers transports that transceivers use
 * @property {() => string} remoteSdp
 * @property {() => void} localCandidateSurfaced runs in the task in which a candidate comes, before its event, or goes
 */

export class ConnectionTransports {
  /** @type {RTCIceGatheringState} */
  iceGatheringState = 'new';
  /** @type {RTCIceConnectionState} */
  iceConnectionState = 'new';
  /** @type {RTCPeerConnectionState} */
  connectionState = 'new';
  /** @type {RTCSctpTransportImpl | null} */
  sctp = null;
  /** By the engine's transport id. @type {Map<number, RTCDtlsTransportImpl>} */
  #byId = new Map();
  /** Those that the descriptions in force have. @type {Set<number>} */
  #described = new Set();
  #connection;
  #context;
  #remoteCandidates;
  /** A new pair whose task waits: the state that belongs to it comes with it. @type {any} */
  #selection = null;

  /**
   * @param {ConnectionContext} connection
   * @param {TransportsContext} context
   */
  constructor(connection, context) {
    this.#connection = connection;
    this.#context = context;
    this.#remoteCandidates = new RemoteCandidates(context.remoteSdp);
  }

  // ---- Descriptions, from the tasks that apply them

  /**
   * Before the transceivers take their transports: all of them exist, and know what was negotiated.
   * @param {Snapshot} snapshot
   */
  adopt(snapshot) {
    this.#remoteCandidates.adopt(snapshot);
    this.#described = new Set(snapshot.transports.map(({ id }) => id));
    for (const { id, iceRole, localParameters, remoteParameters } of snapshot.transports) {
      const { ice } = this.#obtain(id);
      ice.role = iceRole;
      ice.localParameters = localParameters;
      ice.remoteParameters = remoteParameters;
    }
    this.#adoptSctp(snapshot.sctp);
  }

  /**
   * @param {number | null} id
   * @returns {RTCDtlsTransportImpl | null}
   */
  withId = (id) => (id === null ? null : this.#obtain(id));

  /** @param {number} id */
  #obtain(id) {
    let dtls = this.#byId.get(id);
    if (!dtls) {
      const ice = new RTCIceTransportImpl(() => this.#remoteCandidates.of(id));
      dtls = new RTCDtlsTransportImpl(ice);
      this.#byId.set(id, dtls);
    }
    return dtls;
  }

  /**
   * As browsers have it, the transport is there from the first description with data channels on,
   * and goes when that is rolled back or rejected.
   * @param {Snapshot['sctp']} sctp
   */
  #adoptSctp(sctp) {
    if (!sctp) {
      this.sctp = null;
      return;
    }
    const dtls = this.#obtain(sctp.transportId);
    if (!this.sctp) {
      this.sctp = new RTCSctpTransportImpl(dtls);
      createWrapper('RTCSctpTransport', this.sctp);
    }
    this.sctp.dtls = dtls;
    if (sctp.negotiated) {
      this.sctp.maxMessageSize = Math.min(sctp.maxMessageSize, kLargestMessage);
    }
  }

  /**
   * Transports may be in use or out of use since: their states count at once, or count no more. The
   * events come in a task of their own, when whoever waits for the description can listen.
   */
  referencesChanged() {
    const tell = this.#rederive();
    if (tell) this.#connection.task(tell);
  }

  close() {
    const { sctp } = this;
    if (sctp && sctp.state !== 'closed') {
      sctp.state = 'closed';
      // The one event that browsers fire after close(), and scripts wait for.
      queueTask(() => fire(sctp, 'statechange'));
    }
    for (const dtls of this.#byId.values()) {
      dtls.state = 'closed';
      dtls.ice.state = 'closed';
    }
    this.iceConnectionState = 'closed';
    this.connectionState = 'closed';
  }

  /**
   * Runs while the engine is being drained.
   * @param {any} event
   */
  handleEvent(event) {
    const { task } = this.#connection;
    const selection = this.#selection;
    this.#selection = null;
    switch (event.type) {
      case 'candidate':
        task(() => this.#surfaceCandidate(event));
        break;
      case 'candidate-removed':
        task(() => this.#candidateRemoved(event));
        break;
      case 'candidate-error':
        task(() => this.#fireCandidateError(event));
        break;
      case 'gathering-state':
        task(() => this.#gatheringStateChanged(event));
        break;
      case 'selected-pair':
        this.#selection = { ...event, state: undefined };
        this.#queueIceChange(this.#selection);
        break;
      case 'ice-state':
        if (selection?.transportId === event.transportId) selection.state = event.state;
        else this.#queueIceChange(event);
        break;
      case 'ice-role':
        task(() => {
          this.#obtain(event.transportId).ice.role = event.role;
        });
        break;
      case 'dtls-state':
        task(() => this.#dtlsStateChanged(event));
        break;
      case 'transport-closed':
        task(() => this.#transportClosed(event.transportId));
        break;
      case 'sctp-state':
        task(() => this.#sctpStateChanged(event));
        break;
      default: // an engine that is newer than this file may report more
    }
  }

  // ---- Gathering (webrtc-pc section 5.6)

  /**
   * Whether a description still represents the generation that a candidate, or the end of all,
   * belongs to: what was gathered for one that was rolled back meanwhile is not told.
   * @param {{transportId: number, usernameFragment?: string}} event
   */
  #isDescribed({ transportId, usernameFragment }) {
    if (!this.#described.has(transportId)) return false;
    const { localParameters } = this.#obtain(transportId).ice;
    return localParameters?.usernameFragment === usernameFragment;
  }

  /** @param {any} event an empty candidate ends those of one generation */
  #surfaceCandidate(event) {
    if (!this.#isDescribed(event)) return;
    const candidate = iceCandidate(event);
    if (event.candidate !== '') {
      this.#obtain(event.transportId).ice.localCandidates.push(candidate);
    }
    this.#context.localCandidateSurfaced();
    this.#fireCandidate(candidate, event.url);
  }

  /**
   * Its interface or allocation is gone: descriptions have it no more. No event of the
   * specification's says so.
   * @param {any} event
   */
  #candidateRemoved(event) {
    this.#context.localCandidateSurfaced();
    if (!this.#isDescribed(event)) return;
    const { ice } = this.#obtain(event.transportId);
    ice.localCandidates = ice.localCandidates.filter(
      (/** @type {any} */ { candidate }) => candidate !== event.candidate,
    );
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

  /** @param {{transportId: number, state: RTCIceGathererState}} event */
  #gatheringStateChanged({ transportId, state }) {
    const { ice } = this.#obtain(transportId);
    if (ice.gatheringState === state) return;
    if (state === 'gathering') ice.localCandidates = [];
    ice.gatheringState = state;
    this.#update(() => fire(ice, 'gatheringstatechange'));
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

  /** @param {{transportId: number, local?: string, remote?: string, state?: RTCIceTransportState}} change */
  #queueIceChange(change) {
    this.#connection.task(() => {
      if (this.#selection === change) this.#selection = null;
      const { ice } = this.#obtain(change.transportId);
      const { local, remote, state } = change;
      const pairChanged = local !== undefined && remote !== undefined;
      const stateChanged = state !== undefined && state !== ice.state;
      if (stateChanged) ice.state = state;
      if (pairChanged) ice.select(local, remote);
      this.#update(() => {
        if (pairChanged) fire(ice, 'selectedcandidatepairchange');
        if (stateChanged) fire(ice, 'statechange');
      });
    });
  }

  /** @param {{transportId: number, state: RTCDtlsTransportState, remoteCertificates?: Uint8Array[], error?: any}} event */
  #dtlsStateChanged({ transportId, state, remoteCertificates, error }) {
    const dtls = this.#obtain(transportId);
    if (dtls.state === state) return;
    if (remoteCertificates) dtls.remoteCertificates = remoteCertificates;
    dtls.state = state;
    this.#update(() => {
      if (state === 'failed') dtls.fireError(error ?? {});
      fire(dtls, 'statechange');
    });
  }

  /** @param {number} id */
  #transportClosed(id) {
    const dtls = this.#byId.get(id);
    if (!dtls) return;
    this.#byId.delete(id);
    const open = [dtls, dtls.ice].filter(({ state }) => state !== 'closed');
    for (const transport of open) transport.state = 'closed';
    this.#update(() => {
      for (const transport of open) fire(transport, 'statechange');
    });
  }

  /** The states that the transports in use make. */
  #derived() {
    const used = new Set(this.#context.ofTransceivers());
    if (this.sctp) used.add(this.sctp.dtls);
    const transports = [...used];
    const ice = deriveIceConnectionState(transports);
    return {
      gathering: deriveGatheringState(transports),
      ice,
      connection: deriveConnectionState(ice, transports),
    };
  }

  /**
   * Takes over the connection's states from its transports.
   * @returns {(() => void) | null} fires what changed, null when nothing did
   */
  #rederive() {
    const { gathering, ice, connection } = this.#derived();
    const gatheringChanged = gathering !== this.iceGatheringState;
    const iceChanged = ice !== this.iceConnectionState;
    const connectionChanged = connection !== this.connectionState;
    this.iceGatheringState = gathering;
    this.iceConnectionState = ice;
    this.connectionState = connection;
    // Whoever waits for the peer's description has something else that keeps the process alive.
    this.#connection.keepProcess(gathering !== 'complete' || ice !== 'new');
    if (!gatheringChanged && !iceChanged && !connectionChanged) return null;
    const fireIfOpen = (/** @type {string} */ type) => {
      if (!this.#connection.isClosed) fire(this.#connection, type);
    };
    return () => {
      if (iceChanged) fireIfOpen('iceconnectionstatechange');
      if (connectionChanged) fireIfOpen('connectionstatechange');
      if (!gatheringChanged) return;
      fireIfOpen('icegatheringstatechange');
      // For applications that know no states: all candidates of all transports have come.
      if (gathering === 'complete' && !this.#connection.isClosed) this.#fireCandidate(null);
    };
  }

  /**
   * After a transport's state has changed: the transport's events come first.
   * @param {() => void} fireTransportEvents
   */
  #update(fireTransportEvents) {
    const tell = this.#rederive();
    fireTransportEvents();
    tell?.();
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
 * @param {any} event RTCLocalIceCandidateInit, as the engine gives it
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
