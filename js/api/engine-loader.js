// Instantiates the engine's WebAssembly module.

import { setEngine, setEngineFailure } from './runtime.js';

/**
 * Emscripten's factory, as dist/webrtc.mjs exports it.
 * @typedef {(options?: object) => Promise<any>} EngineFactory
 */

/**
 * How a module that the application has at hand is given to the factory.
 * @typedef {WebAssembly.Module | BufferSource | string | URL} EngineSource
 */

/**
 * Loads the engine from where the package keeps it. A failure is kept until a connection is made,
 * so that init() can still provide the engine otherwise.
 * @param {EngineFactory} factory
 */
export async function loadEngine(factory) {
  try {
    setEngine(await factory());
  } catch (error) {
    setEngineFailure(error);
  }
}

/**
 * Makes `init()`, for runtimes that take only precompiled modules and for pages that keep the
 * .wasm elsewhere.
 * @param {EngineFactory} factory
 */
export function makeInit(factory) {
  /**
   * @param {EngineSource} [source] the compiled module, its bytes or its URL; by default it is
   *   loaded from the package once more
   * @returns {Promise<void>}
   */
  return async function init(source) {
    setEngine(await factory(factoryOptions(source)));
  };
}

/**
 * @param {EngineSource | undefined} source
 * @returns {object}
 */
function factoryOptions(source) {
  if (source === undefined) return {};
  if (source instanceof WebAssembly.Module) {
    return {
      instantiateWasm(
        /** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ done,
      ) {
        WebAssembly.instantiate(source, imports).then((instance) => done(instance, source));
        return {};
      },
    };
  }
  if (typeof source === 'string' || source instanceof URL) {
    return { locateFile: () => String(source) };
  }
  if (ArrayBuffer.isView(source)) {
    return { wasmBinary: new Uint8Array(source.buffer, source.byteOffset, source.byteLength) };
  }
  if (Object.prototype.toString.call(source) === '[object ArrayBuffer]') {
    return { wasmBinary: new Uint8Array(source) };
  }
  throw new TypeError('init() takes a WebAssembly.Module, its bytes or its URL');
}
