// The card that hurts the network: sliders, presets, and what they did.

import { kUnhurt } from './impaired-network.js';
import { formatRate } from '../path.js';

/** Steps of the slider, in bits per second. */
const kRates = [100e3, 200e3, 300e3, 500e3, 750e3, 1e6, 1.5e6, 2e6, 3e6, 5e6, Infinity];

/** Percent, ms, and a step of `kRates`. @type {Record<string, {loss: number, delay: number, rate: number}>} */
const kPresets = {
  perfect: { loss: 0, delay: 0, rate: kRates.length - 1 },
  wifi: { loss: 5, delay: 20, rate: 8 },
  far: { loss: 0, delay: 150, rate: kRates.length - 1 },
  slow: { loss: 0, delay: 30, rate: 3 },
  train: { loss: 15, delay: 200, rate: 4 },
};

export class Hurt {
  #card;
  #inputs;
  #direction;
  #changed;

  /**
   * @param {HTMLElement} card
   * @param {(impairment: import('./impaired-network.js').Impairment) => void} changed
   */
  constructor(card, changed) {
    this.#card = card;
    this.#changed = changed;
    const input = (/** @type {string} */ name) =>
      /** @type {HTMLInputElement} */ (card.querySelector(`[name="${name}"]`));
    this.#inputs = { loss: input('loss'), delay: input('delay'), rate: input('rate') };
    this.#direction = input('hurt-direction');
    for (const control of [...Object.values(this.#inputs), this.#direction]) {
      control.addEventListener('input', () => this.#apply());
    }
    for (const button of this.#presets) {
      button.addEventListener('click', () => {
        const preset = kPresets[button.dataset.preset ?? ''];
        for (const [name, value] of Object.entries(preset)) {
          this.#inputs[/** @type {'loss'} */ (name)].value = String(value);
        }
        this.#apply();
      });
    }
    this.#apply();
  }

  get #presets() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (
      this.#card.querySelectorAll('[data-preset]')
    );
  }

  /** What is set. @returns {import('./impaired-network.js').Impairment} */
  get impairment() {
    const { loss, delay, rate } = this.#inputs;
    return {
      loss: Number(loss.value) / 100,
      delay: Number(delay.value),
      rate: kRates[Number(rate.value)],
      direction: /** @type {'both'} */ (this.#direction.value),
    };
  }

  #apply() {
    const { loss, delay, rate } = this.impairment;
    this.#output('loss', `${Math.round(loss * 100)} %`);
    this.#output('delay', `${delay} ms`);
    this.#output('rate', rate === Infinity ? 'unlimited' : formatRate(rate));
    this.#inputs.rate.setAttribute(
      'aria-valuetext',
      rate === Infinity ? 'unlimited' : formatRate(rate),
    );
    for (const button of this.#presets) {
      const preset = kPresets[button.dataset.preset ?? ''];
      const isSet = Object.entries(preset).every(
        ([name, value]) => Number(this.#inputs[/** @type {'loss'} */ (name)].value) === value,
      );
      button.setAttribute('aria-pressed', String(isSet));
    }
    this.#changed({ ...kUnhurt, ...this.impairment });
  }

  /** @param {string} name @param {string} text */
  #output(name, text) {
    /** @type {HTMLElement} */ (this.#card.querySelector(`[data-of="${name}"]`)).textContent = text;
  }

  /**
   * Which end it acts on; none when there is no webrtc-wasm in this page's call.
   * @param {import('./counter-code.js').Author | undefined} end
   */
  setEnd(end) {
    this.#card.dataset.usable = end ? 'yes' : 'no';
    /** @type {HTMLElement} */ (this.#card.querySelector('#hurt-hint')).textContent = end
      ? `Acts on the datagrams of ${end}, the webrtc-wasm end, between it and the relay.`
      : 'Needs a webrtc-wasm end: a page has no hand on the browser’s own datagrams.';
    for (const control of [...Object.values(this.#inputs), this.#direction, ...this.#presets]) {
      control.disabled = !end;
    }
  }

  /** @param {{carried: number, dropped: number}} counts */
  count({ carried, dropped }) {
    const show = (/** @type {string} */ id, /** @type {number} */ value) => {
      /** @type {HTMLElement} */ (this.#card.querySelector(id)).textContent =
        value.toLocaleString('en');
    };
    show('#carried', carried);
    show('#dropped', dropped);
  }
}
