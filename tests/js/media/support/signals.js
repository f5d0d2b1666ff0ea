// Sound and pictures that tests make, and what they look for in them.

/** A sine of some hertz, `count` samples from the one at `from`. */
export function tone(frequency, sampleRate, count, { from = 0, amplitude = 10_000 } = {}) {
  return Int16Array.from({ length: count }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequency * (from + i)) / sampleRate)),
  );
}

/** How much of the samples' energy lies at a frequency: 1 for a pure tone of it. */
export function shareOf(frequency, sampleRate, samples) {
  let [real, imaginary, energy] = [0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    // Hann's window, so that a tone that does not fit leaks little.
    const sample = samples[i] * (1 - Math.cos((2 * Math.PI * i) / samples.length));
    const angle = (2 * Math.PI * frequency * i) / sampleRate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    energy += sample * sample;
  }
  if (energy === 0) return 0;
  // Of a windowed tone, two thirds of the energy are at its frequency itself.
  return (2 * (real * real + imaginary * imaginary) * 1.5) / (samples.length * energy);
}

/** 10 log10 of signal over difference; the second may be late by up to `slack` samples, and is then moved. */
export function signalToNoise(signal, other, slack = 0) {
  let best = -Infinity;
  for (let shift = 0; shift <= slack; shift++) {
    let [power, noise] = [0, 0];
    for (let i = 0; i + shift < other.length && i < signal.length; i++) {
      power += signal[i] ** 2;
      noise += (signal[i] - other[i + shift]) ** 2;
    }
    best = Math.max(best, 10 * Math.log10(power / Math.max(noise, 1e-9)));
  }
  return best;
}

/** @type {Map<string, { width: number, height: number, data: Uint8Array }>} */
const pictures = new Map();

/** A picture with a gradient and a bright square that moves with `number`. */
export function picture(width, height, number = 0) {
  const key = `${width} ${height} ${number}`;
  let drawn = pictures.get(key);
  if (!drawn) pictures.set(key, (drawn = draw(width, height, number)));
  return { ...drawn, data: drawn.data.slice() };
}

function draw(width, height, number) {
  const half = ((width + 1) >> 1) * ((height + 1) >> 1);
  const data = new Uint8Array(width * height + 2 * half);
  const left = (number * 4) % width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = (x - left + width) % width < width / 4 && y > height / 4 && y < height / 2;
      data[y * width + x] = inside ? 220 : 40 + Math.round((100 * (x + y)) / (width + height));
    }
  }
  data.fill(110, width * height, width * height + half);
  data.fill(150, width * height + half);
  return { width, height, data };
}

/** Peak signal-to-noise ratio of two pictures in dB. */
export function psnr(a, b) {
  if (a.data.length !== b.data.length) throw new Error('pictures of different sizes');
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / Math.max(sum / a.data.length, 1e-9));
}

/** The mean of a picture's luma. */
export const brightness = ({ width, height, data }) =>
  data.subarray(0, width * height).reduce((sum, one) => sum + one, 0) / (width * height);

/** All samples of pieces in one array. */
export function joined(pieces) {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
