// What an RTCRtpSender sends: its track's content goes through the pipeline of js/media, and what
// that encodes to the engine.

import { createSendPipeline, encodedTypeOf, kColorSpaceExtension } from '../media/index.js';
import { logEncoding } from './log-events.js';
import { copyOf } from './plain-data.js';

/** @typedef {import('./rtp-sender.js').RTCRtpSenderImpl} RTCRtpSenderImpl */
/** @typedef {import('./send-encodings.js').Encoding} Encoding */

/** What is negotiated beside codecs that encode something. */
const kServants = /\/(?:rtx|red|ulpfec|flexfec(?:-03)?|CN|telephone-event)$/i;

/** RTCPriorityType as the engine's weights (RFC 8835 section 4.1). @type {Record<string, number>} */
const kWeights = { 'very-low': 1, low: 2, medium: 4, high: 8 };

/** @param {{mimeType: string}} codec */
export const isMediaCodec = ({ mimeType }) => !kServants.test(mimeType);

export class SenderMedia {
  #sender;
  /** @type {ReturnType<typeof createSendPipeline> | null} */
  #pipeline = null;
  /** What the engine allows each encoding, in bits per second. @type {number[]} */
  #targets = [];
  #isHeld = false;
  /** @type {number[]} */
  #firstTimestamps = [];
  /** Of each encoding, what it is sent as. @type {any[]} */
  #codecs = [];
  /** What a transform puts between the encoder and the engine. @type {((index: number, frame: any) => void) | null} */
  #interceptor = null;
  /** What the engine was told last. */
  #toldWishes = '';
  /** Codecs that this realm turned out not to encode, as the pipeline names them. @type {Set<string>} */
  #unusable = new Set();
  #isClosed = false;

  /** @param {RTCRtpSenderImpl} sender */
  constructor(sender) {
    this.#sender = sender;
  }

