// The "set of transceivers" of one connection, and the calls of script that change it (webrtc-pc
// section 5.1).

import { exception, exceptionFrom } from './errors.js';
import { RemoteStreams } from './remote-tracks.js';
import { idsOf } from './rtp-sender.js';
import { RTCRtpTransceiverImpl } from './rtp-transceiver.js';
import { defaultEncodings, simulcastRids, validatedEncodings } from './send-encodings.js';
import { implOf } from './webidl/brand.js';
import { wrapperOf } from './webidl/interface.js';

/** @typedef {import('./rtp-transceiver.js').NewTransceiver} NewTransceiver */
/** @typedef {import('./rtp-transceiver.js').TransceiverContext} TransceiverContext */
/** @typedef {import('./rtp-sender.js').RTCRtpSenderImpl} RTCRtpSenderImpl */
/** @typedef {import('./rtp-receiver.js').RTCRtpReceiverImpl} RTCRtpReceiverImpl */
/** @typedef {import('./send-encodings.js').Encoding} Encoding */

/**
 * The engine's transceiver that has just been made: as it was asked for, and not negotiated.
 * @param {number} handle
 * @param {'audio' | 'video'} kind
 * @param {RTCRtpTransceiverDirection} direction
 * @returns {NewTransceiver}
 */
const newState = (handle, kind, direction = 'sendrecv') => ({
  handle,
  kind,
  direction,
  mid: null,
  mLineIndex: null,
  currentDirection: null,
  remoteTrackId: '',
});

export class TransceiverSet {
  /** The streams that the peer named. */
  streams = new RemoteStreams();
  #connection;
  /** By the engine's handle, in the order of insertion. @type {Map<number, RTCRtpTransceiverImpl>} */
  #byHandle = new Map();
  /** Ids under which tracks are signalled. @type {Set<string>} */
  #signalledIds = new Set();

  /** @param {TransceiverContext} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  [Symbol.iterator]() {
    return this.#byHandle.values();
  }

  /** @param {number} handle */
  get(handle) {
    return this.#byHandle.get(handle);
  }

  // ---- CollectTransceivers, CollectSenders, CollectReceivers

  /** @returns {object[]} RTCRtpTransceiver */
  transceivers() {
    return [...this].map((transceiver) => wrapperOf('RTCRtpTransceiver', transceiver));
  }

