// The engine out of a single file, at once: DecompressionStream would give its bytes too late for who
// needs the engine while a constructor runs.

import { inflateSync } from 'fflate';

/**
 * What tools/build/packing.mjs makes of a file.
 * @typedef {object} Packed
 * @property {string} text  DEFLATE (RFC 1951) in base64
 * @property {number} size  of what is in it, in bytes
 */

/**
 * @param {Packed} packed
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function unpack({ text, size }) {
  const characters = atob(text);
  const packed = new Uint8Array(characters.length);
  for (let i = 0; i < packed.length; i++) packed[i] = characters.charCodeAt(i);
  return inflateSync(packed, { out: new Uint8Array(size) });
}