  get #transceiver() {
    return this.#sender.transceiver;
  }

  /** What the encoder has counted, null before it has begun. */
  get stats() {
    return this.#pipeline?.stats() ?? null;
  }

  /** The codec of an encoding, as negotiated. @param {number} index */
  codec(index) {
    return this.#codecs[index] ?? null;
  }

  /**
   * The timestamp that packets of a frame have.
   * @param {number} index of the encoding
   * @param {number} timestamp as the encoder counts
   */
  wireTimestamp(index, timestamp) {
    return (timestamp + (this.#firstTimestamps[index] ?? 0)) >>> 0;
  }

  /**
   * The engine can send, or cannot any more, and how much.
   * @param {object} targets
   * @param {number[]} targets.bitrates one for each encoding
   * @param {boolean} [targets.held]  pictures are to be left out: too much waits to leave
   * @param {number[]} [targets.firstTimestamps]  what RTP has for the timestamp 0
   */
  setTargets({ bitrates, held = false, firstTimestamps = [] }) {
    const wasSending = this.#isSending;
    this.#targets = bitrates;
    this.#isHeld = held;
    this.#firstTimestamps = firstTimestamps;
    if (this.#isSending !== wasSending) this.update();
    else this.#pipeline?.setBitrates(bitrates, held);
  }

  get #isSending() {
    return this.#targets.some((bitrate) => bitrate > 0);
  }

  /** Track, parameters or negotiation have changed. */
  update() {
    if (this.#isClosed) return;
    const { track, parameters } = this.#sender;
    this.#tellWishes(parameters.encodings);
    if (!this.#isSending || !track) {
      this.#pipeline?.configure({ codec: null, encodings: [] });
      this.#pipeline?.setTrack(null);
      return;
    }
    const encodedType = encodedTypeOf(track)?.toLowerCase();
    const { codecs, headerExtensions } = this.#transceiver.engineParameters('send');
    const negotiated = codecs.filter((codec) =>
      encodedType
        ? codec.mimeType.toLowerCase() === encodedType
        : isMediaCodec(codec) && !this.#unusable.has(keyOf(codec)),
    );
    if (negotiated.length === 0) {
      this.#pipeline?.configure({ codec: null, encodings: [] });
      return;
    }
    this.#codecs = parameters.encodings.map(({ codec }) => negotiatedCodec(negotiated, codec));
    this.#pipeline ??= createSendPipeline({
      kind: this.#transceiver.kind,
      clock: this.#transceiver.connection.clock,
      onframe: (index, frame) => this.#encoded(index, frame),
      onerror: (error) => this.#encoderFailed(error),
    });
    this.#pipeline.configure({
      codec: this.#codecs[0],
      encodings: parameters.encodings.map((encoding, i) => ({
        ...copyOf(encoding),
        codec: this.#codecs[i],
      })),
      degradationPreference: parameters.degradationPreference,
      namesColors: headerExtensions.some(({ uri }) => uri === kColorSpaceExtension),
    });
    this.#pipeline.setTrack(track);
    this.#pipeline.setBitrates(this.#targets, this.#isHeld);
  }

  /**
   * The next codec that was negotiated takes the place of one that cannot be encoded here.
   * @param {unknown} error
   */
  #encoderFailed(error) {
    logEncoding(this.#transceiver.connection, this.#codecs, error);
    for (const codec of this.#codecs) this.#unusable.add(keyOf(codec));
    this.update();
  }

  /** @param {Encoding[]} encodings */
  #tellWishes(encodings) {
    const wishes = encodings.map(({ active, maxBitrate, scaleResolutionDownBy, ...rest }) => ({
      active,
      maxBitrate,
      scaleDownBy: scaleResolutionDownBy ?? 1,
      weight: kWeights[/** @type {any} */ (rest).priority ?? 'low'],
    }));
    const text = JSON.stringify(wishes);
    if (text === this.#toldWishes) return;
    this.#toldWishes = text;
    this.#transceiver.ask((engine, handle, now) => engine.setEncodings(handle, wishes, now));
  }

  /** @param {number} encoding */
  requestKeyFrame(encoding) {
    this.#pipeline?.requestKeyFrame(encoding);
  }

  /**
   * Puts a transform between encoder and engine; null takes it out.
   * @param {((index: number, frame: any) => void) | null} interceptor
   */
  intercept(interceptor) {
    this.#interceptor = interceptor;
  }

  /**
   * @param {number} index
   * @param {any} frame of js/media/send-pipeline.js
   */
  #encoded(index, frame) {
    if (this.#interceptor) this.#interceptor(index, frame);
    else this.send(index, frame);
  }

  /**
   * Gives a frame to the engine.
   * @param {number} index of the encoding
   * @param {any} frame of js/media/send-pipeline.js
   */
  send(index, frame) {
    const transceiver = this.#transceiver;
    const codec = this.#codecs[index];
    if (this.#isClosed || !codec || transceiver.isForgotten) return;
    const { connection, handle } = transceiver;
    if (connection.isClosed) return;
    const { data, captureTime, ...rest } = frame;
    const age = captureTime === undefined ? undefined : connection.clock.now() - captureTime;
    connection.feedEngine((engine, now) =>
      engine.sendFrame(
        handle,
        index,
        data,
        {
          ...rest,
          payloadType: codec.payloadType,
          captureTime: age === undefined ? undefined : now - age,
        },
        now,
      ),
    );
  }

  close() {
    this.#isClosed = true;
    this.#pipeline?.close();
    this.#pipeline = null;
  }
}

/** @param {any} codec RTCRtpCodec */
const keyOf = ({ mimeType, sdpFmtpLine = '' }) => `${mimeType} ${sdpFmtpLine}`;

/**
 * @param {any[]} negotiated with at least one
 * @param {any} [wanted] of the encoding
 */
function negotiatedCodec(negotiated, wanted) {
  const same = (/** @type {any} */ one) =>
    one.mimeType.toLowerCase() === wanted.mimeType.toLowerCase() &&
    one.clockRate === wanted.clockRate &&
    (wanted.sdpFmtpLine === undefined || one.sdpFmtpLine === wanted.sdpFmtpLine);
  return (wanted && negotiated.find(same)) ?? negotiated[0];
}
