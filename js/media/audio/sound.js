// Sound as numbers: 16-bit samples, those of all channels at a time side by side.

/** @typedef {import('../source.js').Sound} Sound */

/** From here on someone may be speaking, for those who want to know (RFC 6464's V bit): -45 dBov. */
const kVoiceLevel = 45;

/**
 * Checks what an application gives as sound, and fills in what it may leave out.
 * @param {any} data
 * @returns {Sound}
 * @throws {TypeError} for what is none
 */
export function requireSound(data) {
  const { samples, sampleRate, bitsPerSample = 16, channelCount = 1 } = data ?? {};
  if (!(samples instanceof Int16Array)) {
    throw new TypeError('sound has its samples as Int16Array in `samples`');
  }
  if (bitsPerSample !== 16) throw new TypeError('samples are of 16 bits');
  if (!(sampleRate >= 4000 && sampleRate <= 192_000)) {
    throw new TypeError(`sampleRate is from 4000 to 192000, not ${sampleRate}`);
  }
  if (!Number.isInteger(channelCount) || channelCount < 1 || channelCount > 8) {
    throw new TypeError(`channelCount is from 1 to 8, not ${channelCount}`);
  }
  const { numberOfFrames = samples.length / channelCount, captureTime } = data;
  if (!Number.isInteger(numberOfFrames) || numberOfFrames * channelCount !== samples.length) {
    throw new TypeError(
      `${samples.length} samples are not ${numberOfFrames} of ${channelCount} channel(s) each`,
    );
  }
  return { samples, sampleRate, channelCount, numberOfFrames, captureTime };
}

/**
 * The same sound with another number of channels: their mean for one, the same for each from one, else
 * the first ones.
 * @param {Int16Array} samples
 * @param {number} from
 * @param {number} to
 */
export function mixChannels(samples, from, to) {
  if (from === to) return samples;
  const frames = samples.length / from;
  const mixed = new Int16Array(frames * to);
  for (let i = 0; i < frames; i++) {
    if (to === 1) {
      let sum = 0;
      for (let channel = 0; channel < from; channel++) sum += samples[i * from + channel];
      mixed[i] = Math.round(sum / from);
    } else {
      for (let channel = 0; channel < to; channel++) {
        mixed[i * to + channel] = samples[i * from + Math.min(channel, from - 1)];
      }
    }
  }
  return mixed;
}

/**
 * The mean square of the samples, 1 at full scale.
 * @param {Int16Array} samples
 */
export function meanSquare(samples) {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return samples.length === 0 ? 0 : sum / samples.length / 32768 ** 2;
}

/**
 * As RFC 6464 says it: 0 for full scale to 127 for silence, in -dBov.
 * @param {number} square  mean of the squares of the samples
 */
export function levelOf(square) {
  if (square <= 0) return 127;
  return Math.min(Math.max(Math.round(-10 * Math.log10(square)), 0), 127);
}

/** @param {number} level */
export const isVoiceLevel = (level) => level < kVoiceLevel;

/** @param {Int16Array[]} pieces */
export function joined(pieces) {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** What statistics say of sound (webrtc-stats sections 8.3 and 8.10). */
export class SoundMeter {
  audioLevel = 0;
  totalAudioEnergy = 0;
  totalSamplesDuration = 0;

  /**
   * @param {Int16Array} samples
   * @param {number} duration  in seconds
   * @returns {number} the mean square
   */
  add(samples, duration) {
    const square = meanSquare(samples);
    this.audioLevel = Math.sqrt(square);
    this.totalAudioEnergy += square * duration;
    this.totalSamplesDuration += duration;
    return square;
  }

  get figures() {
    const { audioLevel, totalAudioEnergy, totalSamplesDuration } = this;
    return { audioLevel, totalAudioEnergy, totalSamplesDuration };
  }
}

/**
 * 16-bit samples of what the page has as AudioData.
 * @param {AudioData} data
 * @returns {Int16Array}
 */
export function samplesOfAudioData(data) {
  const { numberOfFrames, numberOfChannels } = data;
  const samples = new Int16Array(numberOfFrames * numberOfChannels);
  const plane = new Float32Array(numberOfFrames);
  for (let channel = 0; channel < numberOfChannels; channel++) {
    data.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
    interleave(plane, samples, channel, numberOfChannels);
  }
  return samples;
}

/**
 * @param {Float32Array} plane  of one channel, full scale is 1
 * @param {Int16Array} samples
 * @param {number} channel
 * @param {number} channels
 */
export function interleave(plane, samples, channel, channels) {
  for (let i = 0; i < plane.length; i++) {
    const sample = Math.round(plane[i] * 32768);
    samples[i * channels + channel] = sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample;
  }
}
