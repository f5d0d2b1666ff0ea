// What engines take from Node.js. Randomness comes from node:crypto, and so does what has to do with keys:
// that is faster than the engine.

/** @type {typeof import('node:crypto') | undefined} */
let cryptoModule;
// Kept, since the runtime looks a while for what it has.
const crypto = () => (cryptoModule ??= process.getBuiltinModule('node:crypto'));

/** @type {import('node:crypto').ECDH | undefined} */
let ecdh;
const p256 = () => (ecdh ??= crypto().createECDH('prime256v1'));

/** What the engine takes from its host; docs/engine.md says more. */
export const host = {
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
