// The panel: connections of an inspector as they go on, or a recording that was saved.

import { parseDump } from '../dump.js';
import { el, fill } from './dom.js';
import { mood, overview, statistics } from './overview.js';
import { dress } from './style.js';
import { TimelineView } from './timeline-view.js';

/** @typedef {import('../inspector.js').Inspector} Inspector */
/** @typedef {import('../dump.js').ConnectionDump} ConnectionDump */
/** @typedef {import('../dump.js').Dump} Dump */

/**
 * @typedef {object} PanelSource
 * @property {Inspector} [inspector]  shown as it goes on
 * @property {Dump | string} [dump]   or a recording, or its JSON
 */

/**
 * @typedef {object} Panel
 * @property {(source: PanelSource) => void} show
 * @property {() => void} refresh  at once, not after half a second
 * @property {() => void} remove
 */

/** How often what goes on is drawn anew. */
const kRefreshMs = 500;
const kTabs = /** @type {const} */ (['Overview', 'Timeline', 'Statistics']);

/**
 * Shows the panel inside of an element, in a shadow tree of its own.
 * @param {HTMLElement} host  empty; the attribute `theme` ("light" or "dark") wins over the page's scheme
 * @param {PanelSource} [source]
 * @returns {Panel}
 * @throws {TypeError} when the dump is none
 */
export function mountPanel(host, source = {}) {
  return new PanelView(host, source);
}

/**
 * Defines the element `<webrtc-inspect>`; its property `source` is what `mountPanel` takes.
 * @param {string} [name]
 */
export function definePanel(name = 'webrtc-inspect') {
  if (customElements.get(name)) return;
  customElements.define(
    name,
    class extends HTMLElement {
      /** @type {Panel | undefined} */
      #panel;
      /** @type {PanelSource} */
      #source = {};

      get source() {
        return this.#source;
      }

      set source(source) {
        this.#source = source;
        this.#panel?.show(source);
      }

      connectedCallback() {
        this.#panel ??= mountPanel(this, this.#source);
      }

      disconnectedCallback() {
        this.#panel?.remove();
        this.#panel = undefined;
      }
    },
  );
}

/** @implements {Panel} */
class PanelView {
  #root;
  #header = el('header');
  #nav = el('nav', { role: 'tablist' });
  #main = el('main');
  #problem = el('div', { class: 'problem', role: 'alert', hidden: true });
  #timeline = new TimelineView();
  /** @type {Inspector | undefined} */
  #inspector;
  /** @type {ConnectionDump[]} */
  #saved = [];
  #revision = -1;
  #headKey = '';
  /** @type {number | undefined} */
  #chosen;
  /** @type {typeof kTabs[number]} */
  #tab = 'Overview';
  #timer;

