// What the ends of a scenario send each other, and how it is known again, wherever they run: each end
// has a text, a file, a tone and a colour of its own.

/** The tone of each end, in Hz. */
export const kTones = { a: 440, b: 660 };
/** Within this many Hz it is that tone. */
const kTolerance = 12;

/** The colour of each end, as 8-bit RGB and as limited-range YUV. */
export const kColours = {
  a: { rgb: [192, 0, 0], yuv: [65, 100, 212] },
  b: { rgb: [0, 0, 192], yuv: [35, 212, 114] },
};

export const kPicture = { width: 160, height: 120, perSecond: 10 };

const kFileBytes = 100_000;

/** @param {string} role */
export const greeting = (role) => `grüße from ${role} 🚀`;

/**
 * Bytes that look like noise, the same for the same role everywhere.
 * @param {string} role
 */
export function fileOf(role, length = kFileBytes) {
  const bytes = new Uint8Array(length);
  let state = role.charCodeAt(0) * 2654435761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/**
 * SHA-256 in hexadecimal digits.
 * @param {ArrayBuffer | Uint8Array} data
 */
export async function digest(data) {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(data));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Listens for the ends' tones in samples of any scale. */
export class ToneMeter {
  #rate = 0;
  #samples = 0;
  #crossings = 0;
  #isHigh = false;
  #loudest = 0;

  /**
   * @param {ArrayLike<number>} samples of one channel, or of the first of `stride`
   * @param {number} rate
   * @returns {string | undefined} the role whose tone has been heard for a fifth of a second
   */
  take(samples, rate, stride = 1) {
    this.#rate = rate;
    for (let i = 0; i < samples.length; i += stride) {
      const value = samples[i];
      this.#loudest = Math.max(this.#loudest, Math.abs(value));
      // With hysteresis: what a codec adds to silence is no tone.
      if (!this.#isHigh && value > this.#loudest / 4) {
        this.#isHigh = true;
        this.#crossings++;
      } else if (this.#isHigh && value < -this.#loudest / 4) this.#isHigh = false;
      this.#samples++;
    }
    if (this.#samples < this.#rate / 5) return undefined;
    const pitch = (this.#crossings * this.#rate) / this.#samples;
    this.#samples = this.#crossings = this.#loudest = 0;
    return Object.entries(kTones).find(([, tone]) => Math.abs(pitch - tone) < kTolerance)?.[0];
  }
}

/** Whose colour that is. @param {number} red @param {number} blue of 255 */
export function authorOfColour(red, blue) {
  if (red > blue + 80) return 'a';
  return blue > red + 80 ? 'b' : undefined;
}
