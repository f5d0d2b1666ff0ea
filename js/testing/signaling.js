// A signalling channel in virtual time, with the manners of a WebSocket.

export class SignalingEnd extends EventTarget {
  /** @type {((event: { type: 'message', data: any }) => unknown) | null} */
  onmessage = null;
  /** @type {((event: { type: 'close' }) => unknown) | null} */
  onclose = null;
  readyState = 1;
  #later;
  #index;
  /** @type {SignalingEnd | undefined} */
  #other;

  /** @param {(deliver: () => unknown, to: number) => void} later @param {number} index */
  constructor(later, index) {
    super();
    this.#index = index;
    this.#later = later;
  }

  /**
   * @param {(deliver: () => unknown, to: number) => void} later  calls in its order, in virtual time, what is for an end
   * @returns {[SignalingEnd, SignalingEnd]}
   */
  static pair(later) {
    const [a, b] = [new SignalingEnd(later, 0), new SignalingEnd(later, 1)];
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
      if (this.#other?.readyState !== 1) return undefined;
      return this.#other.#tell('message', { data: JSON.parse(text) });
    }, 1 - this.#index);
  }

  /** Both ends are closed, the other one when it hears of it. */
  close() {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.#later(() => {
      const other = this.#other;
      if (other?.readyState !== 1) return undefined;
      other.readyState = 3;
      return other.#tell('close', {});
    }, 1 - this.#index);
  }

  /** Nothing comes or goes any more, and this end does not hear of it. */
  drop() {
    this.onmessage = null;
    this.onclose = null;
    this.close();
  }

  /**
   * @param {'message' | 'close'} type
   * @param {object} members
   * @returns {unknown} what the handler gives, which may be a promise
   */
  #tell(type, members) {
    this.dispatchEvent(Object.assign(new Event(type), members));
    return this[`on${type}`]?.(/** @type {any} */ ({ type, ...members }));
  }
}
