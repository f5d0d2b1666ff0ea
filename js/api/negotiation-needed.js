import { queueTask } from './tasks.js';

/**
 * What the flag depends on.
 * @typedef {object} NegotiationNeededContext
 * @property {() => boolean} isClosed
 * @property {() => boolean} isChainEmpty
 * @property {() => boolean} isStable
 * @property {() => boolean} check "check if negotiation is needed"
 * @property {() => void} fire fires negotiationneeded
 */

/** The negotiation-needed flag (webrtc-pc section 4.7). */
export class NegotiationNeeded {
  /** [[NegotiationNeeded]] */
  #isNeeded = false;
  /** [[UpdateNegotiationNeededFlagOnEmptyChain]] */
  #updateOnEmptyChain = false;
  #context;

  /** @param {NegotiationNeededContext} context */
  constructor(context) {
    this.#context = context;
  }

  /** "Clear the negotiation-needed flag". */
  clear() {
    this.#isNeeded = false;
  }

  /** "Update the negotiation-needed flag". */
  update() {
    if (!this.#context.isChainEmpty()) {
      this.#updateOnEmptyChain = true;
      return;
    }
    queueTask(() => {
      const { isClosed, isChainEmpty, isStable, check, fire } = this.#context;
      if (isClosed()) return;
      if (!isChainEmpty()) {
        this.#updateOnEmptyChain = true;
        return;
      }
      if (!isStable()) return;
      if (!check()) {
        this.#isNeeded = false;
        return;
      }
      if (this.#isNeeded) return;
      this.#isNeeded = true;
      fire();
    });
  }

  /** The last operation of the chain has settled. */
  chainBecameEmpty() {
    if (!this.#updateOnEmptyChain) return;
    this.#updateOnEmptyChain = false;
    this.update();
  }
}
