// RTCRtpTransceiver (webrtc-pc section 5.4): what script sees of a transceiver of the engine. The
// engine decides about directions and negotiation; the slots here are what it said last.

import { exception, exceptionFrom } from './errors.js';
import { copyOf } from './plain-data.js';
import { RTCRtpReceiverImpl } from './rtp-receiver.js';
import { RTCRtpSenderImpl } from './rtp-sender.js';
import { queueTask } from './tasks.js';
import { wrapperOf } from './webidl/interface.js';

/** @typedef {import('./send-parameters.js').NegotiatedParameters} NegotiatedParameters */

/** @typedef {import('./engine-snapshot.js').EngineTransceiver} EngineTransceiver */

/**
 * What a transceiver is made of.
 * @typedef {Pick<EngineTransceiver, 'handle' | 'kind' | 'remoteTrackId' | 'mid' | 'mLineIndex' | 'direction' | 'currentDirection'>} NewTransceiver
 */

/**
 * The connection, as its transceivers see it.
 * @typedef {object} TransceiverContext
 * @property {boolean} isClosed
 * @property {RTCPeerConnectionState} connectionState
 * @property {boolean} framesWaitForStreams  `encodedInsertableStreams` of its configuration
 * @property {RTCSessionDescription | null} localDescription
 * @property {<T>(action: (engine: any, now: number) => T) => T} callEngine
 * @property {<T>(action: (engine: any, now: number) => T) => T} feedEngine
 * @property {() => number} now on the engine's clock, in milliseconds
 * @property {import('./surroundings.js').Surroundings} surroundings
 * @property {import('./surroundings.js').Clock} clock of media, and of what script is told about times
 * @property {() => void} requireOpen throws InvalidStateError when closed
 * @property {(task: () => void) => void} task queues one that is skipped once the connection closed
 * @property {(delayMs: number, task: () => void) => void} after the same, in so much time
 * @property {<T>(operation: () => Promise<T>) => Promise<T>} chain
 * @property {() => void} updateNegotiationNeeded
 * @property {() => () => void} holdDescriptions no description is applied until the result is called
 * @property {(selector: StatsSelector) => Promise<object>} statsOf
 */

/**
 * A sender or receiver, by whose streams statistics are selected.
 * @typedef {{streamType: string, transceiver: RTCRtpTransceiverImpl}} StatsSelector
 */

/** @type {NegotiatedParameters} */
const nothingNegotiated = { codecs: [], headerExtensions: [], rtcp: { reducedSize: false } };

/** Behaviour of RTCRtpTransceiver. */
export class RTCRtpTransceiverImpl {
  /** @type {any} */
  wrapper;
  /** @type {string | null} */
  mid = null;
  /** Where its section is, or was last. */
  mLineIndex = -1;
  /** [[Stopping]] */
  isStopping = false;
  /** [[Stopped]] */
  isStopped = false;
  /** It has left the set, and the engine knows it no more. */
  isForgotten = false;
  /** [[FiredDirection]]. @type {RTCRtpTransceiverDirection | null} */
  firedDirection = null;
  /** [[Direction]]. @type {RTCRtpTransceiverDirection} */
  #direction = 'inactive';
  /** [[CurrentDirection]]. @type {RTCRtpTransceiverDirection | null} */
  #currentDirection = null;
  /** The engine's name for it, which knows it until it leaves the set. */
  handle;
  /** @type {{send?: NegotiatedParameters, receive?: NegotiatedParameters}} */
  #lastParameters = {};

  /**
   * @param {TransceiverContext} connection
   * @param {NewTransceiver} state
   * @param {MediaStreamTrack | null} track that the sender has
   * @param {import('./send-encodings.js').Encoding[]} encodings
   */
  constructor(connection, state, track, encodings) {
    this.connection = connection;
    this.kind = state.kind;
    this.handle = state.handle;
    this.rtpSender = new RTCRtpSenderImpl(this, track, encodings);
    this.rtpReceiver = new RTCRtpReceiverImpl(this, state.remoteTrackId);
    this.adopt(state);
  }

  // ---- Attributes, by their names in the IDL

  get sender() {
    return wrapperOf('RTCRtpSender', this.rtpSender);
  }

  get receiver() {
    return wrapperOf('RTCRtpReceiver', this.rtpReceiver);
  }

  get direction() {
    return this.isStopping ? 'stopped' : this.#direction;
  }

