// One end of a data channel whose messages can be awaited one by one.

export class End {
  #inbox = [];
  #waiting = [];

  /**
   * @param {RTCDataChannel} channel
   * @param {import('./pair.js').Pair} pair
   */
  constructor(channel, pair) {
    this.channel = channel;
    this.pair = pair;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(data);
      else this.#inbox.push(data);
    });
    this.opened = this.#state('open');
    this.opened.catch(() => {});
  }

  /** @param {RTCDataChannelState} state */
  #state(state) {
    const { channel } = this;
    const event = { open: 'open', closing: 'closing', closed: 'close' }[state];
    return this.pair.until(
      channel,
      event,
      () => channel.readyState === state,
      `the channel “${channel.label}” is ${state}`,
    );
  }

  /** Settles when the channel is closed; ask before closing it. */
  closed() {
    return this.#state('closed');
  }

  /** The next message, in the order of arrival. */
  next() {
    if (this.#inbox.length > 0) return Promise.resolve(this.#inbox.shift());
    return this.pair.soon(
      new Promise((resolve) => this.#waiting.push(resolve)),
      `a message comes on “${this.channel.label}”`,
    );
  }

  get received() {
    return this.#inbox.length;
  }

  /** @param {string | ArrayBuffer | ArrayBufferView | Blob} data */
  send(data) {
    this.channel.send(data);
  }
}
