// Sound at another rate: each sample is a sum of those around its time, weighted by a windowed sinc
// that lets through what both rates can carry.

/** Zeroes of the sinc on each side. */
const kReach = 16;

/** @param {number} x in zeroes of the sinc, under Hann's window */
function kernel(x) {
  if (x === 0) return 1;
  if (Math.abs(x) >= kReach) return 0;
  const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / kReach);
  return (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
}

/** @param {number} a @param {number} b @returns {number} */
const commonDivisor = (a, b) => (b === 0 ? a : commonDivisor(b, a % b));

export class Resampler {
  #from;
  #to;
  #channels;
  /** Both rates without their common divisor: output sample i is at i * up / down of the input. */
  #up;
  #down;
  /** Input samples on each side that make one of the output. */
  #reach;
  /** Weights by how far an output sample is behind one of the input, as they are needed. @type {Float32Array[]} */
  #phases = [];
  /** Input that is still needed. */
  #kept;
  /** Of the next output sample from the first kept one, in parts of an input sample. */
  #at;

  /**
   * @param {number} from  samples a second
   * @param {number} to
   * @param {number} channels
   */
  constructor(from, to, channels) {
    const divisor = commonDivisor(Math.round(from), Math.round(to));
    this.#from = from;
    this.#to = to;
    this.#channels = channels;
    this.#up = Math.round(from) / divisor;
    this.#down = Math.round(to) / divisor;
    this.#reach = Math.ceil(kReach / Math.min(1, to / from));
    this.#kept = new Int16Array(this.#reach * channels);
    this.#at = this.#reach * this.#down;
  }

  /** Input that it holds back, since it does not know yet what follows, in seconds. */
  get delay() {
    return this.#from === this.#to ? 0 : this.#reach / this.#from;
  }

  /**
   * @param {Int16Array} samples
   * @returns {Int16Array} as many as can be told by now
   */
  process(samples) {
    if (this.#from === this.#to) return samples;
    const channels = this.#channels;
    const down = this.#down;
    const input = new Int16Array(this.#kept.length + samples.length);
    input.set(this.#kept);
    input.set(samples, this.#kept.length);
    const frames = input.length / channels;
    const end = (frames - this.#reach) * down;
    const count = Math.max(Math.ceil((end - this.#at) / this.#up), 0);
    const output = new Int16Array(count * channels);
    let at = this.#at;
    for (let i = 0; i < count; i++, at += this.#up) {
      const whole = Math.floor(at / down);
      const weights = (this.#phases[at - whole * down] ??= this.#weights(at / down - whole));
      const first = (whole - this.#reach + 1) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let j = 0, k = first + channel; j < weights.length; j++, k += channels) {
          sum += weights[j] * input[k];
        }
        // An Int16Array wraps around.
        output[i * channels + channel] =
          sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum < 0 ? sum - 0.5 : sum + 0.5;
      }
    }
    const keepFrom = Math.max(Math.floor(at / down) - this.#reach, 0);
    this.#kept = input.slice(keepFrom * channels);
    this.#at = at - keepFrom * down;
    return output;
  }

  /** @param {number} fraction  of an input sample that the output is behind the middle one */
  #weights(fraction) {
    const cutoff = Math.min(1, this.#to / this.#from);
    const weights = new Float32Array(2 * this.#reach);
    let total = 0;
    for (let j = 0; j < weights.length; j++) {
      weights[j] = kernel((fraction + this.#reach - 1 - j) * cutoff);
      total += weights[j];
    }
    for (let j = 0; j < weights.length; j++) weights[j] /= total;
    return weights;
  }
}
