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

/** How much of the energy of what is heard has to be one of the tones. */
const kPure = 0.5;
/** How much louder that one has to be than the other. */
const kClear = 4;

/**
 * Listens for the ends' tones in samples of any scale, a fiftieth of a second at a time: where a busy machine
 * leaves gaps or stretches sound, the phase of a tone jumps.
 */
export class ToneMeter {
  #samples = 0;
  #windows = 0;
  #energy = 0;
  #sums = Object.fromEntries(Object.keys(kTones).map((role) => [role, [0, 0]]));
  #parts = Object.fromEntries(Object.keys(kTones).map((role) => [role, 0]));

  /**
   * @param {ArrayLike<number>} samples of one channel, or of the first of `stride`
   * @param {number} rate
   * @returns {string | undefined} the role whose tone has been heard for a fifth of a second
   */
  take(samples, rate, stride = 1) {
    let author;
    for (let i = 0; i < samples.length; i += stride) {
      const value = samples[i];
      this.#energy += value * value;
      for (const [role, tone] of Object.entries(kTones)) {
        const phase = (2 * Math.PI * tone * this.#samples) / rate;
        this.#sums[role][0] += value * Math.cos(phase);
        this.#sums[role][1] += value * Math.sin(phase);
      }
      if (++this.#samples >= rate / 50) author = this.#endWindow() ?? author;
    }
    return author;
  }

  #endWindow() {
    for (const [role, sums] of Object.entries(this.#sums)) {
      // Of a pure tone this is all of the energy.
      this.#parts[role] += (2 * (sums[0] ** 2 + sums[1] ** 2)) / this.#samples;
      sums.fill(0);
    }
    this.#samples = 0;
    if (++this.#windows < 10) return undefined;
    const [[author, most], [, next]] = Object.entries(this.#parts).sort(
      ([, one], [, other]) => other - one,
    );
    const isClear = most > 0 && most > kPure * this.#energy && most > kClear * next;
    for (const role of Object.keys(this.#parts)) this.#parts[role] = 0;
    this.#windows = this.#energy = 0;
    return isClear ? author : undefined;
  }
}

/** Whose colour that is. @param {number} red @param {number} blue of 255 */
export function authorOfColour(red, blue) {
  if (red > blue + 80) return 'a';
  return blue > red + 80 ? 'b' : undefined;
}
