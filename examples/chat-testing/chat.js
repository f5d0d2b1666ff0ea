// A chat between two people: one data channel, and the patience that real networks ask for.
// docs/testing.md tests it.

/** The other side is given up when it has been away for so long. Milliseconds. */
const kGoneMs = 60_000;
/** A path that is silent for so long is looked for anew. Milliseconds. */
const kRestartMs = 4000;

/**
 * @typedef {'connecting' | 'online' | 'trouble' | 'gone'} Status
 */

/**
 * Events: `message` with `text`, `status` with `status`.
 */
export class Chat extends EventTarget {
  /** @type {Status} */
  status = 'connecting';
  #signaling;
  #isPolite;
  #clock;
  #connection;
  #channel;
  /** What was said while nobody could hear it. @type {string[]} */
  #waiting = [];
  #isOffering = false;
  #ignoresOffer = false;
  #restartTimer;
  #goneTimer;

  /**
   * @param {object} options
   * @param {{ send: (message: any) => void, onmessage: any }} options.signaling  a WebSocket that speaks objects
   * @param {boolean} options.isPolite  true on one side, false on the other
   * @param {RTCIceServer[]} [options.iceServers]
   * @param {typeof RTCPeerConnection} [options.RTCPeerConnection]  the platform's by default
   * @param {{ setTimeout: Function, clearTimeout: Function }} [options.timers]  the platform's by default
   */
  constructor({
    signaling,
    isPolite,
    iceServers = [],
    RTCPeerConnection = globalThis.RTCPeerConnection,
    timers = globalThis,
  }) {
    super();
    this.#signaling = signaling;
    this.#isPolite = isPolite;
    this.#clock = timers;
    signaling.onmessage = ({ data }) => this.#receive(data);

    const connection = new RTCPeerConnection({ iceServers });
    this.#connection = connection;
    connection.onnegotiationneeded = () => this.#offer();
    connection.onicecandidate = ({ candidate }) => signaling.send({ candidate });
    connection.onconnectionstatechange = () => this.#connectionChanged();

    this.#channel = connection.createDataChannel('chat', { negotiated: true, id: 0 });
    this.#channel.onopen = () => this.#flush();
    this.#channel.onmessage = ({ data }) => {
      this.dispatchEvent(Object.assign(new Event('message'), { text: data }));
    };
  }

  /** @param {string} text  is kept until it can be sent */
  say(text) {
    this.#waiting.push(text);
    this.#flush();
  }

  leave() {
    this.#clock.clearTimeout(this.#restartTimer);
    this.#clock.clearTimeout(this.#goneTimer);
    this.#signaling.onmessage = null;
    this.#connection.close();
  }

  #flush() {
    if (this.#channel.readyState !== 'open') return;
    for (const text of this.#waiting.splice(0)) this.#channel.send(text);
  }

  // ---- Perfect negotiation (webrtc-pc section 10.7)

  async #offer() {
    try {
      this.#isOffering = true;
      await this.#connection.setLocalDescription();
      this.#signaling.send({ description: this.#connection.localDescription });
    } finally {
      this.#isOffering = false;
    }
  }

  /** @param {any} message */
  async #receive({ description, candidate }) {
    const connection = this.#connection;
    if (description) {
      const collides =
        description.type === 'offer' &&
        (this.#isOffering || connection.signalingState !== 'stable');
      this.#ignoresOffer = collides && !this.#isPolite;
      if (this.#ignoresOffer) return;
      await connection.setRemoteDescription(description);
      if (description.type === 'offer') {
        await connection.setLocalDescription();
        this.#signaling.send({ description: connection.localDescription });
      }
      return;
    }
    try {
      await connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!this.#ignoresOffer) throw error;
    }
  }

  // ---- Trouble

  #connectionChanged() {
    const { connectionState } = this.#connection;
    this.#clock.clearTimeout(this.#restartTimer);
    if (connectionState === 'connected') {
      this.#clock.clearTimeout(this.#goneTimer);
      this.#goneTimer = undefined;
      this.#setStatus('online');
    }
    if (connectionState === 'disconnected' || connectionState === 'failed') {
      this.#setStatus('trouble');
      const wait = connectionState === 'failed' ? 0 : kRestartMs;
      this.#restartTimer = this.#clock.setTimeout(() => this.#connection.restartIce(), wait);
      this.#goneTimer ??= this.#clock.setTimeout(() => {
        this.#setStatus('gone');
        this.leave();
      }, kGoneMs);
    }
  }

  /** @param {Status} status */
  #setStatus(status) {
    if (status === this.status) return;
    this.status = status;
    this.dispatchEvent(Object.assign(new Event('status'), { status }));
  }
}
