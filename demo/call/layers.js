// The layers of a simulcast: what each of them sends, switches for them, and which one is looked at.

import { kLayers } from './end.js';
import { formatRate } from '../path.js';

const kNames = { q: 'quarter', h: 'half', f: 'full' };

export class Layers {
  /** @type {Map<string, {root: HTMLElement, sent: number, at: number}>} */
  #layers = new Map();
  #card;
  #events;
  /** Until the user picks one, the largest that arrives is looked at. */
  #isPicked = false;

  /**
   * @param {HTMLElement} card
   * @param {{active: (rid: string, active: boolean) => void, look: (rid: string) => void}} events
   */
  constructor(card, events) {
    this.#card = card;
    this.#events = events;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('layer-template'));
    const list = /** @type {HTMLElement} */ (card.querySelector('.layers'));
    for (const { rid } of kLayers) {
      const root = /** @type {HTMLElement} */ (
        /** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild
      );
      root.dataset.rid = rid;
      const name = kNames[/** @type {'q'} */ (rid)];
      find(root, 'h3').textContent = `${rid} · ${name}`;
      const [active, look] = [input(root, '[type="checkbox"]'), input(root, '[type="radio"]')];
      active.setAttribute('aria-label', `Send layer ${rid}`);
      look.value = rid;
      look.setAttribute('aria-label', `Look at layer ${rid}`);
      active.addEventListener('change', () => {
        if (!active.checked && look.checked) this.#isPicked = false;
        this.#events.active(rid, active.checked);
      });
      look.addEventListener('change', () => {
        this.#isPicked = true;
        this.#events.look(rid);
      });
      find(root, 'video').setAttribute('aria-label', `Layer ${rid} as it arrives`);
      list.append(root);
      this.#layers.set(rid, { root, sent: NaN, at: NaN });
    }
    this.reset();
  }

  /** @param {boolean} visible */
  show(visible) {
    this.#card.hidden = !visible;
  }

  /** @param {string} rid @param {MediaStreamTrack} track */
  receives(rid, track) {
    const root = this.#root(rid);
    if (!root) return;
    /** @type {HTMLVideoElement} */ (find(root, 'video')).srcObject = new MediaStream([track]);
  }

  /** The one that is looked at. */
  get chosen() {
    const [first] = [...this.#layers.values()].filter(
      ({ root }) => input(root, '[type="radio"]').checked,
    );
    return first?.root.dataset.rid ?? 'f';
  }

  /** @param {string | null | undefined} rid */
  #root(rid) {
    return this.#layers.get(rid ?? '')?.root;
  }

  /**
   * @param {import('./measures.js').Snapshot | undefined} sender
   * @param {import('./measures.js').Snapshot | undefined} receiver
   */
  refresh(sender, receiver) {
    for (const [rid, layer] of this.#layers) {
      const sent = sender?.sent.find((one) => one.rid === rid);
      const got = receiver?.received.find((one) => one.mid === rid);
      const bits =
        sent && sender ? ((sent.bytesSent - layer.sent) * 8000) / (sender.at - layer.at) : NaN;
      if (sent && sender) Object.assign(layer, { sent: sent.bytesSent, at: sender.at });
      const rate = Number.isFinite(bits) ? formatRate(Math.max(0, bits)) : '–';
      const picture = (/** @type {any} */ one) =>
        one?.frameWidth
          ? `${one.frameWidth}×${one.frameHeight} · ${Math.round(one.framesPerSecond ?? 0)} fps`
          : '–';
      field(layer.root, 'rate', rate);
      field(layer.root, 'target', sent?.targetBitrate ? formatRate(sent.targetBitrate) : '–');
      field(layer.root, 'sent', picture(sent));
      field(layer.root, 'received', picture(got));
      layer.root.dataset.bitrate = Number.isFinite(bits) ? String(Math.round(bits)) : '';
      layer.root.dataset.fps = String(got?.framesPerSecond ?? 0);
    }
    if (!this.#isPicked) this.#lookAtLargest();
  }

  #lookAtLargest() {
    const [largest] = [...this.#layers]
      .filter(([, { root }]) => Number(root.dataset.fps) > 0)
      .reverse();
    if (!largest || largest[0] === this.chosen) return;
    input(largest[1].root, '[type="radio"]').checked = true;
    this.#events.look(largest[0]);
  }

  reset() {
    this.#isPicked = false;
    for (const [rid, layer] of this.#layers) {
      input(layer.root, '[type="checkbox"]').checked = true;
      input(layer.root, '[type="radio"]').checked = rid === 'f';
      /** @type {HTMLVideoElement} */ (find(layer.root, 'video')).srcObject = null;
      for (const name of ['rate', 'target', 'sent', 'received']) field(layer.root, name, '–');
      Object.assign(layer, { sent: NaN, at: NaN });
      layer.root.dataset.bitrate = '';
      layer.root.dataset.fps = '';
    }
  }
}

/** @param {HTMLElement} root @param {string} selector @returns {HTMLElement} */
const find = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
/** @param {HTMLElement} root @param {string} selector @returns {HTMLInputElement} */
const input = (root, selector) => /** @type {HTMLInputElement} */ (root.querySelector(selector));
/** @param {HTMLElement} root @param {string} name @param {string} text */
function field(root, name, text) {
  const cell = find(root, `[data-field="${name}"]`);
  if (cell.textContent !== text) cell.textContent = text;
}
