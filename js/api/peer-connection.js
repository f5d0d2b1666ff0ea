// RTCPeerConnection (webrtc-pc section 4.4): the W3C semantics over the engine's connection. All
// that script can observe changes in queued tasks; the engine is ahead of it by those tasks.

import { generateCertificate } from './certificate.js';
import {
  changedConfiguration,
  copyConfiguration,
  engineConfiguration,
  initialConfiguration,
} from './configuration.js';
import { ConnectionDriver } from './connection-driver.js';
import { RTCDataChannelImpl } from './data-channel.js';
import { candidatesOf, iceParameters } from './description-parameters.js';
import { exception, exceptionFrom, reportException } from './errors.js';
import { fire, fireAs } from './events.js';
import { OperationsChain } from './operations-chain.js';
import { currentNetwork, engine } from './runtime.js';
import { connectionStats } from './stats.js';
import { RTCStatsReportImpl } from './stats-report.js';
import { queueTask } from './tasks.js';
import {
  RTCDtlsTransportImpl,
  RTCIceTransportImpl,
  RTCSctpTransportImpl,
  deriveConnectionState,
  deriveIceConnectionState,
} from './transports.js';
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
 * @property {{maxMessageSize: number, maxChannels?: number, transportMid?: string} | null} sctp
 */

/** 65535 bytes is the most that a DCEP message can say of a label or protocol (RFC 8832). */
const kLongestName = 65535;
/** 65535 is no stream identifier of a data channel (RFC 8832 section 6). */
const kHighestId = 65534;

