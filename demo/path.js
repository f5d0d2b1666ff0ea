// The strip that shows the way of a datagram: A, the relay, B, and how much flows.

const kSmoothing = 0.5;

export class Path {
  constructor() {
    this.root = /** @type {HTMLElement} */ (document.getElementById('path'));
    this.reset();
  }

  /** @param {boolean} native  whether B is the browser's own implementation */
  setPeers(native) {
    this.#text('.node.b small', native ? 'native browser' : 'webrtc-wasm');
    this.#text('.link.right .via', native ? 'UDP' : 'TURN over WebSocket');
  }

  /** @param {string} state  of the connection, or "idle" */
  state(state) {
    this.root.dataset.state = state;
    if (state !== 'connected') this.#rates(0, 0);
  }

  /**
   * What A has sent and received so far.
   * @param {number} sent  bytes
   * @param {number} received
   */
  count(sent, received) {
    const now = performance.now();
    const { last } = this;
    this.last = { now, sent, received };
    if (!last || sent < last.sent || received < last.received || now === last.now) return;
    const rate = (/** @type {number} */ bytes) => (bytes * 8000) / (now - last.now);
    this.#rates(rate(sent - last.sent), rate(received - last.received));
  }

  reset() {
    this.last = undefined;
    this.shown = { there: 0, back: 0 };
    this.state('idle');
  }

  /**
   * @param {number} there  bits a second from A to B
   * @param {number} back
   */
  #rates(there, back) {
    const idle = there === 0 && back === 0;
    const smooth = (/** @type {number} */ old, /** @type {number} */ value) =>
      idle ? 0 : old + (value - old) * kSmoothing;
    this.shown = { there: smooth(this.shown.there, there), back: smooth(this.shown.back, back) };
    for (const link of this.root.querySelectorAll('.link')) {
      const set = (/** @type {string} */ selector, /** @type {string} */ text) => {
        /** @type {HTMLElement} */ (link.querySelector(selector)).textContent = text;
      };
      set('.there', `→ ${formatRate(this.shown.there)}`);
      set('.back', `← ${formatRate(this.shown.back)}`);
    }
    this.root.dataset.flow = busy(this.shown.there) ? 'there' : busy(this.shown.back) ? 'back' : '';
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  #text(selector, text) {
    /** @type {HTMLElement} */ (this.root.querySelector(selector)).textContent = text;
  }
}

/** Above what keeping a connection alive takes. @param {number} rate */
const busy = (rate) => rate > 20_000;

/** @param {number} rate bits a second */
export function formatRate(rate) {
  if (rate < 1e6) return `${Math.round(rate / 1e3)} kbit/s`;
  return `${(rate / 1e6).toFixed(rate < 1e7 ? 1 : 0)} Mbit/s`;
}
