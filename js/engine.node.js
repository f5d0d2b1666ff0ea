// The engine in Node.js: its bytes come from a file and are compiled at once, and what has to do with
// randomness comes from node:crypto, which is faster than the engine.
//
// Modules of the runtime are not imported but asked for when they are needed: who imports node:fs
// gets all of it, streams and promises included, which takes as long as to compile the engine.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.mjs';
import { instantiateNow } from './api/engine-loader.js';
import { host } from './engine-host.node.js';

const readBytes = () =>
  process.getBuiltinModule('node:fs').readFileSync(new URL('../dist/webrtc.wasm', import.meta.url));

/**
 * @param {any} [options] as for dist/webrtc.mjs, with the bytes of the package by default
 * @returns {Promise<any>} the engine's module
 */
export default async function createForNode(options = {}) {
  const isProvided = options.wasmBinary || options.instantiateWasm;
  return createEngine({ ...host, ...options, ...(isProvided ? {} : { wasmBinary: readBytes() }) });
}

/** @returns {any} the engine's module, ready when this returns */
export const openEngine = () =>
  instantiateNow(createEngine, new WebAssembly.Module(readBytes()), host);
