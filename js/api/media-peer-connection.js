// RTCPeerConnection with audio and video: webrtc-pc section 5.1 on top of peer-connection.js.

import { exception } from './errors.js';
import { MediaStats } from './media-stats.js';
import { RTCPeerConnectionImpl } from './peer-connection.js';
import { selectedStats } from './stats.js';
import { negotiateTransceivers } from './transceiver-negotiation.js';
import { TransceiverSet } from './transceiver-set.js';
import { wrapperOf } from './webidl/interface.js';

/** What the engine reports of a transceiver's audio or video. */
const kMediaEvents = new Set([
  'media-frame',
  'media-lost',
  'receiving-changed',
  'send-targets',
  'key-frame-requested',
]);

/** @typedef {import('./no-media.js').ConnectionMedia} ConnectionMedia */

/** @implements {ConnectionMedia} */
class TransceiverMedia {
  transceivers;

  /** @param {import('./rtp-transceiver.js').TransceiverContext} connection */
  constructor(connection) {
    this.transceivers = new TransceiverSet(connection);
  }

  transports() {
    return this.transceivers.transports();
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {boolean} wanted
   */
  offerToReceive(kind, wanted) {
    this.transceivers.offerToReceive(kind, wanted);
  }

  /**
   * @param {import('./engine-snapshot.js').EngineTransceiver[]} states
   * @param {import('./no-media.js').AppliedDescription} description
   * @param {import('./no-media.js').TransportLookup} transportOf
   */
  negotiate(states, description, transportOf) {
    return negotiateTransceivers(this.transceivers, states, description, transportOf);
  }

  update() {
    for (const transceiver of this.transceivers) transceiver.updateMedia();
  }

  /** @param {any} event */
  handleEvent(event) {
    if (!kMediaEvents.has(event.type)) return false;
    this.transceivers.get(event.handle)?.handleMedia(event);
    return true;
  }

  /** @param {number} timestamp */
  stats(timestamp) {
    return new MediaStats(this.transceivers, timestamp);
  }

  stopAll() {
    this.transceivers.stopAll();
  }
}

/** Behaviour of RTCPeerConnection. */
export class MediaPeerConnectionImpl extends RTCPeerConnectionImpl {
  /** @override */
  static absence = '';

  /** @override */
  createMedia() {
    return new TransceiverMedia(this);
  }

  get #transceivers() {
    return /** @type {TransceiverMedia} */ (this.media).transceivers;
  }

  /** @override */
  getSenders() {
    return this.#transceivers.senders();
  }

  /** @override */
  getReceivers() {
    return this.#transceivers.receivers();
  }

  /** @override */
  getTransceivers() {
    return this.#transceivers.transceivers();
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {MediaStream[]} streams
   */
  addTrack(track, ...streams) {
    this.requireOpen();
    const sender = this.#transceivers.addTrack(track, streams);
    this.updateNegotiationNeeded();
    return sender;
  }

  /** @param {object} sender RTCRtpSender */
  removeTrack(sender) {
    this.requireOpen();
    this.#transceivers.removeTrack(sender);
  }

  /**
   * @param {MediaStreamTrack | string} trackOrKind
   * @param {any} init RTCRtpTransceiverInit
   */
  addTransceiver(trackOrKind, init) {
    const transceiver = this.#transceivers.addTransceiver(trackOrKind, init);
    this.updateNegotiationNeeded();
    return wrapperOf('RTCRtpTransceiver', transceiver);
  }

  /**
   * @override
   * @param {MediaStreamTrack | null} track
   */
  async getStats(track) {
    if (!track) return this.report((entries) => entries);
    const selectors = this.#transceivers.selectorsFor(track);
    if (selectors.length !== 1) {
      throw exception('InvalidAccessError', 'the track is not that of one sender or receiver');
    }
    return this.statsOf(selectors[0]);
  }

  /**
   * getStats() of a sender or receiver.
   * @param {import('./rtp-transceiver.js').StatsSelector} selector
   * @returns {Promise<object>}
   */
  statsOf({ streamType, transceiver }) {
    const { mid } = transceiver;
    return this.report((entries) =>
      selectedStats(entries, (entry) => entry.type === streamType && entry.mid === mid),
    );
  }
}
