// G.722 (ITU-T) at 64 kbit/s: 16 kHz in two bands, of which ADPCM takes 6 and 2 bits a sample. In RTP
// its clock runs at 8 kHz, for historical reasons (RFC 3551 section 4.5.2).

/** Of the quadrature mirror filters. */
const kMirror = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
/** Decision levels of the lower band's 6 bits. */
const kLevels6 = [
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
  1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
const kNegative6 = [
  0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10,
  9, 8, 7, 6, 5, 4, 0,
];
const kPositive6 = [
  0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38,
  37, 36, 35, 34, 33, 32, 0,
];
const kNegative2 = [0, 1, 0];
const kPositive2 = [0, 3, 2];
/** What the codes stand for, in units of the step. */
const kCodes2 = [-7408, -1616, 7408, 1616];
const kCodes4 = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200,
  0,
];
const kCodes6 = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
  -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400,
  -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232,
  9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688,
  1360, 1040, 728, 432, 136, -432, -136,
];
/** How the logarithm of the step follows the codes. */
const kStepOfLow = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const kLowCode = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const kStepOfHigh = [0, -214, 798];
const kHighCode = [2, 1, 2, 1];
/** 2048 * 2^(i/32). */
const kPowers = Array.from({ length: 32 }, (_, i) => Math.floor(2048 * 2 ** (i / 32) + 0.5));

const saturate = (/** @type {number} */ value) =>
  value > 32767 ? 32767 : value < -32768 ? -32768 : value;

/** Predictor and step of one band (blocks 3 and 4 of the recommendation). */
class Band {
  #nb = 0;
  step;
  /** @type {number} Predicted signal. */
  s = 0;
  #sz = 0;
  #r = [0, 0, 0];
  #a = [0, 0, 0];
  #p = [0, 0, 0];
  #d = [0, 0, 0, 0, 0, 0, 0];
  #b = [0, 0, 0, 0, 0, 0, 0];
  #isLow;

  /** @param {boolean} isLow */
  constructor(isLow) {
    this.#isLow = isLow;
    this.step = isLow ? 32 : 8;
  }

