// What the entries of known differences share.

export { spec } from '../scenarios/specs.js';

/** @typedef {import('../explain.js').KnownDifference} KnownDifference */

export const kBoth = /** @type {const} */ (['chromium', 'firefox']);
export const kChromium = /** @type {const} */ (['chromium']);
export const kFirefox = /** @type {const} */ (['firefox']);

/** @param {string} section of RFC 9429 */
export const jsep = (section) => `https://www.rfc-editor.org/rfc/rfc9429.html#section-${section}`;

/** What follows from one side's refusal of a description. */
export const kRefusal =
  /signalingState|signalingstatechange|setRemoteDescription|setLocalDescription|event track|note state|transceivers|the answer|createAnswer|note error/;
