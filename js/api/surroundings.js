// What connections have around them: a clock, sockets, chance. It is the realm's, unless they are made
// within other surroundings, as those of a simulation are (js/testing).

import { realClock } from '../media/clock.js';
import { uuid } from '../media/uuid.js';
import { currentNetwork } from './runtime.js';

/** @typedef {import('../media/clock.js').Clock} Clock */
/** @typedef {import('../net/network.js').Network} Network */

/**
 * @typedef {object} Surroundings
 * @property {Clock} clock  of media, and of what script is told about times
 * @property {() => number} unixTime  milliseconds since 1970
 * @property {() => Network} network  for a new connection
 * @property {() => string} uuid  for tracks and the like
 * @property {boolean} showsMedia  whether the page may show what is received
 * @property {() => Uint8Array | undefined} seed  of a new connection or certificate: all that is
 *   random in it repeats itself
 */

/** @type {Surroundings} */
const realm = {
  clock: realClock,
  unixTime: () => Date.now(),
  network: currentNetwork,
  uuid,
  showsMedia: true,
  seed: () => undefined,
};

let current = realm;

export const surroundings = () => current;

/**
 * What is made from now on has these surroundings, for good. No other script may run before they are left.
 * @param {Surroundings} those
 * @returns {() => void} leaves them
 */
export function enter(those) {
  const before = current;
  current = those;
  return () => {
    current = before;
  };
}

/**
 * A time of the clock, in milliseconds since 1970 with their fractions.
 * @param {Clock} clock
 * @param {number} [time]
 */
export const sinceEpoch = (clock, time = clock.now()) => clock.timeOrigin() + time;
