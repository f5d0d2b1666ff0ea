// RTCPeerConnection (webrtc-pc section 4.4): the W3C semantics over the engine's connection. All
// that script can observe changes in queued tasks; the engine is ahead of it by those tasks.

import { generateCertificate } from './certificate.js';
import {
  changedConfiguration,
  copyConfiguration,
  engineConfiguration,
  initialConfiguration,
} from './configuration.js';
import { ConnectionChannels } from './connection-channels.js';
import { ConnectionDriver } from './connection-driver.js';
import { ConnectionTransports } from './connection-transports.js';
import { exception, exceptionFrom, reportException } from './errors.js';
import { fire } from './events.js';
import { OperationsChain } from './operations-chain.js';
import { currentNetwork, engine } from './runtime.js';
import { connectionStats } from './stats.js';
import { RTCStatsReportImpl } from './stats-report.js';
import { queueTask } from './tasks.js';
import { createWrapper, interfaceNamed } from './webidl/interface.js';

/**
 * @typedef {{type: RTCSdpType, sdp: string}} Description
 * @typedef {object} Snapshot  what the engine knows about the negotiation
 * @property {RTCSignalingState} signalingState
 * @property {Description | null} currentLocalDescription
 * @property {Description | null} pendingLocalDescription
 * @property {Description | null} currentRemoteDescription
 * @property {Description | null} pendingRemoteDescription
 * @property {boolean | null} canTrickleIceCandidates
 * @property {boolean} negotiationNeeded
 * @property {string} [iceRole]
 * @property {{negotiated: boolean, maxMessageSize: number} | null} sctp
 */

/** Releases the engine's side of connections that script lost without closing them. */
const abandoned = new FinalizationRegistry(
  (/** @type {import('./connection-driver.js').Resources} */ resources) =>
    resources.connection.delete(),
);

/** Behaviour of RTCPeerConnection. */
export class RTCPeerConnectionImpl {
  // ---- Attributes, by their names in the IDL

  /** @type {RTCSignalingState} */
  signalingState = 'stable';
  /** @type {boolean | null} */
  canTrickleIceCandidates = null;
  /** @type {RTCSessionDescription | null} */
  currentLocalDescription = null;
  /** @type {RTCSessionDescription | null} */
  pendingLocalDescription = null;
  /** @type {RTCSessionDescription | null} */
  currentRemoteDescription = null;
  /** @type {RTCSessionDescription | null} */
  pendingRemoteDescription = null;

  get localDescription() {
    return this.pendingLocalDescription ?? this.currentLocalDescription;
  }

  get remoteDescription() {
    return this.pendingRemoteDescription ?? this.currentRemoteDescription;
  }

  get iceGatheringState() {
    return this.#transports.iceGatheringState;
  }

  get iceConnectionState() {
    return this.#transports.iceConnectionState;
  }

  get connectionState() {
    return this.#transports.connectionState;
  }

  get sctp() {
    return this.#transports.sctp?.wrapper ?? null;
  }

  // ---- Internal slots

