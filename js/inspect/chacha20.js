// ChaCha20 (RFC 8439 section 2.4), which WebCrypto lacks. Not constant-time, and without Poly1305: it decrypts
// recordings, whose packets the engine has authenticated.

const kConstants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} nonce 12 bytes
 * @param {number} counter of the first block
 * @param {Uint8Array} text
 * @returns {Uint8Array} `text` with the key stream over it
 */
export function chacha20(key, nonce, counter, text) {
  const initial = new Uint32Array(16);
  initial.set(kConstants);
  const keyView = new DataView(key.buffer, key.byteOffset, key.byteLength);
  for (let i = 0; i < 8; i++) initial[4 + i] = keyView.getUint32(4 * i, true);
  const nonceView = new DataView(nonce.buffer, nonce.byteOffset, nonce.byteLength);
  for (let i = 0; i < 3; i++) initial[13 + i] = nonceView.getUint32(4 * i, true);
  const result = new Uint8Array(text.length);
  const stream = new DataView(new ArrayBuffer(64));
  for (let at = 0; at < text.length; at += 64) {
    initial[12] = counter++;
    block(initial, stream);
    const length = Math.min(64, text.length - at);
    for (let i = 0; i < length; i++) result[at + i] = text[at + i] ^ stream.getUint8(i);
  }
  return result;
}

/**
 * @param {Uint32Array} initial
 * @param {DataView} out
 */
function block(initial, out) {
  const state = initial.slice();
  for (let round = 0; round < 10; round++) {
    quarter(state, 0, 4, 8, 12);
    quarter(state, 1, 5, 9, 13);
    quarter(state, 2, 6, 10, 14);
    quarter(state, 3, 7, 11, 15);
    quarter(state, 0, 5, 10, 15);
    quarter(state, 1, 6, 11, 12);
    quarter(state, 2, 7, 8, 13);
    quarter(state, 3, 4, 9, 14);
  }
  for (let i = 0; i < 16; i++) out.setUint32(4 * i, state[i] + initial[i], true);
}

/**
 * @param {Uint32Array} s
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 */
function quarter(s, a, b, c, d) {
  s[a] += s[b];
  s[d] = rotated(s[d] ^ s[a], 16);
  s[c] += s[d];
  s[b] = rotated(s[b] ^ s[c], 12);
  s[a] += s[b];
  s[d] = rotated(s[d] ^ s[a], 8);
  s[c] += s[d];
  s[b] = rotated(s[b] ^ s[c], 7);
}

/** @param {number} word @param {number} bits */
const rotated = (word, bits) => (word << bits) | (word >>> (32 - bits));
