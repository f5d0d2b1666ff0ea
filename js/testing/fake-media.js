// A camera and a microphone that need no codec: their frames come encoded, numbered, with the time at
// which they were taken, and as large as the sender is granted.

import { RTCEncodedSource } from '../api/testing-hooks.js';
import { FakeDevice } from './fake-device.js';
import { audioFrame, kLeastBytes, videoFrame } from './frame-content.js';
import { SimulatedPeer } from './peer.js';
import { RawCamera, RawMicrophone } from './raw-media.js';

/** Before the sender says what may be sent. */
const kFirstBitrate = 300_000;
/** What a picture takes at most, in bits for each pixel. */
const kBitsPerPixel = 0.1;
/** A key frame's size, in usual frames. */
const kKeyFactor = 4;
const kAudioFrameMs = 20;
const kAudioFramesPerSecond = 50;
const kAudioLevel = 20;

/** What both have: a source of encoded frames. */
class EncodedDevice extends FakeDevice {
  #source;

  /**
   * @param {SimulatedPeer} peer
   * @param {{ kind: 'audio' | 'video', mimeType: string, label: string, rate: number }} options
   */
  constructor(peer, { kind, mimeType, label, rate }) {
    const source = new RTCEncodedSource({ kind, mimeType, label });
    super(peer, source, rate);
    this.#source = source;
    source.onbitrates = (event) => this.granted(event);
    source.onkeyframerequest = ({ encodingIndex }) => this.keyFrameWanted(encodingIndex);
  }

  /** @param {any} frame  EncodedFrame */
  emit(frame) {
    this.#source.onFrame(frame);
  }

  /** @param {{ bitrates: number[], held: boolean }} _ */
  granted(_) {}

  /** @param {number} _ */
  keyFrameWanted(_) {}
}

/**
 * @typedef {object} CameraOptions
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [framerate]
 * @property {number} [maxBitrate]  bits per second
 * @property {string} [label]
 * @property {boolean} [raw]  pictures for a codec to encode, with their number and time in blocks of black and white
 */

/** Made by `fakeCamera`. */
export class FakeCamera extends EncodedDevice {
  #options;
  /** @type {number[]} */
  #bitrates = [kFirstBitrate];
  #isHeld = false;
  /** Encodings that wait for a key frame. @type {Set<number>} */
  #keyWanted = new Set([0]);
  #number = 0;
  #counts = { frames: 0, keyFrames: 0, keyFrameRequests: 0, held: 0, bytes: 0 };

  /** @param {SimulatedPeer} peer @param {CameraOptions} [options] */
  constructor(
    peer,
    { width = 640, height = 480, framerate = 30, maxBitrate, label = 'fake camera' } = {},
  ) {
    super(peer, { kind: 'video', mimeType: 'video/VP8', label, rate: framerate });
    const natural = width * height * framerate * kBitsPerPixel;
    this.#options = { width, height, framerate, maxBitrate: maxBitrate ?? natural };
  }

