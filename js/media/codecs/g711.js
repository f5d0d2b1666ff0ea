// G.711 (ITU-T), PCMU and PCMA of RFC 3551 section 4.5.14: a byte a sample at 8 kHz.

const kMulawBias = 132;

/** @param {number} byte */
function mulawSample(byte) {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + kMulawBias) << ((bits >> 4) & 7);
  return bits & 0x80 ? kMulawBias - magnitude : magnitude - kMulawBias;
}

/** @param {number} byte */
function alawSample(byte) {
  const bits = byte ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 256) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** @param {(byte: number) => number} sampleOf */
function makeLaw(sampleOf) {
  const decoded = Int16Array.from({ length: 256 }, (_, byte) => sampleOf(byte));
  // The byte whose sample is nearest, for each of the 16384 pairs of neighbours.
  const order = Array.from(decoded.keys()).sort((a, b) => decoded[a] - decoded[b]);
  const encoded = new Uint8Array(65536);
  let at = 0;
  for (let sample = -32768; sample < 32768; sample++) {
    const distance = (/** @type {number} */ i) => Math.abs(decoded[order[i]] - sample);
    while (at + 1 < order.length && distance(at + 1) <= distance(at)) at++;
    encoded[sample & 0xffff] = order[at];
  }
  return { decoded, encoded };
}

/** Made when the first stream needs them. @type {Record<string, ReturnType<typeof makeLaw>>} */
const laws = {};

/** @param {'pcmu' | 'pcma'} name */
const law = (name) => (laws[name] ??= makeLaw(name === 'pcmu' ? mulawSample : alawSample));

/**
 * @param {'pcmu' | 'pcma'} name
 * @param {Int16Array} samples
 * @returns {Uint8Array}
 */
export function encodeG711(name, samples) {
  const { encoded } = law(name);
  const bytes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) bytes[i] = encoded[samples[i] & 0xffff];
  return bytes;
}

/**
 * @param {'pcmu' | 'pcma'} name
 * @param {Uint8Array} bytes
 * @returns {Int16Array}
 */
export function decodeG711(name, bytes) {
  const { decoded } = law(name);
  const samples = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) samples[i] = decoded[bytes[i]];
  return samples;
}
