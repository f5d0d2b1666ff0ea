// RTCPeerConnection (webrtc-pc section 4.4): the W3C semantics over the engine's connection. A
// description is given to the engine in the very task in which script sees what it changes, so that
// both are always in the same signalling state; what the engine reports by itself (candidates, states
// of transports, messages) shows in tasks queued for it.
//
// Audio and video are in media-peer-connection.js, which extends this one: by itself it has data channels
// alone, and is what `webrtc-wasm/data` exports.

import { generateCertificate } from './certificate.js';
import { ConnectionChannels } from './connection-channels.js';
import { ConnectionConfiguration } from './connection-configuration.js';
import { ConnectionDescriptions } from './connection-descriptions.js';
import { ConnectionDriver, release } from './connection-driver.js';
import { ConnectionTransports } from './connection-transports.js';
import { exception, exceptionFrom } from './errors.js';
import { fire } from './events.js';
import { withCallbacks } from './legacy-callbacks.js';
import { logConnection, logEvent, logRelay } from './log-events.js';
import { NegotiationNeeded } from './negotiation-needed.js';
import { NoMedia } from './no-media.js';
import { OperationsChain } from './operations-chain.js';
import { engine, relayListener } from './runtime.js';
import { connectionStats } from './stats.js';
import { RTCStatsReportImpl } from './stats-report.js';
import { sinceEpoch, surroundings } from './surroundings.js';
import { queueTask } from './tasks.js';
import { createWrapper } from './webidl/interface.js';
import { observation } from './webidl/observation.js';

/** @typedef {import('./connection-descriptions.js').Description} Description */
/** @typedef {import('./engine-snapshot.js').Snapshot} Snapshot */

/** Releases the engine's side of connections that script lost without closing them. */
const abandoned = new FinalizationRegistry(
  (/** @type {import('./connection-driver.js').Resources} */ resources) => release(resources),
);

/** Behaviour of RTCPeerConnection, but for audio and video. */
export class RTCPeerConnectionImpl {
  /** Why members are not there, for those who call them. */
  static absence = "there is no audio or video in webrtc-wasm/data; import 'webrtc-wasm' for it";

  // ---- Attributes, by their names in the IDL

  /** @type {RTCSignalingState} */
  signalingState = 'stable';
  /** @type {boolean | null} */
  canTrickleIceCandidates = null;

  get currentLocalDescription() {
    return this.#descriptions.get('currentLocalDescription');
  }

  get pendingLocalDescription() {
    return this.#descriptions.get('pendingLocalDescription');
  }

  get currentRemoteDescription() {
    return this.#descriptions.get('currentRemoteDescription');
  }

  get pendingRemoteDescription() {
    return this.#descriptions.get('pendingRemoteDescription');
  }

  get localDescription() {
    return this.#descriptions.local;
  }

  get remoteDescription() {
    return this.#descriptions.remote;
  }

  /** @returns {RTCIceGatheringState} */
  get iceGatheringState() {
    return this.#transports.iceGatheringState;
  }

  /** @returns {RTCIceConnectionState} */
  get iceConnectionState() {
    return this.#transports.iceConnectionState;
  }

