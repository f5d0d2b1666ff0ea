// What the ends of a scenario send each other, and how it is known again, wherever they run: each end
// has a text, a file, a tone and a colour of its own.

/** The tone of each end, in Hz. */
export const kTones = { a: 440, b: 660 };
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

/** How much of what is heard has to be one of the tones, of its energy. */
const kPure = 0.5;
/** How much louder that one has to be than the other. */
const kClear = 8;

/** Listens for the ends' tones in samples of any scale. Gaps, which a busy machine makes, do not change a tone. */
export class ToneMeter {
  #samples = 0;
  #energy = 0;
  #sums = Object.fromEntries(Object.keys(kTones).map((role) => [role, [0, 0]]));

  /**
   * @param {ArrayLike<number>} samples of one channel, or of the first of `stride`
   * @param {number} rate
   * @returns {string | undefined} the role whose tone has been heard for a fifth of a second
   */
  take(samples, rate, stride = 1) {
    for (let i = 0; i < samples.length; i += stride) {
      const value = samples[i];
      this.#energy += value * value;
      for (const [role, tone] of Object.entries(kTones)) {
        const phase = (2 * Math.PI * tone * this.#samples) / rate;
        this.#sums[role][0] += value * Math.cos(phase);
        this.#sums[role][1] += value * Math.sin(phase);
      }
      this.#samples++;
    }
    if (this.#samples < rate / 5) return undefined;
    // Of a pure tone this is all of the energy.
    const share = ([x, y]) => (2 * (x * x + y * y)) / this.#samples;
    const shares = Object.entries(this.#sums).map(([role, sums]) => ({ role, part: share(sums) }));
    const [most, next] = shares.sort((one, other) => other.part - one.part);
    const isClear = most.part > kPure * this.#energy && most.part > kClear * next.part;
    const author = this.#energy > 0 && isClear ? most.role : undefined;
    this.#samples = this.#energy = 0;
    for (const sums of Object.values(this.#sums)) sums.fill(0);
    return author;
  }
}

/** Whose colour that is. @param {number} red @param {number} blue of 255 */
export function authorOfColour(red, blue) {
  if (red > blue + 80) return 'a';
  return blue > red + 80 ? 'b' : undefined;
}
