// The codecs in WebAssembly (wasm/codecs), loaded when a track first needs one. They are plain
// modules without glue, so that a service worker and a classic script, which must not import(), can
// load them as well.

/** @typedef {'opus' | 'vp8'} CodecName */
/** @typedef {WebAssembly.Module | BufferSource | string | URL} CodecSource */

/** @type {Map<CodecName, CodecSource | (() => CodecSource)>} */
const places = new Map();
/** @type {Map<CodecName, Promise<WebAssembly.Module>>} */
const compiled = new Map();

/** How many are being opened, which takes the realm's time. */
export const codecLoads = { pending: 0 };

/**
 * Says where a codec's module is.
 * @param {CodecName} name
 * @param {CodecSource | (() => CodecSource)} source the compiled module, its bytes, its URL, or a
 *   function that gives one of these when it is needed
 * @throws {TypeError} for another codec
 */
export function provideCodec(name, source) {
  if (name !== 'opus' && name !== 'vp8') throw new TypeError(`there is no codec module '${name}'`);
  places.set(name, source);
  compiled.delete(name);
}

/**
 * What the modules import: to be told that memory has grown, and the time, to see how long they take.
 * @param {{ memory?: WebAssembly.Memory }} own  which is there once the module runs
 */
const importsFor = (own) => ({
  env: { emscripten_notify_memory_growth() {} },
  wasi_snapshot_preview1: {
    clock_time_get(
      /** @type {number} */ _id,
      /** @type {bigint} */ _precision,
      /** @type {number} */ at,
    ) {
      const { buffer } = /** @type {WebAssembly.Memory} */ (own.memory);
      const nanoseconds = BigInt(Math.round(performance.now() * 1e6));
      new DataView(buffer).setBigUint64(at, nanoseconds, true);
      return 0;
    },
  },
});

/** @typedef {{ memory: WebAssembly.Memory } & Record<string, (...values: number[]) => number>} CodecExports */

/**
 * A codec with memory of its own: what one stream breaks is no other's, and is freed with it.
 * @param {CodecName} name
 * @returns {Promise<Codec>}
 * @throws {DOMException} NotSupportedError when its module cannot be had
 */
export async function openCodec(name) {
  let module = compiled.get(name);
  if (!module) {
    module = compile(name);
    compiled.set(name, module);
    module.catch(() => compiled.delete(name));
  }
  codecLoads.pending++;
  try {
    /** @type {{ memory?: WebAssembly.Memory }} */
    const own = {};
    const instance = await WebAssembly.instantiate(await module, importsFor(own));
    const exports = /** @type {CodecExports} */ (/** @type {unknown} */ (instance.exports));
    own.memory = exports.memory;
    exports._initialize?.();
    return new Codec(exports);
  } catch (error) {
    throw new DOMException(
      `the codec ${name} could not be loaded (${/** @type {any} */ (error)?.message ?? error}); ` +
        `call provideCodec('${name}', …) with its module, its bytes or its URL`,
      'NotSupportedError',
    );
  } finally {
    codecLoads.pending--;
  }
}

/** Whether a codec's module is within reach. @param {CodecName} name */
export const hasCodec = (name) => typeof WebAssembly === 'object' && places.has(name);

/** @param {CodecName} name @returns {Promise<WebAssembly.Module>} */
async function compile(name) {
  const place = places.get(name);
  const source = typeof place === 'function' ? place() : place;
  if (source === undefined) throw new Error('nobody has said where it is');
  // Not by instanceof: it may be another realm's.
  if (Object.prototype.toString.call(source) === '[object WebAssembly.Module]') {
    return /** @type {WebAssembly.Module} */ (source);
  }
  if (typeof source !== 'string' && !('href' in source)) {
    return WebAssembly.compile(/** @type {BufferSource} */ (source));
  }
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source}: HTTP ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Memory and functions of an instance. */
export class Codec {
  /** @param {CodecExports} exports */
  constructor(exports) {
    this.call = exports;
  }

  /**
   * Views are good until the next call, which may let memory grow.
   * @param {number} address
   * @param {number} length
   */
  bytes(address, length) {
    return new Uint8Array(this.call.memory.buffer, address, length);
  }

  /** @param {number} address @param {number} length */
  samples(address, length) {
    return new Int16Array(this.call.memory.buffer, address, length);
  }

  /**
   * @param {number} size
   * @returns {number} the address
   * @throws {RangeError} without memory
   */
  allocate(size) {
    const address = this.call.malloc(size);
    if (!address) throw new RangeError('the codec is out of memory');
    return address;
  }
}