  /** @returns {RTCPeerConnectionState} */
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
  surroundings = surroundings();
  #configuration;
  #driver;
  #operations = new OperationsChain(
    () => this.isClosed,
    () => this.#negotiationNeeded.chainBecameEmpty(),
  );
  #negotiationNeeded = new NegotiationNeeded({
    isClosed: () => this.isClosed,
    isChainEmpty: () => this.#operations.isEmpty,
    isStable: () => this.signalingState === 'stable',
    check: () => this.callEngine((connection) => connection.negotiationNeeded()),
    fire: () => fire(this, 'negotiationneeded'),
  });
  #hasLocalDescription = false;
  /** Calls of setParameters() that have not settled. */
  #unsettledParameters = 0;
  #descriptions = new ConnectionDescriptions(() => this.#snapshot());
  #channels = new ConnectionChannels(this);
  /** @type {import('./no-media.js').ConnectionMedia} */
  media = this.createMedia();
  #transports = new ConnectionTransports(this, {
    ofTransceivers: () => this.media.transports(),
    remoteSdp: () => this.remoteDescription?.sdp ?? '',
    localCandidateSurfaced: () => this.#descriptions.markStale(),
  });

  /** @param {any} dictionary RTCConfiguration */
  constructor(dictionary) {
    this.#configuration = new ConnectionConfiguration(dictionary, this);
    const { PeerConnection } = engine();
    const network = this.surroundings.network();
    const open = (/** @type {number} */ now) => {
      try {
        return new PeerConnection(this.#configuration.forEngine(network), now);
      } catch (error) {
        throw exceptionFrom(error);
      }
    };
    this.#driver = new ConnectionDriver({
      open,
      network,
      onEvent: (event) => this.#handleEvent(event),
      onRelay: this.#relayReporter(relayListener()),
      unixTime: this.surroundings.unixTime,
    });
    this.#configuration.begin();
  }

  /** Of media, and of what script is told about times. */
  get clock() {
    return this.surroundings.clock;
  }

  get framesWaitForStreams() {
    return this.#configuration.framesWaitForStreams;
  }

  /** Part of the construction. @returns {import('./no-media.js').ConnectionMedia} */
  createMedia() {
    return new NoMedia();
  }

  /** @param {boolean} isKept  whether open sockets keep a process of Node.js alive */
  keepProcess(isKept) {
    this.#driver.keepProcess(isKept);
  }

  attached() {
    this.#driver.resources.owner = new WeakRef(this);
    abandoned.register(this.wrapper, this.#driver.resources, this);
    logConnection(this, 'made');
    observation.observer?.connection(this);
  }

  // ---- Offer and answer

  /**
   * @param {any[]} args RTCOfferOptions, or callbacks and RTCOfferOptions
   * @returns {Promise<any>}
   */
  createOffer(...args) {
    if (typeof args[0] === 'function') {
      const [success, failure, options] = args;
      return withCallbacks(this.createOffer(options), success, failure);
    }
    const { offerToReceiveAudio: audio, offerToReceiveVideo: video, ...options } = args[0];
    if (!this.isClosed) {
      if (audio !== undefined) this.media.offerToReceive('audio', audio);
      if (video !== undefined) this.media.offerToReceive('video', video);
    }
    return this.chain(async () => {
      this.#requireState('stable', 'have-local-offer');
      return this.#create((connection, now) => connection.createOffer(options, now));
    });
  }

  /**
   * @param {any[]} args RTCAnswerOptions, or callbacks
   * @returns {Promise<any>}
   */
  createAnswer(...args) {
    if (typeof args[0] === 'function') {
      return withCallbacks(this.createAnswer({ voiceActivityDetection: true }), args[0], args[1]);
    }
    const [options] = args;
    return this.chain(async () => {
      this.#requireState('have-remote-offer', 'have-local-pranswer');
      return this.#create((connection, now) => connection.createAnswer(options, now));
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
    if (success && failure) {
      return withCallbacks(this.setLocalDescription(description), success, failure);
    }
    return this.chain(async () => {
      const answers = ['have-remote-offer', 'have-local-pranswer'].includes(this.signalingState);
      const type = description.type ?? (answers ? 'answer' : 'offer');
      if (type === 'rollback') this.#requireRollback();
      const apply = () =>
        this.#setDescription({ type, isRemote: false }, (connection, now) =>
          connection.setLocalDescription(description, now),
        );
      return this.#configuration.adoptNetworkServers()?.then(apply) ?? apply();
    });
  }

  /**
   * @param {Description} description
   * @param {() => void} [success]
   * @param {(error: any) => void} [failure]
   * @returns {Promise<void>}
   */
  setRemoteDescription(description, success, failure) {
    if (success && failure) {
      return withCallbacks(this.setRemoteDescription(description), success, failure);
    }
    const { type } = description;
    return this.chain(async () => {
      if (type === 'rollback') this.#requireRollback();
      const collides =
        type === 'offer' &&
        this.signalingState !== 'stable' &&
        this.signalingState !== 'have-remote-offer';
      if (collides) {
        await this.#setDescription({ type: 'rollback', isRemote: false }, (connection, now) =>
          connection.setLocalDescription({ type: 'rollback', sdp: '' }, now),
        );
      }
      return this.#setDescription({ type, isRemote: true }, (connection, now) =>
        connection.setRemoteDescription(description, now),
      );
    });
  }

  /**
   * Runs what the specification has in the task that it queues once the work in parallel is done:
   * the engine's part, then ours. Until that task nothing has happened, and nothing does when the
   * connection is closed by then; the promise never settles.
   * @template T, U
   * @param {(connection: any, now: number) => Promise<T>} action
   * @param {(result: T, assignedIds: Map<number, number>) => U} finish
   * @param {() => boolean} [mayRun] asked in the task, which is queued again while it says no
   * @returns {Promise<U>}
   */
  #inEngine(action, finish, mayRun = () => true) {
    return new Promise((resolve, reject) => {
      const run = () => {
        if (!mayRun()) {
          this.task(run);
          return;
        }
        try {
          const assignedIds = this.#channels.collectIds(() =>
            this.callEngine((connection, now) => {
              // The engine's promises are settled already: this is still the same task, and the
              // events that the engine has for us come in later ones.
              action(connection, now)
                .then(
                  (result) => {
                    if (!this.isClosed) resolve(finish(result, assignedIds));
                  },
                  (error) => reject(exceptionFrom(error)),
                )
                .catch(reject);
            }),
          );
        } catch (/** @type {any} */ { message }) {
          // An engine whose memory a description has exhausted, for one, ends in an exception: it is
          // its caller's, not the end of a process.
          reject(exception('OperationError', `the engine failed: ${message}`));
        }
      };
      this.task(run);
    });
  }

  /**
   * "Set a session description" (section 4.4.1.5).
   * @param {{type: RTCSdpType, isRemote: boolean}} description
   * @param {(connection: any, now: number) => Promise<void>} action
   * @returns {Promise<void>}
   */
  #setDescription(description, action) {
    /** @type {Snapshot} */
    let snapshot;
    return this.#inEngine(
      (connection, now) => {
        const outcome = action(connection, now);
        snapshot = connection.snapshot();
        return outcome;
      },
      (_, assignedIds) => this.#descriptionApplied(description, snapshot, assignedIds),
      () => this.#unsettledParameters === 0,
    );
  }

  /**
   * @param {{type: RTCSdpType, isRemote: boolean}} description
   * @param {Snapshot} snapshot
   * @param {Map<number, number>} assignedIds
   */
  #descriptionApplied(description, snapshot, assignedIds) {
    const stateBefore = this.signalingState;
    this.signalingState = snapshot.signalingState;
    this.#descriptions.adopt(snapshot);
    this.canTrickleIceCandidates = snapshot.canTrickleIceCandidates;
    if (this.localDescription) this.#hasLocalDescription = true;
    this.#transports.adopt(snapshot);
    this.#channels.assignIds(assignedIds);
    const changes = this.media.negotiate(
      snapshot.transceivers,
      { ...description, stateBefore },
      this.#transports.withId,
    );
    this.#transports.referencesChanged();
    this.media.update();
    if (this.signalingState === 'stable') {
      this.#negotiationNeeded.clear();
      this.#negotiationNeeded.update();
    }
    if (this.signalingState !== stateBefore) fire(this, 'signalingstatechange');
    changes.fire(this);
  }

  // ---- Candidates

  /**
   * @param {any} candidate RTCIceCandidateInit
   * @param {() => void} [success]
   * @param {(error: any) => void} [failure]
   * @returns {Promise<void>}
   */
  addIceCandidate(candidate, success, failure) {
    if (success && failure) {
      return withCallbacks(this.addIceCandidate(candidate), success, failure);
    }
    const { sdpMid, sdpMLineIndex } = candidate;
    if (candidate.candidate !== '' && sdpMid === null && sdpMLineIndex === null) {
      const error = new TypeError('addIceCandidate: sdpMid and sdpMLineIndex are both null');
      return Promise.reject(error);
    }
    return this.chain(async () => {
      if (!this.remoteDescription) {
        throw exception('InvalidStateError', 'there is no remote description yet');
      }
      return this.#inEngine(
        (connection, now) => connection.addIceCandidate(candidate, now),
        () => this.#descriptions.markStale(),
      );
    });
  }

  restartIce() {
    if (this.isClosed) return;
    this.callEngine((connection, now) => connection.restartIce(now));
    this.updateNegotiationNeeded();
  }

  // ---- Configuration

  getConfiguration() {
    return this.#configuration.get();
  }

  /** @param {any} dictionary RTCConfiguration */
  setConfiguration(dictionary) {
    this.requireOpen();
    this.#configuration.set(dictionary, this.#hasLocalDescription);
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
    this.requireOpen();
    const isFirst = !this.#channels.hasCreated;
    const channel = this.#channels.create(label, init);
    if (isFirst) this.updateNegotiationNeeded();
    return channel;
  }

  /**
   * The largest message that the peer takes.
   * @returns {number}
   */
  maxMessageSize() {
    return this.#transports.sctp?.maxMessageSize ?? Infinity;
  }

  // ---- Media

  /** @returns {object[]} */
  getSenders() {
    return [];
  }

  /** @returns {object[]} */
  getReceivers() {
    return [];
  }

  /** @returns {object[]} */
  getTransceivers() {
    return [];
  }

  // ---- Statistics

  /** @param {MediaStreamTrack | null} track */
  async getStats(track) {
    if (track)
      throw exception('InvalidAccessError', 'the track is not that of one sender or receiver');
    return this.report((entries) => entries);
  }

  /** @param {(entries: any[]) => any[]} select */
  async report(select) {
    const timestamp = sinceEpoch(this.surroundings.clock);
    const entries = connectionStats({
      engineStats: this.#driver.stats(timestamp),
      timestamp,
      channels: this.#channels,
      counts: this.#channels.counts,
      sockets: this.#driver.counters(),
      media: this.media.stats(timestamp),
    });
    await new Promise((resolve) => queueTask(() => resolve(undefined)));
    return createWrapper('RTCStatsReport', new RTCStatsReportImpl(select(entries)));
  }

  // ---- The end

  /** "Close the connection" (section 4.4.1.4): no event tells script what it asked for. */
  close() {
    if (this.isClosed) return;
    // What script may still ask for, as long as there is an engine to say it.
    this.#descriptions.refresh();
    this.media.stopAll();
    this.isClosed = true;
    logConnection(this, 'closed');
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

  /**
   * Messages for the engine: what it does with them is seen after the calling script.
   * @template T
   * @param {(connection: any, now: number) => T} action
   * @returns {T}
   */
  feedEngine(action) {
    return this.#driver.feed(action);
  }

  /** The engine's time, in milliseconds. */
  now() {
    return this.#driver.now();
  }

  /** @returns {Snapshot} */
  #snapshot() {
    return this.callEngine((connection) => connection.snapshot());
  }

  // ---- What the parts of the connection ask of it

  networkServers() {
    return this.#driver.networkServers();
  }

  /** @param {string} reason */
  networkRefused(reason) {
    const errorText = `no relay: ${reason}`;
    this.#handleEvent({ type: 'candidate-error', url: '', errorCode: 701, errorText });
  }

  requireOpen() {
    if (this.isClosed) throw exception('InvalidStateError', 'the connection is closed');
  }

  /**
   * @template T
   * @param {() => Promise<T>} operation
   */
  chain(operation) {
    return this.#operations.chain(operation);
  }

  updateNegotiationNeeded() {
    this.#negotiationNeeded.update();
  }

  /** No description is applied while setParameters() has yet to settle: call the result then. */
  holdDescriptions() {
    this.#unsettledParameters++;
    return () => {
      this.#unsettledParameters--;
    };
  }

  /**
   * @param {number} delayMs
   * @param {() => void} task skipped when the connection is closed by then
   */
  after(delayMs, task) {
    if (delayMs === 0) this.task(task);
    else if (!this.isClosed) this.#driver.after(delayMs, () => this.task(task));
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
    logEvent(this, event);
    observation.observer?.engineEvent(this, event);
    if (event.type === 'ice-restart-needed') this.task(() => this.restartIce());
    else if (!this.media.handleEvent(event) && !this.#channels.handleEvent(event)) {
      this.#transports.handleEvent(event);
    }
  }

  /**
   * Tells the application in tasks of their own.
   * @param {import('./server-streams.js').RelayListener | undefined} listener
   * @returns {import('./server-streams.js').RelayListener}
   */
  #relayReporter(listener) {
    return (report) => {
      logRelay(this, report);
      observation.observer?.relay(this, report);
      if (listener) queueTask(() => listener(report));
    };
  }

  // ---- For js/inspect

  /** @param {import('./connection-driver.js').Tap | undefined} tap told what goes over the sockets */
  setTap(tap) {
    this.#driver.tap = tap;
  }

  /** Milliseconds since 1970, with their fractions, on the connection's own clock. */
  wallTime() {
    return sinceEpoch(this.clock);
  }

  /**
   * What decrypts all that the connection sends and receives. Harmless while the engine is being drained.
   * @returns {import('./connection-driver.js').DtlsSecrets[]}
   */
  dtlsSecrets() {
    return this.#driver.dtlsSecrets();
  }
}
