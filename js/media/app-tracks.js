// Tracks that the application fills, and what it reads tracks with, in every realm: pictures and sound
// as bytes, in the manner of what wrtc calls nonstandard, and frames that are encoded elsewhere.

import { requireSound } from './audio/sound.js';
import { openCapture } from './capture.js';
import { isI420, requireI420, rotationOf, sizeOf } from './video/i420.js';
import { i420OfFrame } from './video/page-frame.js';
import { Source } from './source.js';

/** @typedef {import('./source.js').EncodedFrame} EncodedFrame */
/** @typedef {import('./video/i420.js').I420Frame} I420Frame */
/** @typedef {(kind: 'audio' | 'video', options: { label?: string }) => MediaStreamTrack} TrackFactory */

/** @type {TrackFactory} */
let makeTrack;

/** @param {TrackFactory} factory */
export function setTrackFactory(factory) {
  makeTrack = factory;
}

/** The sources of the tracks that one of the objects below has made. */
class Outlets {
  /** @type {Set<Source>} */
  #sources = new Set();

  /** @param {'audio' | 'video'} kind @param {string} label */
  createTrack(kind, label) {
    const track = makeTrack(kind, { label });
    const source = /** @type {Source} */ (Source.of(track));
    this.#sources.add(source);
    return { track, source };
  }

  /** Those that still have a track to be shown on. */
  *[Symbol.iterator]() {
    for (const source of this.#sources) {
      if (source.isLive) yield source;
      else this.#sources.delete(source);
    }
  }
}

/** Where the application puts pictures. */
export class RTCVideoSource {
  #outlets = new Outlets();
  #isScreencast;

  /** @param {{ isScreencast?: boolean, label?: string }} [options] a screencast keeps its sharpness */
  constructor({ isScreencast = false, label = '' } = {}) {
    this.#isScreencast = isScreencast;
    this.label = label;
  }

  get isScreencast() {
    return this.#isScreencast;
  }

  /** A new track that shows what comes from now on. */
  createTrack() {
    const { track } = this.#outlets.createTrack('video', this.label);
    if (this.#isScreencast) track.contentHint = 'detail';
    return track;
  }

  /**
   * @param {I420Frame} frame  is copied; without a `timestamp` it is of now
   * @throws {TypeError} for what is no picture
   */
  onFrame(frame) {
    const { width, height, data, rotation = 0, timestamp } = requireI420(frame);
    const time = timestamp ?? performance.now();
    const picture = { width, height, data: data.slice(), rotation, timestamp: time };
    for (const source of this.#outlets) source.showPicture(picture, time);
  }
}

/** Where the application puts sound. */
export class RTCAudioSource {
  #outlets = new Outlets();

  /** @param {{ label?: string }} [options] */
  constructor({ label = '' } = {}) {
    this.label = label;
  }

  /** A new track that plays what comes from now on. */
  createTrack() {
    return this.#outlets.createTrack('audio', this.label).track;
  }

  /**
   * @param {{ samples: Int16Array, sampleRate: number, bitsPerSample?: number, channelCount?: number, numberOfFrames?: number, captureTime?: number }} data
   *   of any length, as it is captured: 10 ms every 10 ms, say
   * @throws {TypeError} for what is no sound
   */
  onData(data) {
    const sound = requireSound(data);
    for (const source of this.#outlets) source.playSound(sound);
  }
}

/** What both kinds of sinks are: events and handlers, until they are stopped. */
class TrackSink extends EventTarget {
  #isStopped = false;
  #capture;
  /** @type {MediaStreamTrack} */
  track;

  /**
   * @param {MediaStreamTrack} track
   * @param {string | null} kind
   * @param {(tell: (type: string, members: object) => void) => import('./source.js').Sink} makeSink
   */
  constructor(track, kind, makeSink) {
    super();
    if (typeof track?.kind !== 'string' || (kind !== null && track.kind !== kind)) {
      throw new TypeError(`the sink takes a track of ${kind ?? 'audio or video'}`);
    }
    this.track = track;
    this.#capture = openCapture(
      track,
      makeSink((type, members) => {
        if (!this.#isStopped) this.#tell(type, members);
      }),
    );
  }

  get stopped() {
    return this.#isStopped;
  }

  /** Nothing is told any more. */
  stop() {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#capture.close();
  }

  /** @param {string} type @param {object} members */
  #tell(type, members) {
    this.dispatchEvent(Object.assign(new Event(type), members));
    const handler = /** @type {any} */ (this)[`on${type}`];
    if (typeof handler === 'function') handler.call(this, { type, ...members });
  }
}

/** Reads pictures off a track: `onframe({ type: 'frame', frame })`, or an event of that name. */
export class RTCVideoSink extends TrackSink {
  /** @type {((event: { type: 'frame', frame: I420Frame }) => void) | null} */
  onframe = null;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    super(track, 'video', (tell) => ({
      onvideo(picture, timestamp) {
        const { width, height } = sizeOf(picture);
        const bytes = isI420(picture) ? picture : i420OfFrame(picture, width, height);
        const rotation = rotationOf(picture);
        tell('frame', { frame: { width, height, data: bytes.data, rotation, timestamp } });
      },
    }));
  }
}

/** Reads sound off a track: `ondata({ type: 'data', samples, sampleRate, … })`, or an event of that name. */
export class RTCAudioSink extends TrackSink {
  /** @type {((event: import('./source.js').Sound & { type: 'data', bitsPerSample: 16 }) => void) | null} */
  ondata = null;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    super(track, 'audio', (tell) => ({
      onaudio: (sound) => tell('data', { ...sound, bitsPerSample: 16 }),
    }));
  }
}

