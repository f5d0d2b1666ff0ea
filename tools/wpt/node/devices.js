// What jsdom has no devices for: a microphone, a camera, a screen, an oscillator, a canvas that is
// captured, and media elements that take a stream. The counterpart of Chromium's
// --use-fake-device-for-media-stream.

/** @typedef {(kind: 'audio' | 'video', options: { label: string }) => MediaStreamTrack} TrackFactory */

/** Runs inside of the window. @param {TrackFactory} createTrack */
export function plugInDevices(createTrack) {
  const devices = new FakeDevices(createTrack);
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
  plugInAudio(createTrack);
  plugInCanvas(createTrack);
  plugInElements();
}

class FakeDevices extends EventTarget {
  #createTrack;

  /** @param {TrackFactory} createTrack */
  constructor(createTrack) {
    super();
    this.#createTrack = createTrack;
  }

  /** @param {{ audio?: any, video?: any }} constraints */
  async getUserMedia({ audio, video } = {}) {
    if (!audio && !video) throw new TypeError('neither audio nor video is asked for');
    const tracks = [];
    if (audio) tracks.push(this.#createTrack('audio', { label: 'fake microphone' }));
    if (video) tracks.push(this.#createTrack('video', { label: 'fake camera' }));
    return new MediaStream(tracks);
  }

  async getDisplayMedia() {
    return new MediaStream([this.#createTrack('video', { label: 'fake screen' })]);
  }

  async enumerateDevices() {
    return ['audioinput', 'videoinput'].map((kind) => ({
      kind,
      deviceId: kind,
      groupId: 'fake',
      label: `fake ${kind}`,
    }));
  }
}

/** @param {TrackFactory} createTrack */
function plugInAudio(createTrack) {
  class FakeAudioNode extends EventTarget {
    frequency = { value: 440 };
    gain = { value: 1 };
    connect(/** @type {unknown} */ destination) {
      return destination;
    }
    disconnect() {}
    start() {}
    stop() {}
  }
  class FakeDestination extends FakeAudioNode {
    stream = new MediaStream([createTrack('audio', { label: 'fake audio destination' })]);
  }
  class FakeAudioContext extends EventTarget {
    state = 'running';
    currentTime = 0;
    sampleRate = 48000;
    destination = new FakeAudioNode();
    async resume() {}
    async close() {}
    createOscillator() {
      return new FakeAudioNode();
    }
    createGain() {
      return new FakeAudioNode();
    }
    createMediaStreamDestination() {
      return new FakeDestination();
    }
  }
  Object.assign(globalThis, {
    AudioContext: FakeAudioContext,
    MediaStreamAudioDestinationNode: FakeDestination,
  });
}

/** Drawing goes nowhere, and what is captured of it is a track. @param {TrackFactory} createTrack */
function plugInCanvas(createTrack) {
  const context = {
    fillRect() {},
    clearRect() {},
    drawImage() {},
    putImageData() {},
    createImageData: imageData,
    getImageData: (/** @type {number[]} */ ...[, , width, height]) => imageData(width, height),
  };
  /** @param {number} width @param {number} height */
  function imageData(width, height) {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }
  Object.assign(HTMLCanvasElement.prototype, {
    getContext: (/** @type {string} */ type) => (type === '2d' ? Object.create(context) : null),
    captureStream: () => new MediaStream([createTrack('video', { label: 'fake canvas' })]),
  });
}

/** `srcObject`, and a `play()` that waits for a stream which shows something. */
function plugInElements() {
  /** @type {WeakMap<HTMLMediaElement, MediaStream | null>} */
  const streams = new WeakMap();
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    get() {
      return streams.get(this) ?? null;
    },
    set(stream) {
      if (stream !== null && !(stream instanceof MediaStream)) {
        throw new TypeError('srcObject takes a MediaStream');
      }
      streams.set(this, stream);
    },
    configurable: true,
  });
  /** @this {HTMLMediaElement} */
  HTMLMediaElement.prototype.play = function play() {
    const tracks = streams.get(this)?.getTracks() ?? [];
    return new Promise((resolve) => {
      for (const track of tracks) {
        if (track.readyState === 'live' && !track.muted) resolve();
        else track.addEventListener('unmute', () => resolve(), { once: true });
      }
    });
  };
  HTMLMediaElement.prototype.pause = function pause() {};
}
