import { exception } from './errors.js';

/**
 * The operations chain (webrtc-pc section 4.4.1.2, "chain an operation"): asynchronous operations
 * of one connection run one after the other, and settle nothing once it is closed.
 */
export class OperationsChain {
  /** @type {(() => void)[]} */
  #operations = [];
  #isClosed;
  #whenEmpty;

  /**
   * @param {() => boolean} isClosed
   * @param {() => void} whenEmpty called after the last operation was removed
   */
  constructor(isClosed, whenEmpty) {
    this.#isClosed = isClosed;
    this.#whenEmpty = whenEmpty;
  }

  get isEmpty() {
    return this.#operations.length === 0;
  }

  /**
   * @template T
   * @param {() => Promise<T>} operation
   * @returns {Promise<T>}
   */
  chain(operation) {
    if (this.#isClosed()) {
      return Promise.reject(exception('InvalidStateError', 'the connection is closed'));
    }
    /** @type {Promise<T>} */
    const promise = new Promise((resolve, reject) => {
      const settle = (/** @type {(value: any) => void} */ settler, /** @type {any} */ value) => {
        if (this.#isClosed()) return;
        settler(value);
        // Reactions that script has attached by now run before the next operation begins.
        const next = () => this.#next();
        promise.then(next, next);
      };
      this.#operations.push(() => {
        operation().then(
          (value) => settle(resolve, value),
          (error) => settle(reject, error),
        );
      });
    });
    if (this.#operations.length === 1) this.#operations[0]();
    return promise;
  }

  #next() {
    if (this.#isClosed()) return;
    this.#operations.shift();
    if (this.#operations.length > 0) this.#operations[0]();
    else this.#whenEmpty();
  }
}
