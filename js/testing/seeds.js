// Chance that repeats itself: seeds for connections, and identifiers, each from a name.

import { seededRandom } from '../net/virtual-link.js';

/**
 * A hash of a text, the same everywhere (FNV-1a, finished as MurmurHash3 does).
 * @param {string} text
 * @returns {number} 32 bits
 */
export function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * @param {string} name
 * @returns {() => number} uniform in [0, 1)
 */
export const randomNamed = (name) => seededRandom(hashOf(name));

/**
 * @param {() => number} random
 * @param {number} count
 */
export const drawBytes = (random, count) =>
  Uint8Array.from({ length: count }, () => Math.floor(256 * random()));

/**
 * A UUID in the form of RFC 9562 section 5.4.
 * @param {() => number} random
 */
export function drawUuid(random) {
  const bytes = drawBytes(random, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