  set direction(direction) {
    if (this.isStopping) throw exception('InvalidStateError', 'the transceiver is stopping');
    if (direction === this.#direction) return;
    if (direction === 'stopped') throw new TypeError('stop() is what stops a transceiver');
    this.setDirection(direction);
    this.connection.updateNegotiationNeeded();
  }

  get currentDirection() {
    return this.isStopped ? 'stopped' : this.#currentDirection;
  }

  /** What browsers have kept from before `currentDirection` could say it. */
  get stopped() {
    return this.isStopped;
  }

  // ---- Operations

  stop() {
    this.connection.requireOpen();
    if (this.isStopping) return;
    this.tell((engine, handle, now) => engine.stopTransceiver(handle, now));
    this.#stopSendingAndReceiving();
    this.connection.updateNegotiationNeeded();
  }

  /** @param {import('./codec-match.js').Codec[]} codecs */
  setCodecPreferences(codecs) {
    this.#instruct((engine, handle, now) => engine.setCodecPreferences(handle, codecs, now));
  }

  getHeaderExtensionsToNegotiate() {
    return this.ask((engine, handle) => engine.getHeaderExtensionsToNegotiate(handle)) ?? [];
  }

  /** @param {{uri: string, direction: RTCRtpTransceiverDirection}[]} extensions */
  setHeaderExtensionsToNegotiate(extensions) {
    this.#instruct((engine, handle, now) =>
      engine.setHeaderExtensionsToNegotiate(handle, extensions, now),
    );
  }

  getNegotiatedHeaderExtensions() {
    return this.ask((engine, handle) => engine.getNegotiatedHeaderExtensions(handle)) ?? [];
  }

  // ---- The engine's transceiver

  /**
   * Calls the engine about this transceiver.
   * @template T
   * @param {(engine: any, handle: number, now: number) => T} question
   * @returns {T | undefined} undefined without asking when the engine has it no more
   */
  ask(question) {
    if (this.isForgotten || this.connection.isClosed) return undefined;
    return this.connection.callEngine((engine, now) => question(engine, this.handle, now));
  }

  /**
   * Changes the engine's transceiver and takes over what it became.
   * @template T
   * @param {(engine: any, handle: number, now: number) => T} change
   * @returns {T | undefined}
   */
  tell(change) {
    const result = this.ask(change);
    const state = this.ask((engine, handle) => engine.transceiver(handle));
    if (state) this.adopt(state);
    return result;
  }

  /** @param {(engine: any, handle: number, now: number) => any} change that gives its error */
  #instruct(change) {
    const error = this.tell(change);
    if (error) throw exceptionFrom(error);
  }

  /** @param {RTCRtpTransceiverDirection} direction other than "stopped" */
  setDirection(direction) {
    this.tell((engine, handle, now) => engine.setTransceiverDirection(handle, direction, now));
  }

  /** @param {NewTransceiver} state */
  adopt({ mid, mLineIndex, direction, currentDirection }) {
    this.mid = mid;
    if (mLineIndex !== null) this.mLineIndex = mLineIndex;
    this.#direction = direction;
    this.#currentDirection = currentDirection;
  }

  /**
   * The negotiated parameters of one side, the last ones once the engine has forgotten them.
   * @param {'send' | 'receive'} side
   * @returns {NegotiatedParameters}
   */
  engineParameters(side) {
    const parameters = this.ask((engine, handle) =>
      side === 'send' ? engine.getSendParameters(handle) : engine.getReceiveParameters(handle),
    );
    if (parameters) this.#lastParameters[side] = parameters;
    return copyOf(this.#lastParameters[side] ?? nothingNegotiated);
  }

  // ---- Media

  /** Negotiation has changed what may be sent and received. */
  updateMedia() {
    this.rtpSender.media.update();
    this.rtpReceiver.media.update();
  }

  /**
   * What the engine reports of audio and video, while it is being drained.
   * @param {any} event
   */
  handleMedia(event) {
    switch (event.type) {
      case 'send-targets':
        this.connection.task(() => this.rtpSender.media.setTargets(event));
        break;
      case 'key-frame-requested':
        this.connection.task(() => this.rtpSender.flow.keyFrameRequested(event.encoding));
        break;
      default:
        this.rtpReceiver.media.take(event);
    }
  }

  closeMedia() {
    this.rtpSender.flow.close();
    this.rtpReceiver.flow.close();
    this.rtpSender.media.close();
    this.rtpReceiver.media.close();
  }

  // ---- Stopping

  /** "Stop sending and receiving". */
  #stopSendingAndReceiving() {
    queueTask(() => this.rtpReceiver.endTrack());
    this.#direction = 'inactive';
    this.isStopping = true;
  }

  /** "Stop the RTCRtpTransceiver": negotiation, rollback or close() put an end to it. */
  setStopped() {
    if (this.isStopped) return;
    if (!this.isStopping) this.#stopSendingAndReceiving();
    this.isStopped = true;
    this.closeMedia();
    this.#currentDirection = null;
    this.rtpReceiver.streams = [];
    this.rtpReceiver.lastStableStreams = [];
  }
}