/**
 * Where the application puts frames that are encoded already, by a camera, by another process, or by
 * the peer that they are forwarded from. They are sent as they are.
 */
export class RTCEncodedSource {
  #outlets = new Outlets();
  #kind;
  #mimeType;
  /** Told when a frame to begin with is wanted, and of which encoding. @type {((event: { type: 'keyframerequest', encodingIndex: number }) => void) | null} */
  onkeyframerequest = null;
  /**
   * Told what may be sent, in bits per second for each encoding. While `held`, frames are better left out before
   * they are encoded: more waits to leave than the path takes in a quarter of a second.
   * @type {((event: { type: 'bitrates', bitrates: number[], held: boolean }) => void) | null}
   */
  onbitrates = null;

  /**
   * @param {{ kind: 'audio' | 'video', mimeType: string, label?: string }} options  what the frames are
   * @throws {TypeError} for another kind, or a type that is not of it
   */
  constructor({ kind, mimeType, label = '' }) {
    if (kind !== 'audio' && kind !== 'video') {
      throw new TypeError(`a source is of 'audio' or 'video', not '${kind}'`);
    }
    if (typeof mimeType !== 'string' || !mimeType.toLowerCase().startsWith(`${kind}/`)) {
      throw new TypeError(`mimeType begins with ${kind}/, as in RTCRtpCodec`);
    }
    this.#kind = kind;
    this.#mimeType = mimeType;
    this.label = label;
  }

  get kind() {
    return this.#kind;
  }

  get mimeType() {
    return this.#mimeType;
  }

  /** A new track that carries what comes from now on; only senders and encoded sinks take it. */
  createTrack() {
    const { track, source } = this.#outlets.createTrack(this.#kind, this.label);
    source.mimeType = this.#mimeType;
    source.onkeyframerequest = (encodingIndex) =>
      this.onkeyframerequest?.({ type: 'keyframerequest', encodingIndex });
    source.onbitrates = (bitrates, held) => this.onbitrates?.({ type: 'bitrates', bitrates, held });
    return track;
  }

  /**
   * @param {EncodedFrame} frame  whose bytes stay as they are
   * @throws {TypeError} for what is no frame
   */
  onFrame(frame) {
    if (!(frame?.data instanceof Uint8Array) || frame.data.length === 0) {
      throw new TypeError('a frame has its bytes as Uint8Array in `data`');
    }
    for (const source of this.#outlets) source.passEncoded({ mimeType: this.#mimeType, ...frame });
  }
}

/**
 * Reads encoded frames off a track that a receiver or an encoded source shows, without decoding them:
 * `onframe({ type: 'frame', frame })`, or an event of that name.
 */
export class RTCEncodedSink extends TrackSink {
  /** @type {((event: { type: 'frame', frame: EncodedFrame }) => void) | null} */
  onframe = null;

  /**
   * @param {MediaStreamTrack} track
   * @throws {DOMException} NotSupportedError for a track of the page, which has no encoded frames
   */
  constructor(track) {
    super(track, null, (tell) => ({ onencoded: (frame) => tell('frame', { frame }) }));
    if (!Source.of(track)) {
      throw new DOMException('only tracks of this package carry frames', 'NotSupportedError');
    }
  }

  /** Asks whoever encodes for a frame to begin with. */
  requestKeyFrame() {
    Source.of(this.track)?.onkeyframerequest?.(0);
  }
}
