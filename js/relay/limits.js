// How much anybody may take: connections in total and per address, bytes that wait for slow readers,
// and actions per second.

/**
 * Who is counted as one: an IPv4 address, or the /64 network of an IPv6 address, which is what one
 * subscriber has.
 * @param {string} address  as sockets report it
 */
export function subscriberOf(address) {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head, tail] = plain.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const after = tail.split(':').filter((group) => group !== '');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/**
 * An IPv4 client of a dual-stack socket by its own address.
 * @param {string} address
 */
export function plainAddress(address) {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*/, '');
}

/** Counts what is open, per subscriber and in total. */
export class ConnectionLimits {
  /** @param {{total: number, perAddress: number}} limits */
  constructor({ total, perAddress }) {
    this.total_ = total;
    this.perAddress_ = perAddress;
    this.open_ = 0;
    /** @type {Map<string, number>} */
    this.byAddress_ = new Map();
  }

  get open() {
    return this.open_;
  }

  /**
   * @param {string} address
   * @returns {(() => void) | undefined} gives the place back (once); nothing when there is none
   */
  acquire(address) {
    const subscriber = subscriberOf(address);
    const mine = this.byAddress_.get(subscriber) ?? 0;
    if (this.open_ >= this.total_ || mine >= this.perAddress_) return undefined;
    this.open_++;
    this.byAddress_.set(subscriber, mine + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.open_--;
      const left = (this.byAddress_.get(subscriber) ?? 1) - 1;
      if (left > 0) this.byAddress_.set(subscriber, left);
      else this.byAddress_.delete(subscriber);
    };
  }
}

/**
 * In how many pieces one WebSocket message may come. Each takes some hundred bytes beside its own, so
 * that a message in crumbs would be a hundred times as large as it is. Browsers and `ws` send a message
 * as one frame, and few networks carry less than 500 bytes in a segment.
 */
export const kMessagePieces = Object.freeze({ maxFragments: 1024, maxBufferedChunks: 4096 });

/**
 * What a frame or a message counts for at least: an object, a buffer and a place in some queue. An empty
 * datagram of a peer is a frame of four bytes, and whoever has many of those wait would hold a hundred
 * times what the bounds allow.
 */
export const kLeastFrame = 256;
/** @param {number} length */
export const counted = (length) => Math.max(length, kLeastFrame);

/** What a client may have waiting even when all of them together have too much. */
const kFairShare = 64 * 1024;

/**
 * Bytes that wait in this process for clients that read slowly, all of them together. Beyond the
 * total nobody is cut off, but everybody is held to a small share, so that those who read are served.
 */
export class PendingBudget {
  /** @param {{total: number, share?: number}} limits */
  constructor({ total, share = kFairShare }) {
    this.total_ = total;
    this.share_ = share;
    this.pending_ = 0;
  }

  get pending() {
    return this.pending_;
  }

  /** What one client may have waiting now, given what it may have at the best of times. */
  allowance(/** @type {number} */ most) {
    return this.pending_ < this.total_ ? most : Math.min(most, this.share_);
  }

  /** The account of one client. */
  open() {
    let mine = 0;
    const move = (/** @type {number} */ bytes) => {
      mine += bytes;
      this.pending_ += bytes;
    };
    return {
      get pending() {
        return mine;
      },
      add: move,
      /** What came after `close` was given back then. */
      release: (/** @type {number} */ bytes) => move(-Math.min(bytes, mine)),
      close: () => move(-mine),
    };
  }
}

/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  /** @param {{perSecond: number, burst: number, now?: () => number}} options */
  constructor({ perSecond, burst, now = () => performance.now() }) {
    this.perSecond_ = perSecond;
    this.burst_ = burst;
    this.now_ = now;
    this.tokens_ = burst;
    this.filledAt_ = now();
  }

  /** True when the action may go ahead. */
  take() {
    this.tokens_ = Math.min(this.burst_, this.tokens_ + this.grown_());
    this.filledAt_ = this.now_();
    if (this.tokens_ < 1) return false;
    this.tokens_--;
    return true;
  }

  get full() {
    return this.tokens_ + this.grown_() >= this.burst_;
  }

  /** Nothing when the clock was set back: the log goes by the time of day. */
  grown_() {
    return (Math.max(0, this.now_() - this.filledAt_) / 1000) * this.perSecond_;
  }
}

/** A token bucket per key, with a bound on how many keys are remembered. */
export class RateLimits {
  /** @param {{perSecond: number, burst: number, maxKeys?: number, now?: () => number}} options */
  constructor({ maxKeys = 10_000, ...bucket }) {
    this.bucket_ = bucket;
    this.maxKeys_ = maxKeys;
    /** @type {Map<string, RateLimit>} */
    this.byKey_ = new Map();
  }

  /** @param {string} key */
  take(key) {
    let limit = this.byKey_.get(key);
    if (!limit) {
      if (this.byKey_.size >= this.maxKeys_) this.forgetIdle_();
      if (this.byKey_.size >= this.maxKeys_) return false;
      limit = new RateLimit(this.bucket_);
      this.byKey_.set(key, limit);
    }
    return limit.take();
  }

  forgetIdle_() {
    for (const [key, limit] of this.byKey_) if (limit.full) this.byKey_.delete(key);
  }
}
