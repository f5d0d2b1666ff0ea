// RTCRtpSender (webrtc-pc section 5.2).

import { RTCDTMFSenderImpl } from './dtmf-sender.js';
import { SenderEnd } from './encoded-ends.js';
import { EncodedFlow } from './encoded-flow.js';
import { exception } from './errors.js';
import { rtpCapabilities } from './rtp-capabilities.js';
import { SendParameters } from './send-parameters.js';
import { SenderMedia } from './sender-media.js';
import { queueTask } from './tasks.js';
import { wrapperOf } from './webidl/interface.js';

/** @typedef {import('./transports.js').RTCDtlsTransportImpl} RTCDtlsTransportImpl */
/** @typedef {import('./send-encodings.js').Encoding} Encoding */

/**
 * The ids of streams, each once: [[AssociatedMediaStreamIds]].
 * @param {MediaStream[]} streams
 */
export const idsOf = (streams) => [...new Set(streams.map(({ id }) => id))];

/** Behaviour of RTCRtpSender. */
export class RTCRtpSenderImpl {
  /** [[SenderTrack]]. @type {MediaStreamTrack | null} */
  track;
  /** @type {any} */
  wrapper;
  /** [[SenderTransport]]. @type {RTCDtlsTransportImpl | null} */
  dtls = null;
  /** [[LastStableRidlessSendEncodings]]. @type {Encoding[] | null} */
  lastStableRidless = null;
  parameters;
  transceiver;
  /** Of its streams in statistics. */
  streamType = 'outbound-rtp';
  media = new SenderMedia(this);
  /** The way of its frames through script. */
  flow;
  /** @type {RTCDTMFSenderImpl | null} */
  #dtmf;

  /**
   * @param {import('./rtp-transceiver.js').RTCRtpTransceiverImpl} transceiver
   * @param {MediaStreamTrack | null} track
   * @param {Encoding[]} encodings
   */
  constructor(transceiver, track, encodings) {
    this.transceiver = transceiver;
    this.track = track;
    this.parameters = new SendParameters(
      transceiver.kind,
      encodings,
      transceiver.connection.surroundings.uuid,
    );
    this.flow = new EncodedFlow(new SenderEnd(this), transceiver.connection.framesWaitForStreams);
    this.#dtmf = transceiver.kind === 'audio' ? new RTCDTMFSenderImpl(transceiver) : null;
  }

  get transport() {
    return this.dtls && wrapperOf('RTCDtlsTransport', this.dtls);
  }

  get dtmf() {
    return this.#dtmf && wrapperOf('RTCDTMFSender', this.#dtmf);
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
    return this.parameters.get(() => this.transceiver.engineParameters('send'));
  }

  /**
   * @param {any} parameters RTCRtpSendParameters
   * @param {{encodingOptions: object[]}} options RTCSetParameterOptions
   * @returns {Promise<void>}
   */
  setParameters(parameters, options) {
    const { connection, isStopping } = this.transceiver;
    if (isStopping) throw exception('InvalidStateError', 'the transceiver is stopping');
    this.parameters.validate(parameters, options);
    const settled = connection.holdDescriptions();
    return new Promise((resolve) => {
      queueTask(() => {
        this.parameters.commit(parameters);
        this.media.update();
        settled();
        resolve();
      });
    });
  }

  /**
   * @param {MediaStreamTrack | null} withTrack
   * @returns {Promise<void>}
   */
  replaceTrack(withTrack) {
    const transceiver = this.transceiver;
    const { connection, kind } = transceiver;
    if (withTrack && withTrack.kind !== kind) {
      throw new TypeError(`a track of ${withTrack.kind} cannot be sent as ${kind}`);
    }
    return connection.chain(async () => {
      if (transceiver.isStopping) {
        throw exception('InvalidStateError', 'the transceiver is stopping');
      }
      return new Promise((resolve) => {
        connection.task(() => {
          transceiver.tell((engine, handle) => engine.setSenderTrack(handle, withTrack !== null));
          this.track = withTrack;
          this.media.update();
          queueTask(() => resolve());
        });
      });
    });
  }

  /** @param {MediaStream[]} streams */
  setStreams(...streams) {
    const { connection } = this.transceiver;
    connection.requireOpen();
    this.transceiver.tell((engine, handle, now) =>
      engine.setSenderStreams(handle, idsOf(streams), now),
    );
    connection.updateNegotiationNeeded();
  }

  getStats() {
    return this.transceiver.connection.statsOf(this);
  }
}
