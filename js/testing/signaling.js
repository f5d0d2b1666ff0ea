// A signalling channel in virtual time, with the manners of a WebSocket.

export class SignalingEnd extends EventTarget {
  /** @type {((event: { type: 'message', data: any }) => void) | null} */
  onmessage = null;
  /** @type {((event: { type: 'close' }) => void) | null} */
  onclose = null;
  readyState = 1;
  #later;
  /** @type {SignalingEnd | undefined} */
  #other;

  /** @param {(deliver: () => void) => void} later */
  constructor(later) {
    super();
    this.#later = later;
  }

  /**
   * @param {(deliver: () => void) => void} later  calls in its order, in virtual time
   * @returns {[SignalingEnd, SignalingEnd]}
   */
  static pair(later) {
    const [a, b] = [new SignalingEnd(later), new SignalingEnd(later)];
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  /**
   * What is sent after the channel is closed is lost.
   * @param {unknown} message  what JSON can say
   */
  send(message) {
    if (this.readyState !== 1 || message === undefined) return;
    const text = JSON.stringify(message);
    this.#later(() => {
      if (this.#other?.readyState === 1) this.#other.#tell('message', { data: JSON.parse(text) });
    });
  }

  /** Both ends are closed, the other one when it hears of it. */
  close() {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.#later(() => {
      if (this.#other?.readyState === 1) this.#other.readyState = 3;
      this.#other?.#tell('close', {});
    });
  }

  /** @param {'message' | 'close'} type @param {object} members */
  #tell(type, members) {
    this.dispatchEvent(Object.assign(new Event(type), members));
    this[`on${type}`]?.(/** @type {any} */ ({ type, ...members }));
  }
}
