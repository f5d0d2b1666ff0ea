// Where instances of the package and inspectors of a realm meet. It stands alone, since an inspector loads no
// engine, and has no state of its own but the realm's.

/** @typedef {import('./inspection.js').Inspection} Inspection */

/**
 * @typedef {object} MeetingPlace
 * @property {Set<Inspection>} instances
 * @property {Set<(instance: Inspection) => void>} watchers  told of each instance that comes
 */

/**
 * @param {string} version  only what is of one version understands each other
 * @returns {MeetingPlace} the realm's, made for the first who asks
 */
export function meetingPlaceOf(version) {
  const key = Symbol.for(`webrtc-wasm ${version} inspection`);
  const realm = /** @type {{ [key: symbol]: MeetingPlace }} */ (/** @type {any} */ (globalThis));
  return (realm[key] ??= { instances: new Set(), watchers: new Set() });
}
