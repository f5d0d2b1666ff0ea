// `navigator.mediaDevices` of a simulated peer: whoever asks gets fake devices, at once.

import { fakeCamera, fakeMicrophone } from './fake-media.js';

/** @typedef {import('./peer.js').SimulatedPeer} SimulatedPeer */

export class FakeMediaDevices extends EventTarget {
  #peer;
  /** @type {Set<import('./fake-media.js').FakeCamera | import('./fake-media.js').FakeMicrophone>} */
  #devices = new Set();
  /** Set, the next calls reject with it: `new DOMException('…', 'NotAllowedError')`. @type {Error | null} */
  refusal = null;

  /** @param {SimulatedPeer} peer */
  constructor(peer) {
    super();
    this.#peer = peer;
  }

  /**
   * @param {{ audio?: any, video?: any }} [constraints]  of video: `width`, `height`, `frameRate`, as numbers or `{ ideal, exact }`
   * @returns {Promise<MediaStream>}
   */
  async getUserMedia({ audio = false, video = false } = {}) {
    if (!audio && !video) throw new TypeError('at least one of audio and video must be requested');
    if (this.refusal) throw this.refusal;
    const tracks = [];
    if (audio) tracks.push(fakeMicrophone(this.#peer).createTrack());
    if (video) {
      const { width, height, frameRate } = video;
      tracks.push(
        fakeCamera(this.#peer, {
          width: wanted(width),
          height: wanted(height),
          framerate: wanted(frameRate),
        }).createTrack(),
      );
    }
    return new this.#peer.MediaStream(tracks);
  }

  /** A screen that is shown at 15 pictures a second. */
  async getDisplayMedia() {
    if (this.refusal) throw this.refusal;
    const options = { width: 1280, height: 720, framerate: 15, label: 'fake screen' };
    return new this.#peer.MediaStream([fakeCamera(this.#peer, options).createTrack()]);
  }

  async enumerateDevices() {
    return ['audioinput', 'videoinput'].map((kind) => {
      const label = kind === 'audioinput' ? 'fake microphone' : 'fake camera';
      const device = { kind, label, deviceId: kind, groupId: 'fake' };
      return { ...device, toJSON: () => device };
    });
  }

  /** Tracks that are not stopped. */
  get live() {
    return [...this.#devices].reduce((sum, device) => sum + device.live, 0);
  }

  /** @param {any} device */
  opened(device) {
    this.#devices.add(device);
  }

  close() {
    for (const device of this.#devices) device.stop();
    this.#devices.clear();
  }
}

/** @param {any} constraint  ConstrainULong or ConstrainDouble */
function wanted(constraint) {
  if (typeof constraint !== 'object' || constraint === null) return constraint;
  const { exact, ideal, max, min } = constraint;
  return exact ?? ideal ?? max ?? min;
}
