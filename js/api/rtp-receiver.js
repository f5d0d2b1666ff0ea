// RTCRtpReceiver (webrtc-pc section 5.3).

import { createRemoteTrack, endTrack } from '../media/index.js';
import { ReceiverEnd } from './encoded-ends.js';
import { EncodedFlow } from './encoded-flow.js';
import { ReceiverMedia } from './receiver-media.js';
import { rtpCapabilities } from './rtp-capabilities.js';
import { wrapperOf } from './webidl/interface.js';

/** @typedef {import('./transports.js').RTCDtlsTransportImpl} RTCDtlsTransportImpl */

/** What a receiver's jitter buffer may be asked to hold. */
const kLongestJitterBufferMs = 4000;

/** Behaviour of RTCRtpReceiver. */
export class RTCRtpReceiverImpl {
  /** @type {any} */
  wrapper;
  /** [[ReceiverTransport]]. @type {RTCDtlsTransportImpl | null} */
  dtls = null;
  /** [[AssociatedRemoteMediaStreams]]. @type {MediaStream[]} */
  streams = [];
  /** [[LastStableStateAssociatedRemoteMediaStreams]]. @type {MediaStream[]} */
  lastStableStreams = [];
  transceiver;
  /** Of its streams in statistics. */
  streamType = 'inbound-rtp';
  media = new ReceiverMedia(this);
  /** The way of its frames through script. */
  flow;
  #trackId;
  /** @type {MediaStreamTrack | undefined} */
  #track;
  #hasEnded = false;
  /** @type {number | null} */
  #jitterBufferTarget = null;

  /**
   * @param {import('./rtp-transceiver.js').RTCRtpTransceiverImpl} transceiver
   * @param {string} trackId that the peer gave, empty if it made no such section
   */
  constructor(transceiver, trackId) {
    this.transceiver = transceiver;
    this.#trackId = trackId;
    this.flow = new EncodedFlow(new ReceiverEnd(this), transceiver.connection.framesWaitForStreams);
  }

  /** [[ReceiverTrack]], made when it is first asked for: many connections are never looked at so closely. */
  get track() {
    if (!this.#track) {
      const { kind, connection } = this.transceiver;
      this.#track = createRemoteTrack(kind, this.#trackId || connection.surroundings.uuid());
      if (this.#hasEnded) endTrack(this.#track);
    }
    return this.#track;
  }

  /** Ends the track, and fires `ended` at it. */
  endTrack() {
    this.#hasEnded = true;
    if (this.#track) endTrack(this.#track);
  }

  get transport() {
    return this.dtls && wrapperOf('RTCDtlsTransport', this.dtls);
  }

  get jitterBufferTarget() {
    return this.#jitterBufferTarget;
  }

  set jitterBufferTarget(target) {
    if (target !== null && (target < 0 || target > kLongestJitterBufferMs)) {
      throw new RangeError(`${target} is not within 0 and ${kLongestJitterBufferMs} ms`);
    }
    this.#jitterBufferTarget = target;
    this.transceiver.ask((engine, handle, now) =>
      engine.setJitterBufferTarget(handle, target, now),
    );
  }

  get transform() {
    return this.flow.transform;
  }

  set transform(transform) {
    this.flow.transform = transform;
  }

  createEncodedStreams() {
    return this.flow.createStreams();
  }

  /** @param {string} kind */
  static getCapabilities(kind) {
    return rtpCapabilities(kind);
  }

  getParameters() {
    return this.transceiver.engineParameters('receive');
  }

  getContributingSources() {
    return this.media.sources('contributing');
  }

  getSynchronizationSources() {
    return this.media.sources('synchronization');
  }

  getStats() {
    return this.transceiver.connection.statsOf(this);
  }
}
