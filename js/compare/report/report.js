// The report: counts, filters, search, and a card for each scenario. tools/compare.mjs puts it into a file
// with its results, and the demo's compare page adds results as they come.

import { el } from './dom.js';
import { scenarioCard } from './scenario-card.js';
import { kStandings, standingOf } from './words.js';

/** @typedef {import('./words.js').Standing} Standing */

const kOrder = /** @type {Standing[]} */ (Object.keys(kStandings));

export class Report {
  #known;
  #sides;
  /** @type {{ card: HTMLElement, standing: Standing, text: string, group: string }[]} */
  #cards = [];
  /** @type {Map<string, HTMLElement>} */
  #groups = new Map();
  /** @type {Standing | 'all' | 'differs'} */
  #filter = 'all';
  #search = '';
  #list = el('div.groups', null);
  #bar = el('div.bar', { role: 'img' });
  #filters = el('div.filters', { role: 'group', 'aria-label': 'Which scenarios' });
  #empty = el('p.empty', { hidden: true }, 'No scenario is like that.');

  /**
   * @param {HTMLElement} root that the report is put into
   * @param {object} options
   * @param {readonly any[]} options.known differences
   * @param {[string, string]} options.sides what the implementations are called
   */
  constructor(root, { known, sides }) {
    this.#known = new Map(known.map((one) => [one.id, one]));
    this.#sides = sides;
    const search = el('input', {
      type: 'search',
      placeholder: 'Search scenarios, members, reasons',
      'aria-label': 'Search',
    });
    search.addEventListener('input', () => {
      this.#search = /** @type {HTMLInputElement} */ (search).value.trim().toLowerCase();
      this.#apply();
    });
    root.replaceChildren(
      this.#bar,
      el('div.tools', null, this.#filters, search),
      this.#list,
      this.#empty,
    );
    this.#count();
  }

  /** @param {any} result an explained comparison */
  add(result) {
    const standing = standingOf(result, this.#known);
    const card = scenarioCard(result, { standing, known: this.#known, sides: this.#sides });
    const reasons = result.known.map((/** @type {string} */ id) => this.#known.get(id)?.why ?? '');
    const paths = result.differences.map((/** @type {any} */ { path }) => path);
    const text = [result.scenario, result.group, ...reasons, ...paths].join('\n').toLowerCase();
    this.#cards.push({ card, standing, text, group: result.group });
    this.#group(result.group).append(card);
    this.#count();
    this.#apply();
  }

  /** How many scenarios stand how. @returns {Record<Standing, number>} */
  get counts() {
    return /** @type {any} */ (
      Object.fromEntries(
        kOrder.map((one) => [one, this.#cards.filter(({ standing }) => standing === one).length]),
      )
    );
  }

  /** @param {string} name */
  #group(name) {
    let section = this.#groups.get(name);
    if (!section) {
      section = el('section.group', null, el('h3', null, name, el('span.tally', null)));
      this.#groups.set(name, section);
      this.#list.append(section);
    }
    return section;
  }

  #count() {
    const { counts } = this;
    const total = this.#cards.length;
    this.#bar.replaceChildren(
      ...kOrder.map((one) =>
        el('i', {
          'data-standing': one,
          style: `flex-grow: ${counts[one]}`,
          hidden: counts[one] === 0,
        }),
      ),
    );
    this.#bar.setAttribute(
      'aria-label',
      kOrder.map((one) => `${kStandings[one].label}: ${counts[one]}`).join(', '),
    );
    const differs = total - counts.same;
    this.#filters.replaceChildren(
      this.#chip('all', 'all', total),
      this.#chip('differs', 'differs', differs),
      ...kOrder.map((one) => this.#chip(one, kStandings[one].label, counts[one])),
    );
    for (const [name, section] of this.#groups) {
      const own = this.#cards.filter(({ group }) => group === name);
      const same = own.filter(({ standing }) => standing === 'same').length;
      const tally = /** @type {HTMLElement} */ (section.querySelector('.tally'));
      tally.textContent = `${same} of ${own.length} the same`;
    }
  }

  /**
   * @param {Standing | 'all' | 'differs'} filter
   * @param {string} label
   * @param {number} count
   */
  #chip(filter, label, count) {
    const title = kStandings[/** @type {Standing} */ (filter)]?.long;
    const chip = el(
      'button.chip',
      { type: 'button', 'aria-pressed': this.#filter === filter, 'data-standing': filter, title },
      el('b', null, String(count)),
      ` ${label}`,
    );
    chip.setAttribute('aria-pressed', String(this.#filter === filter));
    chip.addEventListener('click', () => {
      this.#filter = filter;
      this.#count();
      this.#apply();
    });
    return chip;
  }

  #apply() {
    let shown = 0;
    for (const { card, standing, text } of this.#cards) {
      const fits =
        this.#filter === 'all' ||
        this.#filter === standing ||
        (this.#filter === 'differs' && standing !== 'same');
      card.hidden = !fits || !text.includes(this.#search);
      if (!card.hidden) shown++;
    }
    for (const section of this.#groups.values()) {
      section.hidden = !section.querySelector('.scenario:not([hidden])');
    }
    this.#empty.hidden = shown > 0 || this.#cards.length === 0;
  }
}

/**
 * The whole page of a report file: one tab for each browser.
 * @param {HTMLElement} root
 * @param {{ browsers: any[], known: any[], made: string }} data
 */
export function renderPage(root, { browsers, known, made }) {
  const panel = el('div.report', { role: 'tabpanel' });
  const tabs = browsers.map(({ browser, version }) =>
    el(
      'button',
      { type: 'button', role: 'tab' },
      el('b', null, title(browser)),
      ` ${number(version)}`,
    ),
  );
  const show = (/** @type {number} */ index) => {
    for (const [i, tab] of tabs.entries()) tab.setAttribute('aria-selected', String(i === index));
    const { browser, results } = browsers[index];
    const report = new Report(panel, { known, sides: [title(browser), 'webrtc-wasm'] });
    for (const result of results) report.add(result);
  };
  for (const [index, tab] of tabs.entries()) tab.addEventListener('click', () => show(index));
  root.replaceChildren(
    el(
      'header.masthead',
      null,
      el('h1', null, 'The same scenario, twice'),
      el(
        'p',
        null,
        'What native WebRTC and webrtc-wasm do with the same calls, and whose side the specification is on.',
      ),
      el('div.tabs', { role: 'tablist', 'aria-label': 'Browser' }, ...tabs),
    ),
    panel,
    el('footer', null, el('p', null, `Made ${made} by npm run compare.`)),
  );
  if (browsers.length > 0) show(0);
}

/** @param {string} browser */
const title = (browser) => browser[0].toUpperCase() + browser.slice(1);

/** @param {string} version */
const number = (version) => /[\d.]+/.exec(version)?.[0] ?? version;
