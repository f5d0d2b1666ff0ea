// What fills tracks and reads them where there are no devices and no elements.

import type { HostEventTarget } from './host.js';
import type { MediaStreamTrack } from './webrtc.js';

/** A picture: three planes, of which those of colour have half the width and height. */
export interface I420Frame {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
  /** Clockwise: 0, 90, 180 or 270. */
  rotation?: number;
  /** When it was captured, in ms on the clock of `performance.now()`. */
  timestamp?: number;
}

/** Sound of any length: 16-bit samples, those of all channels at a time side by side. */
export interface Sound {
  samples: Int16Array;
  sampleRate: number;
  channelCount: number;
  /** Samples of each channel. */
  numberOfFrames: number;
  /** Of the first sample in ms, on the clock of `performance.now()`. */
  captureTime?: number;
}

/** What is sent or was received without being looked into. */
export interface EncodedFrame {
  data: Uint8Array;
  /** As in `RTCRtpCodec`. */
  mimeType?: string;
  /** In units of the codec's clock. */
  rtpTimestamp?: number;
  /** Whether decoding can begin here; of audio always. */
  key?: boolean;
  width?: number;
  height?: number;
  /** Clockwise. */
  rotation?: number;
  spatialLayer?: number;
  temporalLayer?: number;
  /** In ms, on the clock of `performance.now()`. */
  captureTime?: number;
  /** In ms. */
  duration?: number;
  /** RFC 6464: 0 (loudest) to 127, in -dBov. */
  audioLevel?: number;
  voiceActivity?: boolean;
  /** Which of the sender's encodings it is. */
  encodingIndex?: number;
}

/** Where the application puts pictures. */
export declare class RTCVideoSource {
  /** @param options a screencast keeps its sharpness */
  constructor(options?: { isScreencast?: boolean; label?: string });
  label: string;
  get isScreencast(): boolean;
  /** A new track that shows what comes from now on. */
  createTrack(): MediaStreamTrack;
  /**
   * @param frame is copied; without a `timestamp` it is of now
   * @throws {TypeError} for what is no picture
   */
  onFrame(frame: I420Frame): void;
}

/** Where the application puts sound. */
export declare class RTCAudioSource {
  constructor(options?: { label?: string });
  label: string;
  /** A new track that plays what comes from now on. */
  createTrack(): MediaStreamTrack;
  /**
   * @param data of any length, as it is captured: 10 ms every 10 ms, say
   * @throws {TypeError} for what is no sound
   */
  onData(data: {
    samples: Int16Array;
    sampleRate: number;
    bitsPerSample?: number;
    channelCount?: number;
    numberOfFrames?: number;
    captureTime?: number;
  }): void;
}

export interface TrackSink extends HostEventTarget {
  track: MediaStreamTrack;
  readonly stopped: boolean;
  /** Nothing is told any more. */
  stop(): void;
}

/** Reads pictures off a track: `onframe`, or an event of that name. */
export interface RTCVideoSink extends TrackSink {
  onframe: ((event: { type: 'frame'; frame: I420Frame }) => void) | null;
}
export declare const RTCVideoSink: {
  readonly prototype: RTCVideoSink;
  new (track: MediaStreamTrack): RTCVideoSink;
};

/** Reads sound off a track: `ondata`, or an event of that name. */
export interface RTCAudioSink extends TrackSink {
  ondata: ((event: Sound & { type: 'data'; bitsPerSample: 16 }) => void) | null;
}
export declare const RTCAudioSink: {
  readonly prototype: RTCAudioSink;
  new (track: MediaStreamTrack): RTCAudioSink;
};

/**
 * Where the application puts frames that are encoded already, by a camera, by another process, or by
 * the peer that they are forwarded from. They are sent as they are.
 */
export declare class RTCEncodedSource {
  /**
   * @param options what the frames are
   * @throws {TypeError} for another kind, or a type that is not of it
   */
  constructor(options: { kind: 'audio' | 'video'; mimeType: string; label?: string });
  /** Told when a frame to begin with is wanted, and of which encoding. */
  onkeyframerequest: ((event: { type: 'keyframerequest'; encodingIndex: number }) => void) | null;
  /**
   * Told what may be sent, in bits per second for each encoding. While `held`, frames are better left
   * out before they are encoded: more waits to leave than the path takes in a quarter of a second.
   */
  onbitrates: ((event: { type: 'bitrates'; bitrates: number[]; held: boolean }) => void) | null;
  label: string;
  get kind(): 'audio' | 'video';
  get mimeType(): string;
  /** A new track that carries what comes from now on; only senders and encoded sinks take it. */
  createTrack(): MediaStreamTrack;
  /**
   * @param frame whose bytes stay as they are
   * @throws {TypeError} for what is no frame
   */
  onFrame(frame: EncodedFrame): void;
}

/** Reads encoded frames off a track that a receiver or an encoded source shows, without decoding them. */
export interface RTCEncodedSink extends TrackSink {
  onframe: ((event: { type: 'frame'; frame: EncodedFrame }) => void) | null;
  /** Asks whoever encodes for a frame to begin with. */
  requestKeyFrame(): void;
}
export declare const RTCEncodedSink: {
  readonly prototype: RTCEncodedSink;
  /** @throws {DOMException} NotSupportedError for a track of the page, which has no encoded frames */
  new (track: MediaStreamTrack): RTCEncodedSink;
};

/** Four bytes (red, green, blue, alpha) a pixel. */
export interface RgbaPicture {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

/**
 * Fills an I420 picture from one of four bytes a pixel; both have the same size.
 * @throws {TypeError} when they do not fit
 */
export function rgbaToI420(rgba: RgbaPicture, i420: I420Frame): void;

/**
 * The other way.
 * @throws {TypeError} when they do not fit
 */
export function i420ToRgba(i420: I420Frame, rgba: RgbaPicture): void;
