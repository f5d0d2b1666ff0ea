// What an RTCRtpReceiver receives: the engine's frames go through the pipeline of js/media into the
// track.

import { createReceivePipeline, setMuted } from '../media/index.js';
import { sinceEpoch } from './surroundings.js';
import { queueTask, queueWork } from './tasks.js';

/** @typedef {import('./rtp-receiver.js').RTCRtpReceiverImpl} RTCRtpReceiverImpl */

/** How long somebody who was heard is a source (webrtc-pc section 5.3). */
const kSourceMs = 10_000;
/** Frames of a source that wait to be played. */
const kMostToCome = 100;

/** @param {number} now */
const playedBy =
  (now) =>
  (/** @type {{ timestamp: number }} */ { timestamp }) =>
    timestamp <= now;
/** Whom a mixer may name in that time; more are no meeting. */
const kMostSources = 64;

/** RFC 6464's 127 is silence. @param {number} level in -dBov */
export const linearLevel = (level) => (level >= 127 ? 0 : 10 ** (-level / 20));

/** @param {any} event */
const isForScript = ({ type }) => type === 'receiving-changed';

export class ReceiverMedia {
  #receiver;
  /** @type {ReturnType<typeof createReceivePipeline> | null} */
  #pipeline = null;
  /** By payload type, until negotiation changes them. @type {Map<number, any> | null} */
  #codecs = null;
  /** Events of the engine's that wait until it is drained. @type {any[]} */
  #waiting = [];
  /** Handles them. */
  #isScheduled = false;
  /** @type {((frame: any) => void) | null} */
  #interceptor = null;
  /** @type {Map<string, any>} */
  #sources = new Map();
  #isClosed = false;

  /** @param {RTCRtpReceiverImpl} receiver */
  constructor(receiver) {
    this.#receiver = receiver;
  }

  get #clock() {
    return this.#receiver.transceiver.connection.clock;
  }

  get stats() {
    return this.#pipeline?.stats() ?? null;
  }

  /**
   * Milliseconds since 1970, from those of the engine's clock.
   * @param {number} time
   */
  wallClock(time) {
    const { connection } = this.#receiver.transceiver;
    return sinceEpoch(connection.clock) + (time - connection.now());
  }

  /** Negotiation may have changed what payload types mean. */
  update() {
    this.#codecs = null;
  }

  /**
   * Of the engine's, which is being drained: nothing of script's may run now.
   * @param {any} event
   */
  take(event) {
    if (this.#isClosed) return;
    // Ages do not depend on whose clock it is.
    const { connection } = this.#receiver.transceiver;
    const offset = connection.clock.now() - connection.now();
    if (event.playAt !== undefined) event.playAt += offset;
    if (event.receivedAt !== undefined) event.receivedAt += offset;
    this.#waiting.push(event);
    this.#schedule();
  }

  /** What script is told of takes a task; the rest is handled when the calls that brought it are over. */
  #schedule() {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    if (isForScript(this.#waiting[0])) queueTask(() => this.#handleWaiting(true));
    else queueWork(() => this.#handleWaiting(false));
  }

  /** @param {boolean} isTask */
  #handleWaiting(isTask) {
    try {
      while (this.#waiting.length > 0 && !this.#isClosed) {
        if (!isTask && isForScript(this.#waiting[0])) break;
        this.#handle(this.#waiting.shift());
      }
    } finally {
      // A sink of the application's may have thrown.
      this.#isScheduled = false;
      this.#schedule();
    }
  }

  /** @param {any} event */
  #handle(event) {
    if (event.type === 'receiving-changed') setMuted(this.#receiver.track, !event.active);
    else if (event.type === 'media-lost') this.#pipeline?.lost(event);
    else this.#received(event);
  }

  /** @param {number} payloadType */
  #codec(payloadType) {
    this.#codecs ??= new Map(
      this.#receiver.transceiver
        .engineParameters('receive')
        .codecs.map((codec) => [codec.payloadType, codec]),
    );
    return this.#codecs.get(payloadType);
  }

  /** @param {any} frame a media-frame */
  #received(frame) {
    const codec = this.#codec(frame.payloadType);
    if (!codec) return;
    this.#hear(frame);
    const { mimeType, clockRate, channels, sdpFmtpLine } = codec;
    Object.assign(frame, { mimeType, clockRate, channels, sdpFmtpLine });
    if (this.#interceptor) this.#interceptor(frame);
    else this.deliver(frame);
  }

  /**
   * Gives a frame to the decoder.
   * @param {any} frame of js/media/receive-pipeline.js
   */
  deliver(frame) {
    if (this.#isClosed) return;
    this.#pipeline ??= createReceivePipeline({
      kind: this.#receiver.transceiver.kind,
      track: this.#receiver.track,
      clock: this.#clock,
      shows: this.#receiver.transceiver.connection.surroundings.showsMedia,
      requestKeyFrame: () => this.requestKeyFrame(),
    });
    this.#pipeline.push(frame);
  }

  requestKeyFrame() {
    this.#receiver.transceiver.ask((engine, handle, now) => engine.requestKeyFrame(handle, now));
  }

  /** @param {((frame: any) => void) | null} interceptor */
  intercept(interceptor) {
    this.#interceptor = interceptor;
  }

  // ---- getContributingSources(), getSynchronizationSources()

  /** @param {any} frame */
  #hear({ ssrc, csrcs = [], rtpTimestamp, audioLevel, playAt }) {
    const timestamp = sinceEpoch(this.#clock, playAt);
    const level = audioLevel === null ? {} : { audioLevel: linearLevel(audioLevel) };
    this.#note('synchronization', ssrc, { timestamp, rtpTimestamp, ...level });
    for (const csrc of csrcs) this.#note('contributing', csrc, { timestamp, rtpTimestamp });
  }

  /**
   * @param {'contributing' | 'synchronization'} type
   * @param {number} source
   * @param {object} heard
   */
  #note(type, source, heard) {
    const key = `${type} ${source}`;
    const { heard: earlier = [] } = this.#sources.get(key) ?? {};
    const now = sinceEpoch(this.#clock);
    // What is played last, and all that is still to be played.
    const played = earlier.findLastIndex(playedBy(now));
    const kept = earlier.slice(Math.max(played, earlier.length - kMostToCome, 0));
    // The most recent ones stand last.
    this.#sources.delete(key);
    this.#sources.set(key, { type, source, heard: [...kept, heard] });
    if (this.#sources.size <= kMostSources) return;
    const [oldest] = this.#sources.keys();
    this.#sources.delete(oldest);
  }

  /** @param {'contributing' | 'synchronization'} wanted */
  sources(wanted) {
    const now = sinceEpoch(this.#clock);
    return [...this.#sources.values()]
      .reverse()
      .filter(({ type }) => type === wanted)
      .map(({ source, heard }) => ({
        source,
        ...heard.findLast(playedBy(now)),
      }))
      .filter(({ timestamp = -Infinity }) => timestamp >= now - kSourceMs);
  }

  close() {
    this.#isClosed = true;
    this.#waiting = [];
    this.#pipeline?.close();
    this.#pipeline = null;
  }
}