  /** @param {number} code  of 4 or of 2 bits */
  adaptStep(code) {
    const change = this.#isLow ? kStepOfLow[kLowCode[code]] : kStepOfHigh[kHighCode[code]];
    const most = this.#isLow ? 18432 : 22528;
    this.#nb = Math.min(Math.max(((this.#nb * 127) >> 7) + change, 0), most);
    const shift = (this.#isLow ? 8 : 10) - (this.#nb >> 11);
    const power = kPowers[(this.#nb >> 6) & 31];
    this.step = (shift < 0 ? power << -shift : power >> shift) << 2;
  }

  /** @param {number} difference  quantized */
  adaptPredictor(difference) {
    const [r, a, p, d, b] = [this.#r, this.#a, this.#p, this.#d, this.#b];
    d[0] = difference;
    r[0] = saturate(this.s + difference);
    p[0] = saturate(this.#sz + difference);
    // Second pole.
    const sameAsLast = p[0] >> 15 === p[1] >> 15;
    const sameAsOlder = p[0] >> 15 === p[2] >> 15;
    const turned = saturate(a[1] << 2);
    let lead = sameAsLast ? -turned : turned;
    if (lead > 32767) lead = 32767;
    const second = (sameAsOlder ? 128 : -128) + (lead >> 7) + ((a[2] * 32512) >> 15);
    const pole2 = Math.min(Math.max(second, -12288), 12288);
    // First pole.
    const limit = saturate(15360 - pole2);
    const first = saturate((sameAsLast ? 192 : -192) + ((a[1] * 32640) >> 15));
    const pole1 = Math.min(Math.max(first, -limit), limit);
    // Zeroes.
    const gain = d[0] === 0 ? 0 : 128;
    const sign = d[0] >> 15;
    for (let i = 6; i > 0; i--) {
      const move = d[i] >> 15 === sign ? gain : -gain;
      b[i] = saturate(move + ((b[i] * 32640) >> 15));
    }
    for (let i = 6; i > 0; i--) d[i] = d[i - 1];
    for (let i = 2; i > 0; i--) {
      r[i] = r[i - 1];
      p[i] = p[i - 1];
    }
    a[1] = pole1;
    a[2] = pole2;
    const sp = saturate(
      ((a[1] * saturate(r[1] + r[1])) >> 15) + ((a[2] * saturate(r[2] + r[2])) >> 15),
    );
    let sz = 0;
    for (let i = 6; i > 0; i--) sz += (b[i] * saturate(d[i] + d[i])) >> 15;
    this.#sz = saturate(sz);
    this.s = saturate(sp + this.#sz);
  }
}

export class G722Encoder {
  #low = new Band(true);
  #high = new Band(false);
  #line = new Int32Array(24);

  /**
   * @param {Int16Array} samples  at 16 kHz, an even number
   * @returns {Uint8Array}
   */
  encode(samples) {
    const bytes = new Uint8Array(samples.length >> 1);
    for (let i = 0; i < bytes.length; i++) {
      this.#line.copyWithin(0, 2);
      this.#line[22] = samples[2 * i];
      this.#line[23] = samples[2 * i + 1];
      let [odd, even] = [0, 0];
      for (let j = 0; j < 12; j++) {
        odd += this.#line[2 * j] * kMirror[j];
        even += this.#line[2 * j + 1] * kMirror[11 - j];
      }
      const low = this.#encodeLow((even + odd) >> 14);
      bytes[i] = (this.#encodeHigh((even - odd) >> 14) << 6) | low;
    }
    return bytes;
  }

  /** @param {number} sample */
  #encodeLow(sample) {
    const band = this.#low;
    const error = saturate(sample - band.s);
    const size = error >= 0 ? error : -(error + 1);
    let i = 1;
    while (i < 30 && size >= (kLevels6[i] * band.step) >> 12) i++;
    const code = error < 0 ? kNegative6[i] : kPositive6[i];
    const short = code >> 2;
    const difference = (band.step * kCodes4[short]) >> 15;
    band.adaptStep(short);
    band.adaptPredictor(difference);
    return code;
  }

  /** @param {number} sample */
  #encodeHigh(sample) {
    const band = this.#high;
    const error = saturate(sample - band.s);
    const size = error >= 0 ? error : -(error + 1);
    const i = size >= (564 * band.step) >> 12 ? 2 : 1;
    const code = error < 0 ? kNegative2[i] : kPositive2[i];
    const difference = (band.step * kCodes2[code]) >> 15;
    band.adaptStep(code);
    band.adaptPredictor(difference);
    return code;
  }
}

export class G722Decoder {
  #low = new Band(true);
  #high = new Band(false);
  #line = new Int32Array(24);

  /**
   * @param {Uint8Array} bytes
   * @returns {Int16Array} two samples at 16 kHz for each
   */
  decode(bytes) {
    const samples = new Int16Array(2 * bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const low = this.#decodeLow(bytes[i] & 63);
      const high = this.#decodeHigh(bytes[i] >> 6);
      this.#line.copyWithin(0, 2);
      this.#line[22] = low + high;
      this.#line[23] = low - high;
      let [odd, even] = [0, 0];
      for (let j = 0; j < 12; j++) {
        even += this.#line[2 * j] * kMirror[j];
        odd += this.#line[2 * j + 1] * kMirror[11 - j];
      }
      samples[2 * i] = saturate(odd >> 11);
      samples[2 * i + 1] = saturate(even >> 11);
    }
    return samples;
  }

  /** @param {number} code */
  #decodeLow(code) {
    const band = this.#low;
    const sample = band.s + ((band.step * kCodes6[code]) >> 15);
    const short = code >> 2;
    const difference = (band.step * kCodes4[short]) >> 15;
    band.adaptStep(short);
    band.adaptPredictor(difference);
    return Math.min(Math.max(sample, -16384), 16383);
  }

  /** @param {number} code */
  #decodeHigh(code) {
    const band = this.#high;
    const difference = (band.step * kCodes2[code]) >> 15;
    const sample = difference + band.s;
    band.adaptStep(code);
    band.adaptPredictor(difference);
    return Math.min(Math.max(sample, -16384), 16383);
  }
}
