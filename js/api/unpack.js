// The engine out of a single file, at once: packed, it is a third of what base64 would be.

// @ts-ignore the build puts its bytes here (wasm/packing/unpack.c)
import unpacker from '../../dist/webrtc-unpack.wasm';

/**
 * What tools/build/packing.mjs makes of a file.
 * @typedef {object} Packed
 * @property {string} text
 * @property {number} size  of what is in it, in bytes
 */

/**
 * @typedef {object} Unpacker  wasm/packing/unpack.c
 * @property {WebAssembly.Memory} memory
 * @property {(characters: number, bytes: number) => number} begin
 * @property {() => number} step
 * @property {() => number} output
 */

/**
 * @param {Packed} packed
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function unpack({ text, size }) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(unpacker));
  const { memory, begin, step, output } = /** @type {Unpacker} */ (/** @type {any} */ (exports));
  const start = begin(text.length, size);
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, start, text.length));
  while (step() < size);
  return new Uint8Array(/** @type {ArrayBuffer} */ (memory.buffer), output(), size);
}
