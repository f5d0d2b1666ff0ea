// A trace while it grows: entries in the order in which script saw things, each with its task, and with
// the states that had changed by then.

import { describe, describeError } from './describe.js';
import { interfaceOf, watchedInterfaces } from './interfaces.js';
import { watch } from './watch.js';
import { TaskCounter } from './task-counter.js';

/**
 * @typedef {object} Entry
 * @property {'call' | 'return' | 'throw' | 'settle' | 'event' | 'state' | 'note' | 'step' | 'end'} kind
 * @property {number} task that it came in; equal numbers are one task
 * @property {string} [on] the object's name
 * @property {string} [name] of the method, event, attribute, note or step
 * @property {number} [call] which call it belongs to
 * @property {any} [value] what was given, told, or seen
 */

/**
 * A run of one scenario on one implementation, as JSON.
 * @typedef {object} Trace
 * @property {string} scenario
 * @property {string} implementation
 * @property {Entry[]} entries
 * @property {string[]} profile what the implementation can: codecs and header extensions
 */

export class Recorder {
  /** @type {Entry[]} */
  entries = [];
  #tasks = new TaskCounter();
  #calls = 0;
  /** @type {Map<object, string>} */
  #names = new Map();
  /** @type {Map<string, number>} */
  #counts = new Map();
  /** @type {Map<object, Record<string, any>>} states as they were seen last, by object */
  #states = new Map();
  #paused = 0;
  #ended = false;

  /**
   * The name of an object; an object that has none gets one, and is watched from then on.
   * @param {any} object
   * @returns {string}
   */
  nameOf = (object) => {
    const known = this.#names.get(object);
    if (known) return known;
    const watched = watchedInterfaces[interfaceOf(object)];
    const count = (this.#counts.get(watched.prefix) ?? 0) + 1;
    this.#counts.set(watched.prefix, count);
    const name = `${watched.prefix}${count}`;
    this.#names.set(object, name);
    watch(object, watched, this);
    if (watched.states) {
      this.#states.set(
        object,
        Object.fromEntries(watched.states.map((state) => [state, object[state]])),
      );
    }
    return name;
  };

  /** @param {any} value */
  describe(value) {
    return describe(value, this.nameOf);
  }

  /**
   * Adds an entry, and before it what has changed by then.
   * @param {Omit<Entry, 'task'>} entry
   */
  add(entry) {
    if (this.#ended) return;
    const task = this.#tasks.current();
    this.#addStates(task);
    this.entries.push({ ...entry, task });
  }

  /**
   * Calls a method and records what comes of it. What a helper does on the scenario's behalf
   * (`paused`) goes on unrecorded.
   * @param {any} object
   * @param {string} name
   * @param {any[]} args
   * @param {() => any} call
   */
  call(object, name, args, call) {
    if (this.#paused > 0 || this.#ended) return call();
    const id = ++this.#calls;
    const on = this.nameOf(object);
    this.add({ kind: 'call', on, name, call: id, value: this.describe(args) });
    let result;
    try {
      result = call();
    } catch (error) {
      this.add({ kind: 'throw', on, name, call: id, value: { $error: describeError(error) } });
      throw error;
    }
    if (typeof result?.then !== 'function') {
      this.add({ kind: 'return', on, name, call: id, value: this.describe(result) });
      return result;
    }
    this.#lookAround();
    result.then(
      (/** @type {any} */ value) => {
        const described = { how: 'fulfilled', value: this.describe(value) };
        this.add({ kind: 'settle', on, name, call: id, value: described });
      },
      (/** @type {any} */ error) => {
        const described = { how: 'rejected', value: { $error: describeError(error) } };
        this.add({ kind: 'settle', on, name, call: id, value: described });
      },
    );
    return result;
  }

  /**
   * @template T
   * @param {() => T} work whose calls are none of the scenario's
   * @returns {T}
   */
  paused(work) {
    this.#paused++;
    try {
      return work();
    } finally {
      this.#paused--;
    }
  }

  /** Nothing is added any more. */
  end() {
    this.#ended = true;
  }

  /** States that a call has changed at once are told before anything else happens. */
  #lookAround() {
    if (!this.#ended) this.#addStates(this.#tasks.current());
  }

  /** Transports and the ends of transceivers come with others; they are found where they hang. */
  #findParts() {
    for (const object of this.#names.keys()) {
      for (const part of watchedInterfaces[interfaceOf(object)].parts ?? []) {
        const found = /** @type {any} */ (object)[part];
        if (found) this.nameOf(found);
      }
    }
  }

  /** @param {number} task */
  #addStates(task) {
    this.#findParts();
    for (const [object, seen] of this.#states) {
      for (const [state, before] of Object.entries(seen)) {
        const value = /** @type {any} */ (object)[state];
        if (value === before) continue;
        seen[state] = value;
        const on = this.#names.get(object);
        this.entries.push({ kind: 'state', on, name: state, value, task });
      }
    }
  }
}
