// Ends clients that do nothing: no allocation in time, no byte for long, no answer to a ping. One
// timer looks after all of them.

const kStepMs = 5000;

/**
 * @typedef {object} Watched
 * @property {(reason: string) => void} idle
 * @property {() => void} [ping]  asks for a sign of life
 * @property {() => void} [dead]  none came
 */

/**
 * @typedef {object} Watch
 * @property {() => void} active       the client sent something
 * @property {() => void} alive        it answered a ping
 * @property {() => void} established  it has an allocation
 * @property {() => void} end
 */

export class Sweeper {
  /**
   * @param {{handshakeTimeoutMs: number, idleTimeoutMs: number, pingIntervalMs: number}} limits
   * @param {{now?: () => number}} [options]
   */
  constructor(limits, { now = () => performance.now() } = {}) {
    this.limits_ = limits;
    this.now_ = now;
    /** @type {Set<(now: number) => void>} */
    this.checks_ = new Set();
    const step = Math.min(kStepMs, limits.handshakeTimeoutMs, limits.pingIntervalMs);
    this.timer_ = setInterval(() => this.sweep(), Math.max(step, 1));
    this.timer_.unref();
  }

  /**
   * @param {Watched} client
   * @returns {Watch}
   */
  watch({ idle, ping, dead }) {
    const { handshakeTimeoutMs, idleTimeoutMs, pingIntervalMs } = this.limits_;
    const openedAt = this.now_();
    let activeAt = openedAt;
    let aliveAt = openedAt;
    let pingedAt = openedAt;
    let established = false;
    const check = (/** @type {number} */ now) => {
      if (!established && now - openedAt >= handshakeTimeoutMs) {
        this.checks_.delete(check);
        idle('no allocation in time');
      } else if (now - activeAt >= idleTimeoutMs) {
        this.checks_.delete(check);
        idle('idle for too long');
      } else if (ping && now - Math.max(aliveAt, pingedAt) >= pingIntervalMs) {
        if (pingedAt > aliveAt) {
          this.checks_.delete(check);
          dead?.();
          return;
        }
        pingedAt = now;
        ping();
      }
    };
    this.checks_.add(check);
    return {
      active: () => {
        activeAt = this.now_();
        aliveAt = activeAt;
      },
      alive: () => (aliveAt = this.now_()),
      established: () => (established = true),
      end: () => this.checks_.delete(check),
    };
  }

  /** Looks at everybody now. */
  sweep() {
    const now = this.now_();
    for (const check of [...this.checks_]) check(now);
  }

  close() {
    clearInterval(this.timer_);
    this.checks_.clear();
  }
}