  #running() {
    return [...this].filter(({ isStopped }) => !isStopped);
  }

  /** @returns {object[]} RTCRtpSender */
  senders() {
    return this.#running().map(({ sender }) => sender);
  }

  /** @returns {object[]} RTCRtpReceiver */
  receivers() {
    return this.#running().map(({ receiver }) => receiver);
  }

  /** The transports that RTP goes over or will, as often as they are used. */
  transports() {
    return [...this].flatMap(({ rtpSender: { dtls } }) => (dtls ? [dtls] : []));
  }

  /**
   * The senders and receivers that have the track.
   * @param {MediaStreamTrack} track
   * @returns {(RTCRtpSenderImpl | RTCRtpReceiverImpl)[]}
   */
  selectorsFor(track) {
    return [...this]
      .flatMap(({ rtpSender, rtpReceiver }) => [rtpSender, rtpReceiver])
      .filter((one) => one.track === track);
  }

  // ---- Calls of script, on a connection that is open

  /**
   * @param {MediaStreamTrack} track
   * @param {MediaStream[]} streams
   * @returns {object} RTCRtpSender
   */
  addTrack(track, streams) {
    if (this.#running().some(({ rtpSender }) => rtpSender.track === track)) {
      throw exception('InvalidAccessError', 'a sender has this track already');
    }
    const kind = /** @type {'audio' | 'video'} */ (track.kind);
    const request = { kind, senderId: this.#signalledId(track), streams: idsOf(streams) };
    const transceiver = this.#connection.callEngine((engine, now) => {
      const { handle, created, error } = engine.addTrack(request, now);
      if (error) throw exceptionFrom(error);
      if (created) return this.add(newState(handle, kind), track, defaultEncodings(kind));
      const reused = /** @type {RTCRtpTransceiverImpl} */ (this.#byHandle.get(handle));
      reused.rtpSender.track = track;
      reused.rtpSender.media.update();
      reused.adopt(engine.transceiver(handle));
      return reused;
    });
    return transceiver.sender;
  }

  /** @param {object} sender RTCRtpSender */
  removeTrack(sender) {
    const { transceiver } = implOf(sender);
    if (transceiver.connection !== this.#connection) {
      throw exception('InvalidAccessError', 'the sender is of another connection');
    }
    const { rtpSender } = transceiver;
    if (transceiver.isStopping || rtpSender.track === null) return;
    transceiver.tell(
      (/** @type {any} */ engine, /** @type {number} */ handle, /** @type {number} */ now) =>
        engine.removeTrack(handle, now),
    );
    rtpSender.track = null;
    rtpSender.media.update();
    this.#connection.updateNegotiationNeeded();
  }

  /**
   * @param {MediaStreamTrack | string} trackOrKind
   * @param {{direction: RTCRtpTransceiverDirection, streams: MediaStream[], sendEncodings: Encoding[]}} init
   * @returns {RTCRtpTransceiverImpl}
   */
  addTransceiver(trackOrKind, { direction, streams, sendEncodings }) {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = /** @type {'audio' | 'video'} */ (track ? track.kind : trackOrKind);
    if (kind !== 'audio' && kind !== 'video') throw new TypeError(`'${kind}' is no kind of media`);
    this.#connection.requireOpen();
    if (direction === 'stopped') throw new TypeError('a transceiver does not begin as stopped');
    const encodings =
      sendEncodings.length > 0 ? validatedEncodings(sendEncodings, kind) : defaultEncodings(kind);
    const request = {
      kind,
      direction,
      hasTrack: track !== null,
      senderId: track ? this.#signalledId(track) : '',
      streams: idsOf(streams),
      rids: simulcastRids(encodings),
    };
    return this.#connection.callEngine((engine, now) => {
      const { handle, error } = engine.addTransceiver(request, now);
      if (error) throw exceptionFrom(error);
      return this.add(newState(handle, kind, direction), track, encodings);
    });
  }

  /**
   * offerToReceiveAudio and offerToReceiveVideo (section 4.4.3.3), which do not ask for negotiation.
   * @param {'audio' | 'video'} kind
   * @param {boolean} wanted
   */
  offerToReceive(kind, wanted) {
    const ofKind = [...this].filter((one) => one.kind === kind && !one.isStopping);
    const receiving = ofKind.filter(
      ({ direction }) => direction === 'sendrecv' || direction === 'recvonly',
    );
    if (!wanted) {
      for (const transceiver of receiving) {
        transceiver.setDirection(transceiver.direction === 'sendrecv' ? 'sendonly' : 'inactive');
      }
    } else if (receiving.length === 0) {
      this.addTransceiver(kind, { direction: 'recvonly', streams: [], sendEncodings: [] });
    }
  }

  /**
   * a=msid names a track by its id, as browsers do; of a track that is sent twice, the engine makes
   * up another one.
   * @param {MediaStreamTrack} track
   */
  #signalledId({ id }) {
    if (this.#signalledIds.has(id)) return '';
    this.#signalledIds.add(id);
    return id;
  }

  // ---- Changes that negotiation makes

  /**
   * @param {NewTransceiver} state
   * @param {MediaStreamTrack | null} track
   * @param {Encoding[]} encodings
   */
  add(state, track, encodings) {
    const transceiver = new RTCRtpTransceiverImpl(this.#connection, state, track, encodings);
    this.#byHandle.set(state.handle, transceiver);
    return transceiver;
  }

  /** @param {(transceiver: RTCRtpTransceiverImpl) => boolean} condition */
  removeIf(condition) {
    for (const [handle, transceiver] of this.#byHandle) {
      if (!condition(transceiver)) continue;
      transceiver.isForgotten = true;
      this.#byHandle.delete(handle);
    }
  }

  /** The connection closes: what can still be asked for is fetched, then all of them stop. */
  stopAll() {
    for (const transceiver of this) {
      if (transceiver.isStopped) continue;
      if (transceiver.mid !== null) {
        transceiver.engineParameters('send');
        transceiver.engineParameters('receive');
      }
      transceiver.setStopped();
    }
  }
}
