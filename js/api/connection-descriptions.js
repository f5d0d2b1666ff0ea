// The four descriptions of a connection, as the objects that script sees.

import { interfaceNamed } from './webidl/interface.js';

/** @typedef {{type: RTCSdpType, sdp: string}} Description */

/**
 * @typedef {object} DescriptionSlots
 * @property {Description | null} currentLocalDescription
 * @property {Description | null} pendingLocalDescription
 * @property {Description | null} currentRemoteDescription
 * @property {Description | null} pendingRemoteDescription
 */

const slotNames = /** @type {const} */ ([
  'currentLocalDescription',
  'pendingLocalDescription',
  'currentRemoteDescription',
  'pendingRemoteDescription',
]);

export class ConnectionDescriptions {
  /** @type {Record<keyof DescriptionSlots, RTCSessionDescription | null>} */
  #objects = {
    currentLocalDescription: null,
    pendingLocalDescription: null,
    currentRemoteDescription: null,
    pendingRemoteDescription: null,
  };
  #isStale = false;
  #read;

  /** @param {() => DescriptionSlots} read asks the engine */
  constructor(read) {
    this.#read = read;
  }

  /**
   * Candidates have come. Descriptions are long: they are read again when script asks for them.
   */
  markStale() {
    this.#isStale = true;
  }

  /** Reads what is stale while the engine can still be asked. */
  refresh() {
    if (this.#isStale) this.adopt(this.#read());
  }

  /** @param {DescriptionSlots} slots */
  adopt(slots) {
    this.#isStale = false;
    for (const name of slotNames) {
      this.#objects[name] = descriptionObject(slots[name], this.#objects[name]);
    }
  }

  /** @param {keyof DescriptionSlots} name */
  get(name) {
    this.refresh();
    return this.#objects[name];
  }

  get local() {
    return this.get('pendingLocalDescription') ?? this.get('currentLocalDescription');
  }

  get remote() {
    return this.get('pendingRemoteDescription') ?? this.get('currentRemoteDescription');
  }
}

/**
 * The object that script sees for a description, the same one while nothing changed.
 * @param {Description | null} description
 * @param {any} known RTCSessionDescription
 * @returns {any} RTCSessionDescription
 */
function descriptionObject(description, known) {
  if (!description) return null;
  if (known && known.type === description.type && known.sdp === description.sdp) return known;
  return new (interfaceNamed('RTCSessionDescription'))(description);
}
