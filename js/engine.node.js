// The engine in Node.js: its bytes come from a file and are compiled at once, and what has to do with
// randomness comes from node:crypto, which is faster than the engine.
//
// Modules of the runtime are not imported but asked for when they are needed: who imports node:fs
// gets all of it, streams and promises included, which takes as long as to compile the engine.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.mjs';
import { instantiateNow } from './api/engine-loader.js';

const readBytes = () =>
  process.getBuiltinModule('node:fs').readFileSync(new URL('../dist/webrtc.wasm', import.meta.url));

/** @type {typeof import('node:crypto') | undefined} */
let cryptoModule;
// Kept, since the runtime looks a while for what it has.
const crypto = () => (cryptoModule ??= process.getBuiltinModule('node:crypto'));

/** @type {import('node:crypto').ECDH | undefined} */
let ecdh;
const p256 = () => (ecdh ??= crypto().createECDH('prime256v1'));

/** What the engine takes from its host; docs/engine.md says more. */
const host = {
  /** @param {Uint8Array} bytes */
  fillRandom(bytes) {
    crypto().randomFillSync(bytes);
  },

  /**
   * A key pair of the curve P-256, big-endian.
   * @param {Uint8Array} scalar 32 bytes
   * @param {Uint8Array} point 65 bytes: uncompressed
   * @returns {boolean} false when the realm cannot make one
   */
  drawKeyPair(scalar, point) {
    try {
      point.set(p256().generateKeys());
      const key = p256().getPrivateKey();
      scalar.fill(0);
      scalar.set(key, scalar.length - key.length);
      key.fill(0);
      return true;
    } catch (error) {
      return false;
    }
  },

  /**
   * @param {Uint8Array} scalar 32 bytes
   * @param {Uint8Array} product 65 bytes: its multiple of the base point of P-256, uncompressed
   * @returns {boolean} false when the realm cannot
   */
  multiplyBase(scalar, product) {
    try {
      p256().setPrivateKey(scalar);
      product.set(p256().getPublicKey());
      return true;
    } catch (error) {
      return false;
    }
  },

  /**
   * @param {Uint8Array} scalar 32 bytes
   * @param {Uint8Array} point 65 bytes: uncompressed
   * @param {Uint8Array} x 32 bytes: the first coordinate of their product
   * @returns {boolean} false when the realm cannot, or the point is not on the curve
   */
  multiplyPoint(scalar, point, x) {
    try {
      // Of its own, so that an ephemeral key does not outlive its use.
      const multiplier = crypto().createECDH('prime256v1');
      multiplier.setPrivateKey(scalar);
      x.set(multiplier.computeSecret(point));
      return true;
    } catch (error) {
      return false;
    }
  },
};

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
