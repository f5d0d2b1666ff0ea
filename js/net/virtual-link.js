// One direction of a simulated link: rate, delay, jitter, loss, duplication, reordering, MTU.

/**
 * @typedef {object} LinkOptions
 * @property {number} [latency]     ms, one way
 * @property {number} [jitter]      ms added at most; alone it never changes the order
 * @property {number} [loss]        probability
 * @property {number} [duplicate]   probability
 * @property {number} [reorder]     probability that a packet is held back, past later ones
 * @property {number} [reorderBy]   ms that such a packet is held back
 * @property {number} [mtu]         bytes of an IP packet; larger ones vanish
 * @property {number} [rate]        bits per second
 * @property {number} [queue]       bytes that wait for a slow link; the tail is dropped
 */

const kDefaults = Object.freeze({
  latency: 1,
  jitter: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderBy: 20,
  mtu: 1500,
  rate: Infinity,
  queue: 256 * 1024,
});

export class VirtualLink {
  /**
   * @param {() => number} random  uniform in [0, 1)
   * @param {LinkOptions} [options]
   */
  constructor(random, options = {}) {
    this.random_ = random;
    this.options_ = { ...kDefaults, ...options };
    this.freeAt_ = -Infinity;
    this.lastArrival_ = -Infinity;
  }

  /** As they are now. */
  get options() {
    return { ...this.options_ };
  }

  /**
   * Changes the link in mid-session; packets under way are not touched.
   * @param {LinkOptions} options
   */
  configure(options) {
    this.options_ = { ...this.options_, ...options };
  }

  /**
   * @param {number} bytes  length of the IP packet
   * @param {number} now
   * @returns {{arrivals: number[], lost?: 'loss' | 'mtu' | 'queue'}} times at which copies arrive
   */
  transfer(bytes, now) {
    const { latency, jitter, loss, duplicate, reorder, reorderBy, mtu, rate, queue } =
      this.options_;
    if (bytes > mtu) return { arrivals: [], lost: 'mtu' };
    const begin = Math.max(now, this.freeAt_);
    if (rate !== Infinity && ((begin - now) / 1000) * rate > queue * 8) {
      return { arrivals: [], lost: 'queue' };
    }
    const sent = rate === Infinity ? now : begin + (bytes * 8 * 1000) / rate;
    this.freeAt_ = sent;
    if (loss > 0 && this.random_() < loss) return { arrivals: [], lost: 'loss' };

    const arrival = sent + latency + (jitter > 0 ? this.random_() * jitter : 0);
    const arrivals = [];
    if (reorder > 0 && this.random_() < reorder) {
      arrivals.push(arrival + reorderBy);
    } else {
      this.lastArrival_ = Math.max(arrival, this.lastArrival_);
      arrivals.push(this.lastArrival_);
    }
    if (duplicate > 0 && this.random_() < duplicate) arrivals.push(arrivals[0]);
    return { arrivals };
  }
}

/**
 * A small seeded generator (xorshift128), the same sequence in every realm.
 * @param {number} seed
 * @returns {() => number} uniform in [0, 1)
 */
export function seededRandom(seed) {
  let a = (seed | 0) ^ 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0x85a308d3;
  let d = 0x13198a2e;
  const next = () => {
    const t = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return (d >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}