  /** What it has done so far: `held` counts pictures that were left out because the path was full. */
  get counts() {
    return { ...this.#counts };
  }

  /** What the sender grants each encoding, in bits per second. */
  get bitrates() {
    return [...this.#bitrates];
  }

  /** @param {{ bitrates: number[], held: boolean }} event @override */
  granted({ bitrates, held }) {
    bitrates.forEach((bitrate, i) => {
      if (bitrate > 0 && !(this.#bitrates[i] > 0)) this.#keyWanted.add(i);
    });
    this.#bitrates = [...bitrates];
    this.#isHeld = held;
  }

  /** @param {number} encoding @override */
  keyFrameWanted(encoding) {
    this.#counts.keyFrameRequests++;
    this.#keyWanted.add(encoding);
  }

  /** @param {number} captureTime @override */
  take(captureTime) {
    if (this.#isHeld) {
      this.#counts.held++;
      return;
    }
    const number = this.#number++;
    this.#bitrates.forEach((bitrate, encoding) => {
      if (bitrate > 0) this.#send(encoding, number, bitrate, captureTime);
    });
  }

  /**
   * @param {number} encoding
   * @param {number} number
   * @param {number} bitrate
   * @param {number} captureTime
   */
  #send(encoding, number, bitrate, captureTime) {
    const { framerate, maxBitrate } = this.#options;
    // Encodings of simulcast come smallest first.
    const scale = 2 ** (this.#bitrates.length - 1 - encoding);
    const [width, height] = [this.#options.width, this.#options.height].map((length) =>
      Math.max(2, Math.round(length / scale)),
    );
    const key = this.#keyWanted.delete(encoding);
    const usual = Math.min(bitrate, maxBitrate / scale ** 2) / 8 / framerate;
    const size = Math.max(kLeastBytes, Math.round(key ? kKeyFactor * usual : usual));
    const data = videoFrame({ key, width, height, encoding, number, captureTime, tone: 0 }, size);
    this.#counts.frames++;
    this.#counts.bytes += data.length;
    if (key) this.#counts.keyFrames++;
    this.emit({ data, key, width, height, captureTime, encodingIndex: encoding });
  }
}

/**
 * @typedef {object} MicrophoneOptions
 * @property {number} [tone]  Hz, which sinks find again
 * @property {number} [bitrate]  bits per second
 * @property {string} [label]
 * @property {boolean} [raw]  sound for a codec to encode
 */

/** Made by `fakeMicrophone`. */
export class FakeMicrophone extends EncodedDevice {
  #tone;
  #bitrate;
  #granted = Infinity;
  #number = 0;
  #bytes = 0;

  /** @param {SimulatedPeer} peer @param {MicrophoneOptions} [options] */
  constructor(peer, { tone = 440, bitrate = 32_000, label = 'fake microphone' } = {}) {
    super(peer, { kind: 'audio', mimeType: 'audio/opus', label, rate: kAudioFramesPerSecond });
    this.#tone = tone;
    this.#bitrate = bitrate;
  }

  get counts() {
    return { frames: this.#number, bytes: this.#bytes };
  }

  /** @param {{ bitrates: number[], held: boolean }} event @override */
  granted({ bitrates: [bitrate] }) {
    this.#granted = bitrate ?? Infinity;
  }

  /** @param {number} captureTime @override */
  take(captureTime) {
    if (this.#granted === 0) return;
    const size = (Math.min(this.#bitrate, this.#granted) / 8) * (kAudioFrameMs / 1000);
    const number = this.#number++;
    const data = audioFrame({ encoding: 0, number, captureTime, tone: this.#tone }, size);
    this.#bytes += data.length;
    this.emit({
      data,
      captureTime,
      duration: kAudioFrameMs,
      audioLevel: kAudioLevel,
      voiceActivity: true,
    });
  }
}

/**
 * A camera whose frames are numbered and bear the time at which they were taken; no codec is needed, unless `raw`.
 * Their sizes follow what the sender grants, key frames come when they are asked for.
 * @template {CameraOptions} O
 * @param {SimulatedPeer} peer  whose it is
 * @param {O} [options]
 * @returns {O extends { raw: true } ? RawCamera : FakeCamera}
 */
export function fakeCamera(peer, options) {
  requirePeer(peer);
  const camera = options?.raw ? new RawCamera(peer, options) : new FakeCamera(peer, options);
  return /** @type {any} */ (camera);
}

/**
 * A microphone whose frames of 20 ms are numbered in the same way; `raw` is a sine.
 * @template {MicrophoneOptions} O
 * @param {SimulatedPeer} peer  whose it is
 * @param {O} [options]
 * @returns {O extends { raw: true } ? RawMicrophone : FakeMicrophone}
 */
export function fakeMicrophone(peer, options) {
  requirePeer(peer);
  const made = options?.raw ? new RawMicrophone(peer, options) : new FakeMicrophone(peer, options);
  return /** @type {any} */ (made);
}

/** @param {SimulatedPeer} peer */
function requirePeer(peer) {
  if (peer instanceof SimulatedPeer) return;
  throw new TypeError('a fake device belongs to a peer of a simulation');
}
