// What the flow of encoded frames needs to know of senders and receivers.

import { sinceEpoch } from './surroundings.js';
import { linearLevel } from './receiver-media.js';

/** @typedef {import('./rtp-sender.js').RTCRtpSenderImpl} RTCRtpSenderImpl */
/** @typedef {import('./rtp-receiver.js').RTCRtpReceiverImpl} RTCRtpReceiverImpl */
/** @typedef {{ index: number, rid?: string }} Layer */

/**
 * @typedef {object} FlowEnd
 * @property {'audio' | 'video'} kind
 * @property {'sender' | 'receiver'} side
 * @property {(take: ((layer: number, frame: any) => void) | null) => void} intercept
 * @property {(layer: number, frame: any) => void} deliver  lets a frame go on
 * @property {(layer: number, frame: any, counter: number) => Record<string, any>} describe
 *   RTCEncodedFrameMetadata, its times since the Unix epoch
 * @property {(layer: number) => void} requestKeyFrame
 * @property {() => Layer[]} layers  those that are active
 * @property {(layer: number) => string | undefined} ridOf
 */

/**
 * Members that have a value.
 * @param {Record<string, any>} members
 */
const present = (members) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));

/**
 * @param {{ connection: { clock: import('../media/clock.js').Clock } }} transceiver
 * @param {number | undefined} time  of its connection's clock
 */
const unixTimeOf = ({ connection }, time) =>
  time === undefined ? undefined : sinceEpoch(connection.clock, time);

/**
 * @param {'audio' | 'video'} kind
 * @param {any} frame of js/media, or of the engine
 */
function describeContent(kind, frame) {
  const { audioLevel, width, height, spatialLayer, temporalLayer, dependencies } = frame;
  if (kind === 'audio') return { audioLevel: audioLevel == null ? null : linearLevel(audioLevel) };
  return {
    // Of delta frames the engine may not know them.
    width: width || null,
    height: height || null,
    spatialIndex: spatialLayer ?? 0,
    temporalIndex: temporalLayer ?? 0,
    dependencies: dependencies && [...dependencies].map(Number),
  };
}

/** @implements {FlowEnd} */
export class SenderEnd {
  /** @type {'sender'} */
  side = 'sender';
  #sender;
  #sdp = '';
  /** @type {number | undefined} */
  #describedSsrc;

  /** @param {RTCRtpSenderImpl} sender */
  constructor(sender) {
    this.#sender = sender;
  }

  get kind() {
    return this.#sender.transceiver.kind;
  }

  /** @param {((layer: number, frame: any) => void) | null} take */
  intercept(take) {
    this.#sender.media.intercept(take);
  }

  /** @param {number} layer @param {any} frame */
  deliver(layer, frame) {
    this.#sender.media.send(layer, frame);
  }

  /** @param {number} layer @param {any} frame @param {number} counter */
  describe(layer, frame, counter) {
    const { media } = this.#sender;
    const { payloadType, mimeType } = media.codec(layer) ?? {};
    return present({
      synchronizationSource: this.#ssrc(layer),
      payloadType,
      mimeType,
      contributingSources: [],
      rtpTimestamp: media.wireTimestamp(layer, frame.rtpTimestamp),
      captureTime: unixTimeOf(this.#sender.transceiver, frame.captureTime),
      frameId: this.kind === 'video' ? (frame.frameId ?? counter) : null,
      ...describeContent(this.kind, frame),
    });
  }

  /**
   * As the local description has it, which names that of a sender without simulcast.
   * @param {number} layer
   */
  #ssrc(layer) {
    const { mid, connection } = this.#sender.transceiver;
    const sdp = connection.localDescription?.sdp ?? '';
    if (sdp !== this.#sdp) {
      this.#sdp = sdp;
      const section = sdp.split(/^m=/m).find((text) => text.includes(`\na=mid:${mid}\r`));
      const ssrc = section?.match(/^a=ssrc:(\d+) /m)?.[1];
      this.#describedSsrc = ssrc === undefined ? undefined : Number(ssrc);
    }
    return layer === 0 ? this.#describedSsrc : undefined;
  }

  /** @param {number} layer */
  requestKeyFrame(layer) {
    this.#sender.media.requestKeyFrame(layer);
  }

  layers() {
    const { track, parameters } = this.#sender;
    if (track?.readyState !== 'live') return [];
    return parameters.encodings
      .map(({ rid, active }, index) => ({ index, rid, active }))
      .filter(({ active }) => active !== false);
  }

  /** @param {number} layer */
  ridOf(layer) {
    return this.#sender.parameters.encodings[layer]?.rid;
  }
}

/** @implements {FlowEnd} */
export class ReceiverEnd {
  /** @type {'receiver'} */
  side = 'receiver';
  #receiver;

  /** @param {RTCRtpReceiverImpl} receiver */
  constructor(receiver) {
    this.#receiver = receiver;
  }

  get kind() {
    return this.#receiver.transceiver.kind;
  }

  /** @param {((layer: number, frame: any) => void) | null} take */
  intercept(take) {
    this.#receiver.media.intercept(take && ((frame) => take(0, frame)));
  }

  /** @param {number} _layer @param {any} frame */
  deliver(_layer, frame) {
    this.#receiver.media.deliver(frame);
  }

  /** @param {number} _layer @param {any} frame */
  describe(_layer, frame) {
    return present({
      synchronizationSource: frame.ssrc,
      payloadType: frame.payloadType,
      mimeType: frame.mimeType,
      contributingSources: [...(frame.csrcs ?? [])].map(Number),
      rtpTimestamp: frame.rtpTimestamp,
      receiveTime: unixTimeOf(this.#receiver.transceiver, frame.receivedAt),
      frameId: this.kind === 'video' ? frame.frameId : null,
      ...describeContent(this.kind, frame),
    });
  }

  requestKeyFrame() {
    this.#receiver.media.requestKeyFrame();
  }

  layers() {
    return [{ index: 0 }];
  }

  ridOf() {
    return undefined;
  }
}
