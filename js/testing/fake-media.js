// A camera and a microphone that need no codec: their frames come encoded, numbered, with the time at
// which they were taken, and as large as the sender is granted.

import { RTCEncodedSource } from '../api/testing-hooks.js';
import { audioFrame, kLeastBytes, videoFrame } from './frame-content.js';
import { SimulatedPeer } from './peer.js';

/** Before the sender says what may be sent. */
const kFirstBitrate = 300_000;
/** What a picture takes at most, in bits for each pixel. */
const kBitsPerPixel = 0.1;
/** A key frame's size, in usual frames. */
const kKeyFactor = 4;
const kAudioFrameMs = 20;
const kAudioFramesPerSecond = 50;
const kAudioLevel = 20;

/** What both have: a clock, tracks, and frames in a rhythm until the last track is stopped. */
class FakeDevice {
  #peer;
  #source;
  #rate;
  #startedAt = 0;
  #ticks = 0;
  #isRunning = false;
  #timer;
  /** @type {Set<MediaStreamTrack>} */
  #tracks = new Set();

  /**
   * @param {SimulatedPeer} peer
   * @param {{ kind: 'audio' | 'video', mimeType: string, label: string, rate: number }} options
   */
  constructor(peer, { kind, mimeType, label, rate }) {
    this.#peer = peer;
    this.#rate = rate;
    this.#source = new RTCEncodedSource({ kind, mimeType, label });
    this.#source.onbitrates = (event) => this.granted(event);
    this.#source.onkeyframerequest = ({ encodingIndex }) => this.keyFrameWanted(encodingIndex);
    this.#timer = /** @type {any} */ (undefined);
    peer.mediaDevices.opened(this);
  }

  /** A new track that shows what comes from now on. */
  createTrack() {
    const track = this.#peer.withId(this.#source.createTrack());
    this.#tracks.add(track);
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#startedAt = this.#peer.host.now();
      this.#ticks = 0;
      this.#arm();
    }
    return track;
  }

  /** Tracks that are not stopped. */
  get live() {
    for (const track of this.#tracks) if (track.readyState === 'ended') this.#tracks.delete(track);
    return this.#tracks.size;
  }

  /** Ends the device and its tracks. */
  stop() {
    this.#isRunning = false;
    this.#peer.host.clearTimer(this.#timer);
    for (const track of this.#tracks) track.stop();
    this.#tracks.clear();
  }

  #arm() {
    // Counted from the beginning, so that fractions do not add up.
    const at = this.#startedAt + (1000 * ++this.#ticks) / this.#rate;
    this.#timer = this.#peer.host.setTimer(() => this.#tick(), at);
  }

  #tick() {
    if (!this.#isRunning) return;
    if (this.live === 0) {
      this.#isRunning = false;
      return;
    }
    const now = this.#peer.host.now();
    // A device that was suspended does not make up for it.
    const due = Math.floor(((now - this.#startedAt) * this.#rate) / 1000);
    this.#ticks = Math.max(this.#ticks, due);
    this.take(now);
    this.#peer.simulation.noteWork();
    this.#arm();
  }

  /** @param {any} frame  EncodedFrame */
  emit(frame) {
    this.#source.onFrame(frame);
  }

  /** @param {{ bitrates: number[], held: boolean }} _ */
  granted(_) {}

  /** @param {number} _ */
  keyFrameWanted(_) {}

  /** @param {number} _ */
  take(_) {}
}

/**
 * @typedef {object} CameraOptions
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [framerate]
 * @property {number} [maxBitrate]  bits per second
 * @property {string} [label]
 */

/** Made by `fakeCamera`. */
export class FakeCamera extends FakeDevice {
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
 */

/** Made by `fakeMicrophone`. */
export class FakeMicrophone extends FakeDevice {
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
 * A camera whose frames are numbered and bear the time at which they were taken; no codec is needed.
 * Their sizes follow what the sender grants, key frames come when they are asked for.
 * @param {SimulatedPeer} peer  whose it is
 * @param {CameraOptions} [options]
 */
export const fakeCamera = (peer, options) => new FakeCamera(requirePeer(peer), options);

/**
 * A microphone whose frames of 20 ms are numbered in the same way.
 * @param {SimulatedPeer} peer  whose it is
 * @param {MicrophoneOptions} [options]
 */
export const fakeMicrophone = (peer, options) => new FakeMicrophone(requirePeer(peer), options);

/** @param {SimulatedPeer} peer */
function requirePeer(peer) {
  if (peer instanceof SimulatedPeer) return peer;
  throw new TypeError('a fake device belongs to a peer of a simulation');
}