const encoder = new TextEncoder();

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
  iceGatheringState = 'new';
  /** @type {RTCIceConnectionState} */
  iceConnectionState = 'new';
  /** @type {RTCPeerConnectionState} */
  connectionState = 'new';
  /** @type {boolean | null} */
  canTrickleIceCandidates = null;
  /** @type {object | null} */
  currentLocalDescription = null;
  /** @type {object | null} */
  pendingLocalDescription = null;
  /** @type {object | null} */
  currentRemoteDescription = null;
  /** @type {object | null} */
  pendingRemoteDescription = null;

  get localDescription() {
    return this.pendingLocalDescription ?? this.currentLocalDescription;
  }

  get remoteDescription() {
    return this.pendingRemoteDescription ?? this.currentRemoteDescription;
  }

  get sctp() {
    return this.#sctp?.wrapper ?? null;
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
  #ice = new RTCIceTransportImpl();
  #dtls = new RTCDtlsTransportImpl(this.#ice);
  /** @type {RTCSctpTransportImpl | null} */
  #sctp = null;
  /** @type {Map<number, RTCDataChannelImpl>} */
  #channels = new Map();
  #channelCounts = { opened: 0, closed: 0 };
  /** @type {Map<number, number> | null} ids that the description being applied assigns */
  #assignedIds = null;
  /** @type {any} end-of-candidates that waits for the end of gathering, which shares its task */
  #endOfCandidates = null;

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
    return this.#operations.chain(() =>
      this.#create((connection, now) => connection.createOffer({ iceRestart }, now)),
    );
  }

  /**
   * @param {any[]} args RTCAnswerOptions, or callbacks
   * @returns {Promise<any>}
   */
  createAnswer(...args) {
    if (typeof args[0] === 'function') {
      return legacy(this.createAnswer({}), args[0], args[1]);
    }
    return this.#operations.chain(() =>
      this.#create((connection, now) => connection.createAnswer({}, now)),
    );
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
    return this.#operations.chain(() => {
      const apply = () =>
        this.#setDescription(description.type, (connection, now) =>
          connection.setLocalDescription(description, now),
        );
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
      const collides =
        description.type === 'offer' &&
        this.signalingState !== 'stable' &&
        this.signalingState !== 'have-remote-offer';
      if (collides) {
        await this.#setDescription('rollback', (connection, now) =>
          connection.setLocalDescription({ type: 'rollback', sdp: '' }, now),
        );
      }
      return this.#setDescription(description.type, (connection, now) =>
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
      const assignedIds = this.#collectIds(() =>
        this.callEngine((connection, now) => {
          const outcome = action(connection, now).then(
            (result) => () => resolve(finish(result, assignedIds)),
            (error) => () => reject(exceptionFrom(error)),
          );
          // Queued before the engine is drained: its events come in later tasks.
          this.#task(() => {
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
   * @param {RTCSdpType | undefined} type
   * @param {(connection: any, now: number) => Promise<void>} action
   * @returns {Promise<void>}
   */
  #setDescription(type, action) {
    /** @type {Snapshot} */
    let snapshot;
    return this.#inEngine(
      (connection, now) => {
        const outcome = action(connection, now);
        snapshot = connection.snapshot();
        return outcome;
      },
      (_, assignedIds) => this.#descriptionApplied(type, snapshot, assignedIds),
    );
  }

  /**
   * @param {RTCSdpType | undefined} type
   * @param {Snapshot} snapshot
   * @param {Map<number, number>} assignedIds
   */
  #descriptionApplied(type, snapshot, assignedIds) {
    const before = this.signalingState;
    this.signalingState = snapshot.signalingState;
    this.#adoptDescriptions(snapshot);
    this.canTrickleIceCandidates = snapshot.canTrickleIceCandidates;
    if (this.localDescription) this.#hasLocalDescription = true;
    if (snapshot.iceRole) this.#ice.role = snapshot.iceRole;
    const isAnswer =
      type !== 'rollback' &&
      (this.signalingState === 'stable' || /pranswer/.test(this.signalingState));
    if (isAnswer) this.#adoptSctp(snapshot.sctp);
    for (const [handle, id] of assignedIds) this.#setChannelId(handle, id);
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
    this.#ice.localParameters = iceParameters(/** @type {any} */ (this.localDescription)?.sdp);
    const remote = /** @type {any} */ (this.remoteDescription)?.sdp;
    const parameters = iceParameters(remote);
    if (parameters?.usernameFragment !== this.#ice.remoteParameters?.usernameFragment) {
      this.#ice.remoteParameters = parameters;
      this.#ice.remoteCandidates = candidatesOf(remote ?? '').map(iceCandidate);
    }
  }

  /** @param {Snapshot['sctp']} sctp */
  #adoptSctp(sctp) {
    if (!sctp) {
      this.#sctp = null;
      return;
    }
    if (!this.#sctp) {
      this.#sctp = new RTCSctpTransportImpl(this.#dtls);
      createWrapper('RTCSctpTransport', this.#sctp);
    }
    this.#sctp.maxMessageSize = sctp.maxMessageSize || Infinity;
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
    return this.#operations.chain(() => {
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
          if (candidate.candidate !== '') {
            this.#ice.remoteCandidates.push(iceCandidate(candidate));
          }
        },
      );
    });
  }

  restartIce() {
    if (this.isClosed) return;
    this.#driver.call((connection) => connection.restartIce());
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
    this.callEngine((connection, now) => connection.setConfiguration(configuration, now));
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
    const { protocol, ordered, negotiated, priority } = init;
    if (encoder.encode(label).length > kLongestName) throw new TypeError('the label is too long');
    if (encoder.encode(protocol).length > kLongestName) {
      throw new TypeError('the protocol is too long');
    }
    const id = negotiated ? (init.id ?? null) : null;
    if (negotiated && id === null) throw new TypeError('a negotiated channel needs an id');
    const { maxPacketLifeTime = null, maxRetransmits = null } = init;
    if (maxPacketLifeTime !== null && maxRetransmits !== null) {
      throw new TypeError('maxPacketLifeTime and maxRetransmits exclude each other');
    }
    if (id !== null && id > kHighestId) throw new TypeError(`${id} is above the highest id`);
    const parameters = {
      label,
      protocol,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      negotiated,
      id,
      priority,
    };
    const channel = new RTCDataChannelImpl(this, parameters);
    const isFirst = this.#channels.size === 0 && this.#channelCounts.opened === 0;
    // An id that is assigned at once is visible when this returns; every other comes in a task.
    const assignedIds = this.#collectIds(() =>
      this.callEngine((connection, now) => {
        const { handle, error } = connection.createDataChannel(
          {
            ...parameters,
            maxPacketLifeTime: maxPacketLifeTime ?? undefined,
            maxRetransmits: maxRetransmits ?? undefined,
            id: id ?? undefined,
          },
          now,
        );
        if (error) throw exceptionFrom(error);
        channel.handle = handle;
        this.#channels.set(handle, channel);
      }),
    );
    for (const [handle, assigned] of assignedIds) this.#setChannelId(handle, assigned);
    const wrapper = createWrapper('RTCDataChannel', channel);
    if (isFirst) this.#updateNegotiationNeeded();
    return wrapper;
  }

  /**
   * Runs a call into the engine and keeps back the ids that it gives to channels: they become
   * visible together with the other effects of the call.
   * @param {() => void} action
   * @returns {Map<number, number>} channel handle to id
   */
  #collectIds(action) {
    const ids = (this.#assignedIds = new Map());
    try {
      action();
    } finally {
      this.#assignedIds = null;
    }
    return ids;
  }

  /**
   * @param {number} handle
   * @param {number} id
   */
  #setChannelId(handle, id) {
    const channel = this.#channels.get(handle);
    if (channel) channel.id = id;
  }

  /** @param {any} event the peer opened a channel */
  #announceChannel(event) {
    const { label, protocol, ordered, id, handle } = event;
    const channel = new RTCDataChannelImpl(this, {
      label,
      protocol,
      ordered,
      maxPacketLifeTime: event.maxPacketLifeTime ?? null,
      maxRetransmits: event.maxRetransmits ?? null,
      negotiated: false,
      id,
      priority: event.priority ?? 'low',
    });
    channel.handle = handle;
    this.#channels.set(handle, channel);
    this.#task(() => {
      const wrapper = createWrapper('RTCDataChannel', channel);
      // Open already, so that the event's listeners can send.
      if (channel.readyState === 'connecting') channel.readyState = 'open';
      fireAs(this, 'RTCDataChannelEvent', 'datachannel', { channel: wrapper });
    });
    this.#task(() => this.#openChannel(channel));
  }

  /** @param {RTCDataChannelImpl} channel */
  #openChannel(channel) {
    this.#channelCounts.opened++;
    channel.setOpen();
  }

  /**
   * The largest message that the peer takes.
   * @returns {number}
   */
  maxMessageSize() {
    return this.#sctp?.maxMessageSize ?? Infinity;
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
    const entries = connectionStats({
      engineStats: this.#driver.stats(),
      toEpoch: (time) => this.#driver.toEpoch(time),
      now: Date.now(),
      channels: this.#channels.values(),
      counts: this.#channelCounts,
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
    for (const channel of this.#channels.values()) channel.abandon();
    if (this.#sctp) this.#sctp.state = 'closed';
    this.#dtls.state = 'closed';
    this.#ice.state = 'closed';
    this.iceConnectionState = 'closed';
    this.connectionState = 'closed';
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

  /** @param {() => void} task skipped when the connection is closed by then */
  #task(task) {
    queueTask(() => {
      if (!this.isClosed) task();
    });
  }

  /**
   * Runs while the engine is being drained: tasks are queued, script never runs.
   * @param {any} event
   */
  #handleEvent(event) {
    if (this.#endOfCandidates && event.type !== 'gathering-state') this.#flushEndOfCandidates();
    const channel = this.#channels.get(event.handle);
    switch (event.type) {
      case 'candidate':
        if (event.candidate === '') this.#holdEndOfCandidates(event);
        else this.#surfaceCandidate(event);
        break;
      case 'candidate-error':
        this.#task(() => this.#fireCandidateError(event));
        break;
      case 'gathering-state':
        this.#gatheringStateChanged(event.state);
        break;
      case 'ice-state':
        this.#task(() => this.#iceStateChanged(event.state));
        break;
      case 'ice-role':
        this.#task(() => {
          this.#ice.role = event.role;
        });
        break;
      case 'selected-pair':
        this.#task(() => this.#ice.select(event.local, event.remote));
        break;
      case 'dtls-certificates':
        this.#task(() => {
          this.#dtls.remoteCertificates = event.der;
        });
        break;
      case 'dtls-state':
        this.#task(() => this.#dtlsStateChanged(event.state, event.error));
        break;
      case 'sctp-state':
        this.#task(() => this.#sctpStateChanged(event));
        break;
      case 'channel':
        this.#announceChannel(event);
        break;
      case 'channel-id':
        if (this.#assignedIds) this.#assignedIds.set(event.handle, event.id);
        else this.#task(() => this.#setChannelId(event.handle, event.id));
        break;
      case 'channel-open':
        if (channel) this.#task(() => this.#openChannel(channel));
        break;
      case 'channel-message':
        if (channel) this.#task(() => channel.receive(event.data));
        break;
      case 'channel-sent':
        channel?.noteSent(event.bytes);
        break;
      case 'channel-closing':
        if (channel) this.#task(() => channel.setClosing());
        break;
      case 'channel-closed':
        if (channel) this.#task(() => this.#channelClosed(channel, event.error));
        break;
      case 'negotiation-needed':
        this.#task(() => this.#updateNegotiationNeeded());
        break;
      default: // an engine that is newer than this file may report more
    }
  }

  /**
   * @param {RTCDataChannelImpl} channel
   * @param {any} error
   */
  #channelClosed(channel, error) {
    this.#channels.delete(channel.handle);
    if (channel.readyState === 'closed') return;
    this.#channelCounts.closed++;
    channel.setClosed(error ?? undefined);
  }

  // ---- Gathering (section 4.4.1.6 and 5.6.4)

  /** @param {any} event */
  #surfaceCandidate(event) {
    const { currentLocalDescription, pendingLocalDescription } = this.callEngine((connection) =>
      connection.snapshot(),
    );
    this.#task(() => {
      const candidate = iceCandidate(event);
      if (event.candidate !== '') this.#ice.localCandidates.push(candidate);
      this.currentLocalDescription = descriptionObject(
        currentLocalDescription,
        this.currentLocalDescription,
      );
      this.pendingLocalDescription = descriptionObject(
        pendingLocalDescription,
        this.pendingLocalDescription,
      );
      this.#fireCandidate(candidate, event.url);
    });
  }

  /**
   * @param {object | null} candidate
   * @param {string} [url]
   */
  #fireCandidate(candidate, url) {
    fireAs(this, 'RTCPeerConnectionIceEvent', 'icecandidate', { candidate, url: url || null });
  }

  /** @param {any} event end-of-candidates of one generation */
  #holdEndOfCandidates(event) {
    this.#endOfCandidates = event;
    queueMicrotask(() => this.#flushEndOfCandidates());
  }

  #flushEndOfCandidates() {
    if (!this.#endOfCandidates || this.isClosed) return;
    const event = this.#endOfCandidates;
    this.#endOfCandidates = null;
    this.#surfaceCandidate(event);
  }

  /** @param {'new' | 'gathering' | 'complete'} state */
  #gatheringStateChanged(state) {
    this.#flushEndOfCandidates();
    this.#task(() => {
      const ice = this.#ice;
      if (ice.gatheringState === state) return;
      if (state === 'gathering') ice.localCandidates = [];
      ice.gatheringState = state;
      fire(ice, 'gatheringstatechange');
      if (this.isClosed || this.iceGatheringState === state) return;
      this.iceGatheringState = state;
      fire(this, 'icegatheringstatechange');
      if (state === 'complete' && !this.isClosed) this.#fireCandidate(null);
    });
  }

  /** @param {any} event */
  #fireCandidateError({ address, port, url, errorCode, errorText }) {
    fireAs(this, 'RTCPeerConnectionIceErrorEvent', 'icecandidateerror', {
      address: address || null,
      port: port || null,
      url: url ?? '',
      errorCode,
      errorText: errorText ?? '',
    });
  }

  // ---- Transports

  /** @param {RTCIceTransportState} state */
  #iceStateChanged(state) {
    if (this.#ice.state === state) return;
    this.#ice.state = state;
    this.#updateStates(() => fire(this.#ice, 'statechange'));
  }

  /**
   * @param {RTCDtlsTransportState} state
   * @param {any} error
   */
  #dtlsStateChanged(state, error) {
    if (this.#dtls.state === state) return;
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
    if (iceChanged && !this.isClosed) fire(this, 'iceconnectionstatechange');
    if (changed && !this.isClosed) fire(this, 'connectionstatechange');
  }

  /** @param {any} event */
  #sctpStateChanged({ state, maxChannels }) {
    const sctp = this.#sctp;
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
