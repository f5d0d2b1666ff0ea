// Pictures and sound that go through codecs: pictures with their number and time written in blocks of
// black and white, which survive encoding and scaling, and a sine.
//
//   three rows of 32 blocks over the whole width: number, capture time in ms, and a check of both

import { RTCAudioSource, RTCVideoSource } from '../api/testing-hooks.js';
import { FakeDevice } from './fake-device.js';

/** @typedef {import('./peer.js').SimulatedPeer} SimulatedPeer */

const kBits = 32;
/** Of the height, what a row of blocks takes. */
const kRowShare = 1 / 6;
const kBlack = 32;
const kWhite = 224;
const kMiddle = 128;
const kCheck = 0x5a3c_c35a;
const kSampleRate = 48_000;
const kSoundsPerSecond = 100;
const kAmplitude = 8000;

/** @param {number} number @param {number} time */
const rowsOf = (number, time) => [number >>> 0, time >>> 0, (number ^ time ^ kCheck) >>> 0];

/**
 * @param {number} width
 * @param {number} height  both even
 * @param {{ number: number, captureTime: number }} content
 */
export function picture(width, height, { number, captureTime }) {
  const data = new Uint8Array((width * height * 3) / 2).fill(kMiddle);
  const rowHeight = Math.floor(height * kRowShare);
  rowsOf(number, Math.round(captureTime)).forEach((bits, row) => {
    const line = new Uint8Array(width);
    for (let x = 0; x < width; x++) {
      const bit = Math.floor((x * kBits) / width);
      line[x] = (bits >>> bit) & 1 ? kWhite : kBlack;
    }
    for (let y = row * rowHeight; y < (row + 1) * rowHeight; y++) data.set(line, y * width);
  });
  // Something that moves, for the encoder to have work.
  const bar = (number * 4) % width;
  for (let y = 3 * rowHeight; y < height; y++)
    data.fill(kWhite, y * width + bar, y * width + bar + 2);
  return { width, height, data, timestamp: captureTime };
}

/**
 * What a picture holds; null for one that is damaged, or none of these.
 * @param {{ width: number, height: number, data: ArrayLike<number> }} frame  I420
 */
export function readPicture({ width, height, data }) {
  const rowHeight = Math.floor(height * kRowShare);
  const read = (/** @type {number} */ row) => {
    const y = Math.floor((row + 0.5) * rowHeight);
    let bits = 0;
    for (let bit = 0; bit < kBits; bit++) {
      const x = Math.floor(((bit + 0.5) * width) / kBits);
      if (data[y * width + x] > kMiddle) bits |= 1 << bit;
    }
    return bits >>> 0;
  };
  const [number, captureTime, check] = [read(0), read(1), read(2)];
  if (rowsOf(number, captureTime)[2] !== check) return null;
  return { number, captureTime };
}

/** Made by `fakeCamera(peer, { raw: true })`. */
export class RawCamera extends FakeDevice {
  #source;
  #size;
  #number = 0;

  /** @param {SimulatedPeer} peer @param {import('./fake-media.js').CameraOptions} [options] */
  constructor(peer, { width = 320, height = 240, framerate = 15, label = 'fake camera' } = {}) {
    const source = new RTCVideoSource({ label });
    super(peer, source, framerate);
    this.#source = source;
    this.#size = { width, height };
  }

  get counts() {
    return { frames: this.#number };
  }

  /** @param {number} captureTime @override */
  take(captureTime) {
    const { width, height } = this.#size;
    this.#source.onFrame(picture(width, height, { number: this.#number++, captureTime }));
  }
}

/** Made by `fakeMicrophone(peer, { raw: true })`. */
export class RawMicrophone extends FakeDevice {
  #source;
  #tone;
  #taken = 0;

  /** @param {SimulatedPeer} peer @param {import('./fake-media.js').MicrophoneOptions} [options] */
  constructor(peer, { tone = 440, label = 'fake microphone' } = {}) {
    const source = new RTCAudioSource({ label });
    super(peer, source, kSoundsPerSecond);
    this.#source = source;
    this.#tone = tone;
  }

  get counts() {
    return { frames: this.#taken };
  }

  /** @param {number} now @override */
  take(now) {
    const count = kSampleRate / kSoundsPerSecond;
    const first = this.#taken++ * count;
    const samples = Int16Array.from({ length: count }, (_, i) =>
      Math.round(kAmplitude * Math.sin((2 * Math.PI * this.#tone * (first + i)) / kSampleRate)),
    );
    const captureTime = now - 1000 / kSoundsPerSecond;
    this.#source.onData({ samples, sampleRate: kSampleRate, captureTime });
  }
}
