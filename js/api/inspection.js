// What `webrtc-wasm/inspect` needs of the inside. Each instance of the package offers it to whoever inspects
// the realm, so that it does not matter which entry, or bundle of one, the application uses. Not for applications.

import { meetingPlaceOf } from './meeting-place.js';
import { observation } from './webidl/observation.js';
import { implOf } from './webidl/brand.js';

/**
 * @typedef {object} Inspection
 * @property {typeof observation} observation
 * @property {(wrapper: unknown) => any} implOf
 */

/** @type {Inspection} */
export const inspection = { observation, implOf };

/** @type {import('./meeting-place.js').MeetingPlace | undefined} */
let meetingPlace;

/**
 * Lets the realm's inspectors find this instance, if they are of the same version.
 * @param {string} version
 */
export function offerInspection(version) {
  meetingPlace = meetingPlaceOf(version);
  meetingPlace.instances.add(inspection);
  for (const tell of meetingPlace.watchers) tell(inspection);
}

/** Before the instance is thrown away, in a realm that stays. */
export function withdrawInspection() {
  meetingPlace?.instances.delete(inspection);
}
