// Pictures and sound whose content is known, and how to know them again at the other end.

import { onEnd } from './waiting.js';

// Small, so that a machine with much else to do keeps up with them.
export const kWidth = 160;
export const kHeight = 120;
export const kSampleRate = 48_000;
/** The tone's amplitude, of 32768. */
export const kLoudness = 8000;

/** Cells of the bar code that numbers pictures, most significant first. */
const kCells = 8;
/** Numbers of pictures begin anew here. */
export const kNumbers = 2 ** kCells;

const pictures = new Map();

/** An I420 picture that says its number in eight black or white cells, over a grey that moves. */
export function picture(number) {
  let known = pictures.get(number);
  if (!known) pictures.set(number, (known = draw(number)));
  return known;
}

function draw(number) {
  const data = new Uint8Array((kWidth * kHeight * 3) / 2).fill(128);
  const cell = kWidth / kCells;
  for (let y = 0; y < kHeight; y++) {
    for (let x = 0; x < kWidth; x++) {
      const bit = (number >> (kCells - 1 - Math.floor(x / cell))) & 1;
      data[y * kWidth + x] = y < kHeight / 2 ? (bit ? 235 : 16) : grey(x + number * 4);
    }
  }
  return { width: kWidth, height: kHeight, data };
}

/** Between 64 and 191, up and down without an edge. */
function grey(x) {
  const at = x % 256;
  return 64 + (at < 128 ? at : 255 - at);
}

/** The number in a picture, however it was scaled. */
export function numberIn({ width, height, data }) {
  let number = 0;
  for (let i = 0; i < kCells; i++) {
    const x = Math.floor(((i + 0.5) * width) / kCells);
    number = (number << 1) | (data[Math.floor(height / 4) * width + x] > 128 ? 1 : 0);
  }
  return number;
}

/**
 * The likeness of two I420 pictures of the same size, all three planes, in dB.
 * @param {{ data: Uint8Array }} one
 * @param {{ data: Uint8Array }} other
 */
export function psnr({ data: one }, { data: other }) {
  if (one.length !== other.length) return 0;
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] - other[i]) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10((255 * 255 * one.length) / sum);
}

// Of BT.601, in full saturation: white, yellow, cyan, green, magenta, red, blue.
const kBars = [
  [235, 128, 128],
  [210, 16, 146],
  [170, 166, 16],
  [145, 54, 34],
  [106, 202, 222],
  [81, 90, 240],
  [41, 240, 110],
];

/** How like a picture's upper two thirds are to the bars of SMPTE's test picture, in dB. */
export function likenessToBars({ width, height, data }) {
  let [sum, count] = [0, 0];
  const compare = (plane, from, columns, rows) => {
    for (let y = 0; y < Math.floor((rows * 2) / 3); y++) {
      for (let x = 0; x < columns; x++) {
        const bar = kBars[Math.floor((x * kBars.length) / columns)];
        sum += (data[from + y * columns + x] - bar[plane]) ** 2;
        count++;
      }
    }
  };
  const quarter = (width * height) / 4;
  compare(0, 0, width, height);
  compare(1, 4 * quarter, width / 2, height / 2);
  compare(2, 5 * quarter, width / 2, height / 2);
  return 10 * Math.log10((255 * 255 * count) / sum);
}

function every(ms, action) {
  const timer = setInterval(action, ms);
  onEnd(() => clearInterval(timer));
}

/** Sends numbered pictures until the test ends. */
export function showNumbers(source) {
  let number = 0;
  every(33, () => source.onFrame(picture(number++ % kNumbers)));
}

/** Sends a tone until the test ends, 10 ms at a time, as much as the time that has passed. */
export function playTone(source, hertz) {
  const began = performance.now();
  let phase = 0;
  every(10, () => {
    const due = ((performance.now() - began) * kSampleRate) / 1000;
    while (phase < due) {
      const samples = new Int16Array(kSampleRate / 100);
      for (let i = 0; i < samples.length; i++) {
        samples[i] = kLoudness * Math.sin((2 * Math.PI * hertz * phase++) / kSampleRate);
      }
      source.onData({
        samples,
        sampleRate: kSampleRate,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: samples.length,
      });
    }
  });
}

/** How much of the sound's power is at that frequency: Goertzel's algorithm; 1 is all of it. */
export function purity(samples, sampleRate, hertz) {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + coefficient * last - before];
    power += sample * sample;
  }
  const tone = before * before + last * last - coefficient * before * last;
  return power === 0 ? 0 : tone / ((power * samples.length) / 2);
}
