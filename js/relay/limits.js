// How much anybody may take: connections in total and per address, and actions per second.

/** Counts what is open, per address and in total. */
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
    const mine = this.byAddress_.get(address) ?? 0;
    if (this.open_ >= this.total_ || mine >= this.perAddress_) return undefined;
    this.open_++;
    this.byAddress_.set(address, mine + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.open_--;
      const left = (this.byAddress_.get(address) ?? 1) - 1;
      if (left > 0) this.byAddress_.set(address, left);
      else this.byAddress_.delete(address);
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
    const now = this.now_();
    const grown = ((now - this.filledAt_) / 1000) * this.perSecond_;
    this.tokens_ = Math.min(this.burst_, this.tokens_ + grown);
    this.filledAt_ = now;
    if (this.tokens_ < 1) return false;
    this.tokens_--;
    return true;
  }

  get full() {
    const grown = ((this.now_() - this.filledAt_) / 1000) * this.perSecond_;
    return this.tokens_ + grown >= this.burst_;
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