  isClosed = false;
  /** @type {any} */
  wrapper;
  #configuration;
  #driver;
  #operations = new OperationsChain(
    () => this.isClosed,
    () => this.#chainBecameEmpty(),
  );
  #negotiationNeeded = false;
  #updateNegotiationNeededOnEmptyChain = false;
  #hasLocalDescription = false;
  #channels = new ConnectionChannels(this);
  #transports = new ConnectionTransports(this, (snapshot) => this.#adoptDescriptions(snapshot));

  /** @param {any} dictionary RTCConfiguration */
  constructor(dictionary) {
    this.#configuration = initialConfiguration(dictionary);
    const { PeerConnection } = engine();
    const network = currentNetwork();
    const open = (/** @type {number} */ now) => {
      try {
        return new PeerConnection(engineConfiguration(this.#configuration, []), now);
      } catch (error) {
        throw exceptionFrom(error);
      }
    };
    this.#driver = new ConnectionDriver({
      open,
      network,
      onEvent: (event) => this.#handleEvent(event),
    });
  }

  attached() {
    abandoned.register(this.wrapper, this.#driver.resources, this);
  }

  // ---- Offer and answer

  /**
   * @param {any[]} args RTCOfferOptions, or callbacks and RTCOfferOptions
   * @returns {Promise<any>}
   */
  createOffer(...args) {
    if (typeof args[0] === 'function') {
      const [success, failure, options] = args;
      return legacy(this.createOffer(options), success, failure);
    }
    const { iceRestart } = args[0];
    return this.#operations.chain(async () => {
      this.#requireState('stable', 'have-local-offer');
      return this.#create((connection, now) => connection.createOffer({ iceRestart }, now));
    });
  }

  /**
   * @param {any[]} args RTCAnswerOptions, or callbacks
   * @returns {Promise<any>}
   */
  createAnswer(...args) {
    if (typeof args[0] === 'function') {
      return legacy(this.createAnswer({}), args[0], args[1]);
    }
    return this.#operations.chain(async () => {
      this.#requireState('have-remote-offer', 'have-local-pranswer');
      return this.#create((connection, now) => connection.createAnswer({}, now));
    });
  }

  /** @param {(connection: any, now: number) => Promise<Description>} action */
  #create(action) {
    return this.#inEngine(action, ({ type, sdp }) => ({ type, sdp }));
  }

  /**
   * @param {{type?: RTCSdpType, sdp: string}} description
   * @param {() => void} [success]
   * @param {(error: any) => void} [failure]
   * @returns {Promise<void>}
   */
  setLocalDescription(description, success, failure) {
    if (success && failure) return legacy(this.setLocalDescription(description), success, failure);
    return this.#operations.chain(async () => {
      if (description.type === 'rollback') this.#requireRollback();
      const apply = () =>
        this.#setDescription((connection, now) => connection.setLocalDescription(description, now));
      return this.#adoptNetworkServers()?.then(apply) ?? apply();
    });
  }

  /**
   * @param {Description} description
   * @param {() => void} [success]
   * @param {(error: any) => void} [failure]
   * @returns {Promise<void>}
   */
  setRemoteDescription(description, success, failure) {
    if (success && failure) return legacy(this.setRemoteDescription(description), success, failure);
    return this.#operations.chain(async () => {
      if (description.type === 'rollback') this.#requireRollback();
      const collides =
        description.type === 'offer' &&
        this.signalingState !== 'stable' &&
        this.signalingState !== 'have-remote-offer';
      if (collides) {
        await this.#setDescription((connection, now) =>
          connection.setLocalDescription({ type: 'rollback', sdp: '' }, now),
        );
      }
      return this.#setDescription((connection, now) =>
        connection.setRemoteDescription(description, now),
      );
    });
  }

  /**
   * Calls the engine and settles in the task that the specification queues once the work in
   * parallel is done; never, when the connection is closed by then.
   * @template T, U
   * @param {(connection: any, now: number) => Promise<T>} action
   * @param {(result: T, assignedIds: Map<number, number>) => U} finish runs in that task
   * @returns {Promise<U>}
   */
  #inEngine(action, finish) {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return;
      const assignedIds = this.#channels.collectIds(() =>
        this.callEngine((connection, now) => {
          const outcome = action(connection, now).then(
            (result) => () => resolve(finish(result, assignedIds)),
            (error) => () => reject(exceptionFrom(error)),
          );
          // Queued before the engine is drained: its events come in later tasks.
          this.task(() => {
            outcome.then((settle) => {
              if (!this.isClosed) settle();
            });
          });
        }),
      );
    });
  }

  /**
   * "Set the RTCSessionDescription" (section 4.4.1.5).
   * @param {(connection: any, now: number) => Promise<void>} action
   * @returns {Promise<void>}
   */
  #setDescription(action) {
    /** @type {Snapshot} */
    let snapshot;
    return this.#inEngine(
      (connection, now) => {
        const outcome = action(connection, now);
        snapshot = connection.snapshot();
        return outcome;
      },
      (_, assignedIds) => this.#descriptionApplied(snapshot, assignedIds),
    );
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Map<number, number>} assignedIds
   */
  #descriptionApplied(snapshot, assignedIds) {
    const before = this.signalingState;
    this.signalingState = snapshot.signalingState;
    this.#adoptDescriptions(snapshot);
    this.canTrickleIceCandidates = snapshot.canTrickleIceCandidates;
    if (this.localDescription) this.#hasLocalDescription = true;
    this.#transports.adoptRole(snapshot.iceRole);
    this.#transports.adoptSctp(snapshot.sctp);
    this.#channels.assignIds(assignedIds);
    if (this.signalingState === 'stable') {
      this.#negotiationNeeded = false;
      this.#updateNegotiationNeeded();
    }
    if (this.signalingState !== before) fire(this, 'signalingstatechange');
  }

  /** @param {Snapshot} snapshot */
  #adoptDescriptions(snapshot) {
    for (const slot of /** @type {const} */ ([
      'currentLocalDescription',
      'pendingLocalDescription',
      'currentRemoteDescription',
      'pendingRemoteDescription',
    ])) {
      this[slot] = descriptionObject(snapshot[slot], this[slot]);
    }
    this.#transports.adoptParameters(this.localDescription?.sdp, this.remoteDescription?.sdp);
  }

  // ---- Candidates

  /**
   * @param {any} candidate RTCIceCandidateInit
   * @param {() => void} [success]
   * @param {(error: any) => void} [failure]
   * @returns {Promise<void>}
   */
  addIceCandidate(candidate, success, failure) {
    if (success && failure) return legacy(this.addIceCandidate(candidate), success, failure);
    const { sdpMid, sdpMLineIndex } = candidate;
    if (candidate.candidate !== '' && sdpMid === null && sdpMLineIndex === null) {
      throw new TypeError('addIceCandidate: sdpMid and sdpMLineIndex are both null');
    }
    return this.#operations.chain(async () => {
      if (!this.remoteDescription) {
        throw exception('InvalidStateError', 'there is no remote description yet');
      }
      /** @type {Snapshot} */
      let snapshot;
      return this.#inEngine(
        (connection, now) => {
          const outcome = connection.addIceCandidate(candidate, now);
          snapshot = connection.snapshot();
          return outcome;
        },
        () => {
          this.#adoptDescriptions(snapshot);
          if (candidate.candidate !== '') this.#transports.addRemoteCandidate(candidate);
        },
      );
    });
  }

  restartIce() {
    if (this.isClosed) return;
    this.callEngine((connection, now) => connection.restartIce(now));
    this.#updateNegotiationNeeded();
  }

  // ---- Negotiation needed (section 4.7.3)

  #updateNegotiationNeeded() {
    if (!this.#operations.isEmpty) {
      this.#updateNegotiationNeededOnEmptyChain = true;
      return;
    }
    queueTask(() => {
      if (this.isClosed) return;
      if (!this.#operations.isEmpty) {
        this.#updateNegotiationNeededOnEmptyChain = true;
        return;
      }
      if (this.signalingState !== 'stable') return;
      const needed = this.callEngine((connection) => connection.snapshot().negotiationNeeded);
      if (!needed) {
        this.#negotiationNeeded = false;
        return;
      }
      if (this.#negotiationNeeded) return;
      this.#negotiationNeeded = true;
      fire(this, 'negotiationneeded');
    });
  }

  #chainBecameEmpty() {
    if (!this.#updateNegotiationNeededOnEmptyChain) return;
    this.#updateNegotiationNeededOnEmptyChain = false;
    this.#updateNegotiationNeeded();
  }

  // ---- Configuration

  getConfiguration() {
    return copyConfiguration(this.#configuration);
  }

  /** @param {any} dictionary RTCConfiguration */
  setConfiguration(dictionary) {
    this.#requireOpen();
    const changed = changedConfiguration(
      this.#configuration,
      dictionary,
      this.#hasLocalDescription,
    );
    this.#configuration = changed;
    this.#configureEngine([]);
  }

  /** @param {import('../net/network.js').EngineIceServer[]} networkServers */
  #configureEngine(networkServers) {
    const configuration = engineConfiguration(this.#configuration, networkServers);
    this.callEngine((connection) => connection.setConfiguration(configuration));
  }

  /**
   * Before ICE gathers: the servers that come with the network.
   * @returns {Promise<void> | undefined} a promise when they have to be fetched
   */
  #adoptNetworkServers() {
    const adopt = (/** @type {import('../net/network.js').EngineIceServer[]} */ servers) => {
      if (servers.length > 0 && !this.isClosed) this.#configureEngine(servers);
    };
    const refuse = (/** @type {any} */ error) =>
      this.#handleEvent({
        type: 'candidate-error',
        url: '',
        errorCode: 701,
        errorText: `no relay: ${error?.message ?? error}`,
      });
    try {
      const servers = this.#driver.networkServers();
      if (servers instanceof Promise) return servers.then(adopt, refuse);
      adopt(servers);
    } catch (error) {
      refuse(error);
    }
    return undefined;
  }

  /** @param {any} algorithm AlgorithmIdentifier */
  static generateCertificate(algorithm) {
    return generateCertificate(algorithm);
  }

  // ---- Data channels

  /**
   * @param {string} label
   * @param {any} init RTCDataChannelInit
   */
  createDataChannel(label, init) {
    this.#requireOpen();
    const isFirst = !this.#channels.hasCreated;
    const channel = this.#channels.create(label, init);
    if (isFirst) this.#updateNegotiationNeeded();
    return channel;
  }

  /**
   * The largest message that the peer takes.
   * @returns {number}
   */
  maxMessageSize() {
    return this.#transports.sctp?.maxMessageSize ?? Infinity;
  }

  // ---- Media: there is none yet

  getSenders() {
    return [];
  }

  getReceivers() {
    return [];
  }

  getTransceivers() {
    return [];
  }

  // ---- Statistics

  /** @param {object | null} selector MediaStreamTrack */
  async getStats(selector) {
    if (selector) {
      throw exception('InvalidAccessError', 'the track is of no sender or receiver');
    }
    const timestamp = performance.timeOrigin + performance.now();
    const entries = connectionStats({
      engineStats: this.#driver.stats(timestamp),
      timestamp,
      channels: this.#channels,
      counts: this.#channels.counts,
    });
    await new Promise((resolve) => queueTask(() => resolve(undefined)));
    return createWrapper('RTCStatsReport', new RTCStatsReportImpl(entries));
  }

  // ---- The end

  /** "Close the connection" (section 4.4.1.4): no event tells script what it asked for. */
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    this.signalingState = 'closed';
    this.#channels.abandon();
    this.#transports.close();
    abandoned.unregister(this);
    this.#driver.close();
  }

  // ---- What the engine reports

  /**
   * @template T
   * @param {(connection: any, now: number) => T} action
   * @returns {T}
   */
  callEngine(action) {
    return this.#driver.call(action);
  }

  #requireOpen() {
    if (this.isClosed) throw exception('InvalidStateError', 'the connection is closed');
  }

  // What the specification checks before it goes on in parallel rejects in the task of the call;
  // scripts find out by that whether the operations chain is empty.

  /** @param {RTCSignalingState[]} states */
  #requireState(...states) {
    if (states.includes(this.signalingState)) return;
    throw exception('InvalidStateError', `the signaling state is ${this.signalingState}`);
  }

  #requireRollback() {
    this.#requireState('have-local-offer', 'have-remote-offer');
  }

  /** @param {() => void} task skipped when the connection is closed by then */
  task = (task) => {
    queueTask(() => {
      if (!this.isClosed) task();
    });
  };

  /**
   * Runs while the engine is being drained: tasks are queued, script never runs.
   * @param {any} event
   */
  #handleEvent(event) {
    if (event.type === 'negotiation-needed') this.task(() => this.#updateNegotiationNeeded());
    else if (!this.#channels.handleEvent(event)) this.#transports.handleEvent(event);
  }
}

/**
 * The object that script sees for a description, the same one while nothing changed.
 * @param {Description | null} description
 * @param {any} known RTCSessionDescription
 * @returns {any} RTCSessionDescription
 */
function descriptionObject(description, known) {
  if (!description) return null;
  if (known && known.type === description.type && known.sdp === description.sdp) return known;
  return new (interfaceNamed('RTCSessionDescription'))(description);
}

/**
 * The legacy forms (section 4.4.3): the promise says nothing, exactly one callback is called.
 * @param {Promise<any>} promise
 * @param {(value: any) => void} success
 * @param {(error: any) => void} failure
 */
function legacy(promise, success, failure) {
  const invoke = (/** @type {Function} */ callback, /** @type {any[]} */ args) => {
    try {
      Reflect.apply(callback, undefined, args);
    } catch (error) {
      reportException(error);
    }
  };
  promise.then(
    (value) => invoke(success, value === undefined ? [] : [value]),
    (error) => invoke(failure, [error]),
  );
  return Promise.resolve(undefined);
}
