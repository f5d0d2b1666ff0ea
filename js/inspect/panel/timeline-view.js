// The timeline as a list that grows; an entry opens to what it carries.

import { el } from './dom.js';

/** @typedef {import('../timeline.js').Entry} Entry */

/** More are not shown at once; the filter finds the others. */
const kMostShown = 400;

export class TimelineView {
  element = el('div');
  #list = el('ol', { class: 'entries' });
  #note = el('p', { class: 'empty' });
  #filter = '';
  /** @type {{ begin: number, shown: Entry[], key: string }} */
  #drawn = { begin: 0, shown: [], key: '' };
  /** @type {() => void} */
  #again = () => {};

  constructor() {
    const input = el('input', {
      type: 'search',
      placeholder: 'Filter: candidate, state, sdp, channel1 …',
      'aria-label': 'Filter',
      input: () => {
        this.#filter = input.value.trim().toLowerCase();
        this.#again();
      },
    });
    this.element.append(el('div', { class: 'filter' }, input), this.#list, this.#note);
  }

  /** @param {import('../dump.js').ConnectionDump} connection */
  show(connection) {
    this.#again = () => this.show(connection);
    const { timeline, created, timelineDropped, id } = connection;
    const matching = this.#filter ? timeline.filter((entry) => this.#matches(entry)) : timeline;
    const shown = matching.slice(-kMostShown);
    const key = `${id} ${created} ${this.#filter}`;
    const before = this.#drawn;
    this.#drawn = { begin: created, shown, key };
    // What is open stays open: only what is new is added.
    if (before.key !== key) this.#list.replaceChildren();
    const keep = new Set(shown);
    const had = new Set(before.key === key ? before.shown : []);
    for (const [i, entry] of [...had].entries()) {
      if (!keep.has(entry)) this.#list.children[i]?.classList.add('gone');
    }
    for (const gone of this.#list.querySelectorAll(':scope > .gone')) gone.remove();
    this.#list.append(
      ...shown.filter((entry) => !had.has(entry)).map((entry) => line(entry, created)),
    );
    const notes = [];
    if (shown.length === 0)
      notes.push(this.#filter ? 'Nothing matches.' : 'Nothing has happened yet.');
    if (matching.length > shown.length) {
      notes.push(`The last ${shown.length} of ${matching.length} are shown.`);
    }
    if (timelineDropped > 0) notes.push(`${timelineDropped} entries were dropped to save memory.`);
    this.#note.textContent = notes.join(' ');
    this.#note.hidden = notes.length === 0;
  }

  /** @param {Entry} entry */
  #matches(entry) {
    return JSON.stringify(entry).toLowerCase().includes(this.#filter);
  }
}

/**
 * @param {Entry} entry
 * @param {number} created
 */
function line(entry, created) {
  const { time, kind, on = '', name = '', value } = entry;
  const failed = value?.how === 'rejected' || kind === 'throw';
  const summary = el(
    'summary',
    {},
    el('span', { class: 'time' }, `${((time - created) / 1000).toFixed(3)}`),
    el('span', { class: `kind ${kind}${failed ? ' bad' : ''}` }, failed ? 'rejected' : kind),
    el('span', {}, on),
    el('span', { class: 'what' }, kind === 'call' ? brief(entry) : `${name} ${brief(entry)}`),
  );
  const detail = value === undefined ? '' : pretty(value);
  // Built when it is opened: descriptions are long.
  const details = el(
    'details',
    {
      class: detail ? '' : 'plain',
      toggle: () => {
        if (details.open && detail && details.children.length === 1)
          details.append(el('pre', {}, detail));
      },
    },
    summary,
  );
  return el('li', {}, details);
}

/** @param {Entry} entry */
function brief({ kind, value, name }) {
  if (value === undefined) return '';
  if (kind === 'state') return `→ ${value}`;
  if (kind === 'pair') return `${short(value.local)} ↔ ${short(value.remote)}`;
  if (kind === 'throw') return `${value.name}: ${value.message}`;
  if (value.how === 'rejected') return `${value.error.name}: ${value.error.message}`;
  if (name === 'icecandidate') return value.candidate?.candidate ?? '(end)';
  if (name === 'icecandidateerror') return `${value.errorCode} ${value.errorText}`;
  if (kind === 'relay') return [value.url, value.reason, value.detail].filter(Boolean).join(' ');
  if (kind === 'call') {
    const text = value.map(briefValue).join(', ');
    return name?.endsWith('=') ? `${name} ${text}` : `${name}(${text})`;
  }
  if (kind !== 'settle') return briefValue(value);
  return value.value === undefined ? 'done' : `→ ${briefValue(value.value)}`;
}

/** @param {any} value @returns {string} */
function briefValue(value) {
  if (typeof value?.sdp === 'string') return `${value.type ?? 'description'}`;
  if (typeof value?.candidate === 'string') return value.candidate || '(end)';
  if (value?.$object) return value.$object;
  if (value?.$undefined) return 'undefined';
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** `address:port type` of a candidate line. @param {string} candidate */
function short(candidate) {
  const words = `${candidate}`.split(' ');
  return words.length > 7 ? `${words[4]}:${words[5]} ${words[7]}` : candidate;
}

/** Descriptions are read line by line. @param {any} value */
function pretty(value) {
  return JSON.stringify(value, null, 2)
    .replace(/\\r\\n/g, '\n    ')
    .replace(/\\"/g, '"');
}
