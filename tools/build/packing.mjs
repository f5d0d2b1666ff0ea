// How a single file carries the engine: compressed, in base64. js/api/unpack.js has it unpacked.

import { readFileSync } from 'node:fs';
import { constants, deflateRawSync } from 'node:zlib';

/**
 * @param {Uint8Array} bytes
 * @returns {import('../../js/api/unpack.js').Packed}
 */
export function pack(bytes) {
  const packed = deflateRawSync(bytes, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
  return { text: packed.toString('base64'), size: bytes.length };
}

/**
 * For esbuild: an imported `dist/….wasm` is what unpack() takes.
 * @type {import('esbuild').Plugin}
 */
export const packing = {
  name: 'packing',
  setup(build) {
    build.onLoad({ filter: /\/dist\/[\w-]+\.wasm$/ }, ({ path }) => ({
      contents: JSON.stringify(pack(readFileSync(path))),
      loader: 'json',
    }));
  },
};
