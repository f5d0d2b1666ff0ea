// A number in a picture: a row of black and white blocks that survives scaling and lossy coding.
//
//   white black  counter (16)  check (4)  black white
//
// The check is made of the counter's four digits and of who drew it, so that a picture says whose it
// is, and one that is damaged says nothing.

const kCounterBits = 16;
const kCheckBits = 4;
const kCells = 2 + kCounterBits + kCheckBits + 2;
/** Where the row stands, as shares of the picture's height. */
const kTop = 0.86;
const kHeight = 0.12;
/** Samples per block, of which the middle one is read. */
const kOversampling = 3;
/** Between black and white there is at least this much, of 255, in a picture worth reading. */
const kLeastContrast = 48;

/** Counters go from 0 to this, and begin anew. */
export const kCounters = 2 ** kCounterBits;

/** Whose picture it is. @typedef {'A' | 'B'} Author */

/** @type {Record<Author, number>} */
const kMarks = { A: 0b0110, B: 0b1001 };

/** @param {number} counter */
const fold = (counter) => (counter ^ (counter >> 4) ^ (counter >> 8) ^ (counter >> 12)) & 0xf;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} counter
 * @param {Author} author
 */
export function drawCounter(context, counter, author) {
  const { width, height } = context.canvas;
  const value = (counter << kCheckBits) | (fold(counter) ^ kMarks[author]);
  const bits = kCounterBits + kCheckBits;
  const cells = [1, 0];
  for (let bit = bits - 1; bit >= 0; bit--) cells.push((value >> bit) & 1);
  cells.push(0, 1);
  const [top, bottom] = [kTop, kTop + kHeight].map((share) => Math.round(share * height));
  cells.forEach((cell, i) => {
    const [left, right] = [i, i + 1].map((at) => Math.round((at * width) / kCells));
    context.fillStyle = cell ? '#fff' : '#000';
    context.fillRect(left, top, right - left, bottom - top);
  });
}

export class CounterReader {
  #context;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = kCells * kOversampling;
    canvas.height = 1;
    this.#context = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
  }

  /**
   * @param {HTMLVideoElement} video
   * @returns {{counter: number, author: Author} | undefined} undefined when no number can be read
   */
  read(video) {
    const { videoWidth, videoHeight } = video;
    if (!videoWidth) return undefined;
    const { canvas } = this.#context;
    this.#context.drawImage(
      video,
      0,
      (kTop + kHeight * 0.3) * videoHeight,
      videoWidth,
      kHeight * 0.4 * videoHeight,
      0,
      0,
      canvas.width,
      1,
    );
    const { data } = this.#context.getImageData(0, 0, canvas.width, 1);
    return decode(Array.from({ length: kCells }, (_, i) => data[(i * kOversampling + 1) * 4 + 1]));
  }
}

/**
 * @param {number[]} levels  of the blocks
 * @returns {{counter: number, author: Author} | undefined}
 */
function decode(levels) {
  const white = Math.min(levels[0], levels[kCells - 1]);
  const black = Math.max(levels[1], levels[kCells - 2]);
  if (white - black < kLeastContrast) return undefined;
  const threshold = (white + black) / 2;
  let value = 0;
  for (let i = 2; i < kCells - 2; i++) value = (value << 1) | (levels[i] > threshold ? 1 : 0);
  const counter = value >> kCheckBits;
  const mark = (value & 0xf) ^ fold(counter);
  const author = mark === kMarks.A ? 'A' : mark === kMarks.B ? 'B' : undefined;
  return author && { counter, author };
}
