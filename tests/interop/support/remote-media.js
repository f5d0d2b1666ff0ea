// Tracks of a peer that runs elsewhere: what they show travels there and back as bytes.

/** A track that is to be sent, of a source below. */
class RemoteTrack {
  /** @type {((method: string, parameters: object) => void) | undefined} */
  #tell;

  /**
   * @param {'audio' | 'video'} kind
   * @param {'parent' | 'test'} [source] what it shows: what it is given, or what the peer makes for tests
   */
  constructor(kind, source = 'parent') {
    this.kind = kind;
    this.source = source;
  }

  /** @param {(method: string, parameters: object) => void} tell what the connection does with it */
  attach(tell) {
    this.#tell = tell;
  }

  /** @param {string} method @param {object} parameters */
  show(method, parameters) {
    this.#tell?.(method, parameters);
  }

  stop() {
    this.#tell = undefined;
  }
}

/** @param {Uint8Array | Int16Array} array */
const base64 = ({ buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

export class RemoteVideoSource {
  #track = new RemoteTrack('video');

  createTrack() {
    return this.#track;
  }

  /** @param {{ width: number, height: number, data: Uint8Array }} frame  I420 */
  onFrame({ width, height, data }) {
    this.#track.show('showPicture', { width, height, base64: base64(data) });
  }
}

export class RemoteAudioSource {
  #track = new RemoteTrack('audio');

  createTrack() {
    return this.#track;
  }

  /** @param {{ samples: Int16Array, sampleRate: number }} data  of one channel */
  onData({ samples, sampleRate }) {
    this.#track.show('playSound', { sampleRate, base64: base64(samples) });
  }
}

/** What the peer makes for tests. */
export class RemoteTestSource {
  #track;

  /** @param {'audio' | 'video'} kind */
  constructor(kind) {
    this.#track = new RemoteTrack(kind, 'test');
  }

  createTrack() {
    return this.#track;
  }
}

/** A track that the peer has announced. */
export class RemoteReceivedTrack {
  /** @type {((event: any) => void) | undefined} */
  take;

  /**
   * @param {'audio' | 'video'} kind
   * @param {(method: string, parameters?: object) => void} tell
   */
  constructor(kind, tell) {
    this.kind = kind;
    this.tell = tell;
  }
}

/** Reads such a track, pictures as `onframe({ frame })`, sound as `ondata({ samples, … })`. */
export class RemoteSink {
  onframe = null;
  ondata = null;
  #track;

  /** @param {RemoteReceivedTrack} track */
  constructor(track) {
    this.#track = track;
    track.take = (event) => this.#take(event);
    track.tell('watch');
  }

  stop() {
    this.#track.take = undefined;
  }

  /** @param {any} event */
  #take({ base64, width, height, ...rest }) {
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    if (this.#track.kind === 'video') {
      this.onframe?.({ frame: { width, height, data: bytes } });
    } else {
      const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1);
      this.ondata?.({ samples, ...rest });
    }
  }
}

/** Sends back the RTP packets of one kind. @implements {import('./rtp-echo.js').Echo} */
export class RemoteEcho {
  sequenceNumbers = [];
  hearsRequests = true;
  onrequest() {}

  /** @param {() => void} requestKeyFrame */
  constructor(requestKeyFrame) {
    this.requestKeyFrame = requestKeyFrame;
  }

  /** @param {string} event @param {{ sequenceNumber?: number }} details */
  handle(event, { sequenceNumber }) {
    if (event === 'rtp') this.sequenceNumbers.push(sequenceNumber);
    else this.onrequest();
  }
}
