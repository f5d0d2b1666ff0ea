// What happened to one connection, in order, bounded: when there is too much of it, the oldest goes, but not
// what came first of all, for it says how the connection was set up.

import { weigh } from './describe.js';

/**
 * One line of a timeline; docs/inspect.md has the kinds.
 * @typedef {object} Entry
 * @property {number} seq   counts from 0, without gaps but for what was dropped
 * @property {number} time  milliseconds since 1970
 * @property {'call' | 'return' | 'throw' | 'settle' | 'event' | 'state' | 'pair' | 'relay' | 'note'} kind
 * @property {string} [on]  the object's name
 * @property {string} [name]  of the method, event or attribute
 * @property {number} [call]  which call it belongs to
 * @property {any} [value]
 */

/** So much of the limits belongs to the beginning. */
const kHeadShare = 0.25;

export class Timeline {
  /** @type {Entry[]} */
  #head = [];
  /** @type {Entry[]} */
  #tail = [];
  /** Where the tail begins in its array, which is moved up now and then. */
  #first = 0;
  /** @type {number[]} */
  #weights = [];
  #headBytes = 0;
  #tailBytes = 0;
  #headIsFull = false;
  #next = 0;
  dropped = 0;

  /** @param {{ maxEntries: number, maxBytes: number }} limits */
  constructor({ maxEntries, maxBytes }) {
    this.#limits = {
      headEntries: Math.floor(maxEntries * kHeadShare),
      headBytes: maxBytes * kHeadShare,
      tailEntries: Math.ceil(maxEntries * (1 - kHeadShare)),
      tailBytes: maxBytes * (1 - kHeadShare),
    };
  }

  #limits;

  /** @param {Omit<Entry, 'seq'>} content */
  add(content) {
    const entry = { seq: this.#next++, ...content };
    const weight = 64 + weigh(entry.value);
    const { headEntries, headBytes, tailEntries, tailBytes } = this.#limits;
    if (!this.#headIsFull) {
      if (this.#head.length < headEntries && this.#headBytes + weight <= headBytes) {
        this.#head.push(entry);
        this.#headBytes += weight;
        return entry;
      }
      this.#headIsFull = true;
    }
    this.#tail.push(entry);
    this.#weights.push(weight);
    this.#tailBytes += weight;
    while (this.#tail.length - this.#first > tailEntries || this.#tailBytes > tailBytes) {
      this.#tailBytes -= this.#weights[this.#first];
      this.#first++;
      this.dropped++;
      if (this.#first === this.#tail.length) break;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#first);
      this.#weights = this.#weights.slice(this.#first);
      this.#first = 0;
    }
    return entry;
  }

  /** How many there have been. */
  get count() {
    return this.#next;
  }

  /** About how much memory what is kept takes. */
  get bytes() {
    return this.#headBytes + this.#tailBytes;
  }

  /** What is kept. @returns {Entry[]} */
  entries() {
    return [...this.#head, ...this.#tail.slice(this.#first)];
  }
}