  /**
   * @param {HTMLElement} host
   * @param {PanelSource} source
   */
  constructor(host, source) {
    this.#root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    dress(this.#root);
    this.#root.replaceChildren(
      el(
        'section',
        { class: 'panel', 'aria-label': 'webrtc-wasm inspector' },
        this.#header,
        this.#problem,
        this.#nav,
        this.#main,
      ),
    );
    this.show(source);
    this.#timer = setInterval(() => {
      if (!this.#inspector || this.#inspector.revision === this.#revision) return;
      // Who reads a graph is left alone.
      if (!this.#main.querySelector('figure:hover')) this.refresh();
    }, kRefreshMs);
  }

  /** @param {PanelSource} source */
  show({ inspector, dump }) {
    this.#inspector = inspector;
    this.#saved = dump === undefined ? [] : parseDump(dump).connections;
    this.#chosen = undefined;
    this.#problem.hidden = true;
    this.refresh();
  }

  remove() {
    clearInterval(this.#timer);
    this.#root.replaceChildren();
  }

  refresh() {
    this.#revision = this.#inspector?.revision ?? 0;
    const connections = this.#inspector?.connections ?? this.#saved;
    const shown = connections.find(({ id }) => id === this.#chosen) ?? connections.at(-1);
    // Buttons that are made anew while they are pressed would not be clicked.
    const key = JSON.stringify([
      connections.map(({ id, label, states, closed, packets }) => [
        id,
        label,
        closed,
        states.connectionState,
        !!packets,
      ]),
      shown?.id,
      this.#tab,
      !!this.#inspector,
    ]);
    if (key !== this.#headKey) {
      this.#drawHeader(connections, shown);
      this.#drawTabs();
    }
    this.#headKey = key;
    if (!shown) {
      fill(this.#main, el('p', { class: 'empty' }, 'No connection is recorded yet.'));
      return;
    }
    if (this.#tab === 'Timeline') {
      this.#timeline.show(shown);
      const { element } = this.#timeline;
      if (element.parentNode !== this.#main) fill(this.#main, element);
    } else if (this.#tab === 'Statistics') this.#drawStatistics(shown);
    else fill(this.#main, overview(shown));
  }

  #drawTabs() {
    const tabs = kTabs.map((tab) =>
      el(
        'button',
        { role: 'tab', 'aria-selected': `${tab === this.#tab}`, click: () => this.#open(tab) },
        tab,
      ),
    );
    fill(this.#nav, ...tabs);
  }

  /** What is open stays open. @param {ConnectionDump} shown */
  #drawStatistics(shown) {
    const open = [...this.#main.querySelectorAll('details[open]')].map((each) => each.dataset.id);
    fill(this.#main, statistics(shown));
    for (const each of this.#main.querySelectorAll('details')) {
      each.open = open.includes(each.dataset.id);
    }
  }

  /** @param {typeof kTabs[number]} tab */
  #open(tab) {
    this.#tab = tab;
    this.refresh();
  }

  /**
   * @param {ConnectionDump[]} connections
   * @param {ConnectionDump | undefined} shown
   */
  #drawHeader(connections, shown) {
    const choices = connections.map(({ id, label, states, closed }) =>
      el(
        'button',
        {
          'aria-pressed': `${id === shown?.id}`,
          class: closed === null ? mood(states.connectionState) : '',
          click: () => {
            this.#chosen = id;
            this.refresh();
          },
        },
        el('i', { class: 'dot' }),
        label || `Connection ${id}`,
      ),
    );
    const hasPackets = connections.some(({ packets }) => packets);
    const actions = el(
      'div',
      { class: 'actions' },
      this.#inspector && el('button', { click: () => this.#saveDump() }, 'Save JSON'),
      this.#inspector &&
        hasPackets &&
        el('button', { click: () => this.#saveCapture() }, 'Save pcapng'),
      el(
        'label',
        { class: 'file' },
        'Open…',
        el('input', {
          type: 'file',
          accept: 'application/json,.json',
          change: (/** @type {Event} */ event) =>
            this.#load(/** @type {HTMLInputElement} */ (event.target).files?.[0]),
        }),
      ),
    );
    fill(
      this.#header,
      el('strong', {}, this.#inspector ? 'WebRTC' : 'WebRTC recording'),
      ...choices,
      actions,
    );
  }

  /** @param {File | undefined} file */
  async #load(file) {
    if (!file) return;
    try {
      this.show({ dump: await file.text() });
    } catch (error) {
      this.#report(error);
    }
  }

  #saveDump() {
    save('webrtc.json', 'application/json', JSON.stringify(this.#inspector));
  }

  async #saveCapture() {
    try {
      const bytes = await /** @type {Inspector} */ (this.#inspector).pcapng();
      save('webrtc.pcapng', 'application/x-pcapng', bytes);
    } catch (error) {
      this.#report(error);
    }
  }

  /** @param {unknown} error */
  #report(error) {
    this.#problem.textContent = error instanceof Error ? error.message : `${error}`;
    this.#problem.hidden = false;
  }
}

/**
 * @param {string} name
 * @param {string} type
 * @param {BlobPart} content
 */
function save(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
