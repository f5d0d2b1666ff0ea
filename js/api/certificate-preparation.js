// Certificates for connections to come, made while there is nothing else to do. The engine keeps
// them, and hands each out once. The first connection shows that there may be others: nothing is
// made before it.

/** How many are kept: as many connections as are usually made at once. */
const kPrepared = 2;
/** Where nothing tells when a realm is idle, one is made so long after a connection. Milliseconds. */
const kDelayMs = 1;
/** Keys that nobody has used for so long are thrown away. Milliseconds. */
const kKeptMs = 10 * 60 * 1000;

/**
 * @typedef {object} Realm
 * @property {(run: () => void) => void} whenIdle
 * @property {(run: () => void, ms: number) => void} later  keeps no process alive
 * @property {() => number} now  milliseconds
 */

/** @returns {Realm} */
function makeRealm() {
  // Taken at import, so that a test's fake timers do not reach them.
  const { setTimeout, requestIdleCallback } = globalThis;
  const later = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
    /** @type {any} */ (setTimeout(run, ms)).unref?.();
  };
  const hasIdle = typeof requestIdleCallback === 'function';
  return {
    whenIdle: (run) => (hasIdle ? void requestIdleCallback(run) : later(run, kDelayMs)),
    later,
    now: () => performance.now(),
  };
}

export class CertificatePreparation {
  #engine;
  #realm;
  #isScheduled = false;
  #willForget = false;
  #lastConnection = 0;

  /**
   * @param {any} engine the engine's module
   * @param {Realm} realm
   */
  constructor(engine, realm) {
    this.#engine = engine;
    this.#realm = realm;
  }

  /** A connection was made that brings no certificate of its own. */
  noteConnection() {
    this.#lastConnection = this.#realm.now();
    this.#schedule();
  }

  #schedule() {
    if (this.#isScheduled || this.#engine.preparedCertificates() >= kPrepared) return;
    this.#isScheduled = true;
    this.#realm.whenIdle(() => {
      this.#isScheduled = false;
      // One at a time, so that others have their turn; a failure waits for the next connection.
      if (!this.#engine.prepareCertificate(Date.now())) return;
      this.#forgetLater(kKeptMs);
      this.#schedule();
    });
  }

  /** @param {number} ms */
  #forgetLater(ms) {
    if (this.#willForget) return;
    this.#willForget = true;
    this.#realm.later(() => {
      this.#willForget = false;
      const left = this.#lastConnection + kKeptMs - this.#realm.now();
      if (left > 0) this.#forgetLater(left);
      else this.#engine.forgetPreparedCertificates();
    }, ms);
  }
}

const realm = makeRealm();
/** By the engine's module. @type {WeakMap<any, CertificatePreparation>} */
const preparations = new WeakMap();

/**
 * A connection was made that brings no certificate of its own.
 * @param {any} engine the engine's module
 */
export function prepareCertificates(engine) {
  let preparation = preparations.get(engine);
  if (!preparation) {
    preparation = new CertificatePreparation(engine, realm);
    preparations.set(engine, preparation);
  }
  preparation.noteConnection();
}
