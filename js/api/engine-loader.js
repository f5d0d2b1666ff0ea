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
 * Spares the glue to look for its file beside itself: a bundle may not know where it is.
 * @param {string} name
 */
const locateFile = (name) => name;

/**
 * For realms that may instantiate at once.
 * @param {EngineFactory} factory
 * @param {WebAssembly.Module} module
 * @param {object} [host]  what else the factory takes
 * @returns {any} the engine's module, ready when this returns
 */
export function instantiateNow(factory, module, host = {}) {
  const engine = {
    ...host,
    locateFile,
    /**
     * @param {WebAssembly.Imports} imports
     * @param {(instance: WebAssembly.Instance, module: WebAssembly.Module) => object} done
     */
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports), module),
  };
  // The glue has finished when its instance is there at once; the promise says nothing new.
  void factory(engine);
  return engine;
}

/**
 * @param {EngineSource | undefined} source
 * @returns {object}
 */
function factoryOptions(source) {
  if (source === undefined) return {};
  // Not by instanceof: it may be another realm's.
  if (Object.prototype.toString.call(source) === '[object WebAssembly.Module]') {
    const module = /** @type {WebAssembly.Module} */ (source);
    return {
      locateFile,
      instantiateWasm(
        /** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ done,
      ) {
        WebAssembly.instantiate(module, imports).then((instance) => done(instance, module));
        return {};
      },
    };
  }
  if (typeof source === 'string' || source instanceof URL) {
    return { locateFile: () => String(source) };
  }
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return { locateFile, wasmBinary: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  if (Object.prototype.toString.call(source) === '[object ArrayBuffer]') {
    return { locateFile, wasmBinary: new Uint8Array(/** @type {ArrayBuffer} */ (source)) };
  }
  throw new TypeError('init() takes a WebAssembly.Module, its bytes or its URL');
}
