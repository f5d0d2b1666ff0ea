// What tracks show. A track and its clones share one source, and with it whether they are muted, when
// they end (mediacapture-streams section 4.3.1), and what comes out of them.

import { blackLike } from './video/i420.js';

const { dispatchEvent } = EventTarget.prototype;

/**
 * A picture: the page's own, or its bytes.
 * @typedef {VideoFrame | import('./video/i420.js').I420Frame} Picture
 */

/**
 * Sound of any length: 16-bit samples, those of all channels at a time side by side.
 * @typedef {object} Sound
 * @property {Int16Array} samples
 * @property {number} sampleRate
 * @property {number} channelCount
 * @property {number} numberOfFrames  samples of each channel
 * @property {number} [captureTime]  of the first sample in ms, on the clock of `performance.now()`
 */

/**
 * What is sent or was received without being looked into.
 * @typedef {object} EncodedFrame
 * @property {Uint8Array} data
 * @property {string} [mimeType]  as in `RTCRtpCodec`
 * @property {number} [rtpTimestamp]  in units of the codec's clock
 * @property {boolean} [key]  whether decoding can begin here; of audio always
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [rotation]  clockwise
 * @property {number} [spatialLayer]
 * @property {number} [temporalLayer]
 * @property {number} [captureTime]  in ms, on the clock of `performance.now()`
 * @property {number} [duration]  in ms
 * @property {number} [audioLevel]  RFC 6464: 0 (loudest) to 127, in -dBov
 * @property {boolean} [voiceActivity]
 * @property {number} [encodingIndex]  which of the sender's encodings it is
 */

/**
 * Who takes what comes out of a track. What it is given is its own for the call alone.
 * @typedef {object} Sink
 * @property {(picture: Picture, captureTime: number) => void} [onvideo]
 * @property {(sound: Sound) => void} [onaudio]
 * @property {(frame: EncodedFrame) => void} [onencoded]
 */

/**
 * Where content goes that the page itself carries on, for tracks of the page.
 * @typedef {object} Outlet
 * @property {(picture: Picture) => void} [video]
 * @property {(sound: Sound) => void} [audio]
 * @property {() => void} close
 */

/** @type {WeakMap<MediaStreamTrack, Source>} */
const sources = new WeakMap();

export class Source {
  #muted;
  #end;
  #outlet;
  /** @type {Set<MediaStreamTrack>} */
  #tracks = new Set();
  /** @type {Map<MediaStreamTrack, Set<Sink>>} */
  #sinks = new Map();
  /** What encoded frames come, for a source that brings only such. @type {string | undefined} */
  mimeType;
  /** Told when whoever sends or shows encoded frames needs one to begin with. @type {((index: number) => void) | undefined} */
  onkeyframerequest;
  /** Told what a sender of encoded frames may use. @type {((bitrates: number[], held: boolean) => void) | undefined} */
  onbitrates;
  /** Told when sinks have come or gone. @type {(() => void) | undefined} */
  onsinks;

  /**
   * @param {boolean} muted
   * @param {(track: MediaStreamTrack) => void} end  makes a track 'ended', without an event
   * @param {Outlet} [outlet]
   */
  constructor(muted, end, outlet) {
    this.#muted = muted;
    this.#end = end;
    this.#outlet = outlet;
  }

  /**
   * The source of a track that this package has made, undefined for every other one.
   * @param {MediaStreamTrack} track
   */
  static of(track) {
    return sources.get(track);
  }

  get muted() {
    return this.#muted;
  }

  /** Whether some track still shows it. */
  get isLive() {
    return this.#live().length > 0;
  }

  /** Whether the page carries on what comes, so that sinks of pictures and sound read the track itself. */
  get hasOutlet() {
    return this.#outlet !== undefined;
  }

  /** @param {MediaStreamTrack} track  made for this source, or cloned from one that was */
  attach(track) {
    sources.set(track, this);
    this.#live();
    this.#tracks.add(track);
  }

  /**
   * Fires `mute` or `unmute` at the tracks that have not ended; nothing when there is no such track
   * or no change.
   * @param {boolean} muted
   */
  setMuted(muted) {
    const tracks = this.#live();
    if (muted === this.#muted || tracks.length === 0) return;
    this.#muted = muted;
    for (const track of tracks) dispatchEvent.call(track, new Event(muted ? 'mute' : 'unmute'));
  }

  /** Ends the tracks that have not ended yet, and fires `ended` at them. */
  end() {
    for (const track of this.#live()) {
      this.#end(track);
      dispatchEvent.call(track, new Event('ended'));
    }
    this.#live();
  }

  /**
   * @param {MediaStreamTrack} track  of this source
   * @param {Sink} sink  that is told of what comes from now on
   */
  addSink(track, sink) {
    const sinks = this.#sinks.get(track) ?? new Set();
    this.#sinks.set(track, sinks.add(sink));
    this.onsinks?.();
  }

  /** @param {MediaStreamTrack} track @param {Sink} sink */
  removeSink(track, sink) {
    const sinks = this.#sinks.get(track);
    if (!sinks?.delete(sink)) return;
    if (sinks.size === 0) this.#sinks.delete(track);
    this.onsinks?.();
  }

  /** Whether somebody takes pictures or sound: they have to be decoded then. */
  get isWatched() {
    return (this.#outlet !== undefined && this.isLive) || this.isRead;
  }

  /** The same, of sinks alone: whatever the page may do with it. */
  get isRead() {
    if (this.#live().length === 0) return false;
    return [...this.#sinks.values()].some((sinks) =>
      [...sinks].some((sink) => sink.onvideo || sink.onaudio),
    );
  }

  /**
   * A picture to show; a track that is disabled shows a black one.
   * @param {Picture} picture  the caller's again when this returns
   * @param {number} captureTime  in ms, on the clock of `performance.now()`
   */
  showPicture(picture, captureTime) {
    const live = this.#live();
    if (live.length > 0) this.#outlet?.video?.(picture);
    this.#tell(live, 'onvideo', (sink, enabled) =>
      sink.onvideo?.(enabled ? picture : blackLike(picture), captureTime),
    );
  }

  /**
   * Sound to play; a track that is disabled is silent.
   * @param {Sound} sound
   */
  playSound(sound) {
    const live = this.#live();
    if (live.length > 0) this.#outlet?.audio?.(sound);
    this.#tell(live, 'onaudio', (sink, enabled) =>
      sink.onaudio?.(enabled ? sound : { ...sound, samples: new Int16Array(sound.samples.length) }),
    );
  }

  /**
   * An encoded frame; nothing comes out of a track that is disabled.
   * @param {EncodedFrame} frame
   */
  passEncoded(frame) {
    this.#tell(this.#live(), 'onencoded', (sink, enabled) => {
      if (enabled) sink.onencoded?.(frame);
    });
  }

  /**
   * @param {MediaStreamTrack[]} live
   * @param {'onvideo' | 'onaudio' | 'onencoded'} what
   * @param {(sink: Sink, enabled: boolean) => void} tell
   */
  #tell(live, what, tell) {
    for (const track of live) {
      for (const sink of this.#sinks.get(track) ?? []) {
        if (sink[what]) tell(sink, track.enabled);
      }
    }
  }

  /** A source holds no track longer than that lives, and a sink no longer than its track. */
  #live() {
    for (const track of this.#tracks) {
      if (track.readyState !== 'ended') continue;
      this.#tracks.delete(track);
      this.#sinks.delete(track);
      if (this.#tracks.size === 0) this.#outlet?.close();
    }
    return [...this.#tracks];
  }
}
