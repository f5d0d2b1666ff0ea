// Sound made shorter or longer by one of its periods, and continued where none has come: what keeps
// playing at an even pace from being heard.

/** Periods that are looked for: 80 to 400 Hz. */
const kShortest = 0.0025;
const kLongest = 0.0125;
/** From here on two pieces of sound are alike. */
const kAlike = 0.5;
/** -60 dBov: so quiet that any cut will do. */
const kQuiet = 32;

/** What has to be there for `shorten` and `lengthen`, in seconds. */
export const kStretchSpan = 2 * kLongest;

/**
 * The period of some sound: by how many samples it has to be moved to be most like itself.
 * @param {Int16Array} samples
 * @param {number} channels
 * @param {number} rate
 * @returns {{ lag: number, isAlike: boolean }} in samples of each channel
 */
export function findPeriod(samples, channels, rate) {
  const shortest = Math.round(kShortest * rate);
  const longest = Math.min(Math.round(kLongest * rate), Math.floor(samples.length / channels / 2));
  // The first channel stands for all.
  const likeness = (/** @type {number} */ lag, /** @type {number} */ stride) => {
    let [product, here, there] = [0, 0, 0];
    for (let i = 0; i < longest; i += stride) {
      const a = samples[i * channels];
      const b = samples[(i + lag) * channels];
      product += a * b;
      here += a * a;
      there += b * b;
    }
    const energy = Math.sqrt(here * there);
    return energy < (kQuiet ** 2 * longest) / stride ? 1 : product / energy;
  };
  const best = (
    /** @type {number} */ from,
    /** @type {number} */ to,
    /** @type {number} */ stride,
  ) => {
    let lag = from;
    let most = -1;
    for (let one = from; one <= to; one += stride) {
      const like = likeness(one, stride);
      if (like > most) [lag, most] = [one, like];
    }
    return { lag, most };
  };
  const stride = Math.max(Math.round(rate / 12_000), 1);
  const coarse = best(shortest, longest, stride);
  if (stride === 1) return { lag: coarse.lag, isAlike: coarse.most > kAlike };
  const fine = best(
    Math.max(coarse.lag - stride, shortest),
    Math.min(coarse.lag + stride, longest),
    1,
  );
  return { lag: fine.lag, isAlike: fine.most > kAlike };
}

/**
 * From one piece of sound into another, both of the same length.
 * @param {Int16Array} from
 * @param {Int16Array} to
 * @param {number} channels
 */
function fade(from, to, channels) {
  const faded = new Int16Array(from.length);
  const frames = from.length / channels;
  for (let i = 0; i < from.length; i++) {
    const share = (Math.floor(i / channels) + 0.5) / frames;
    faded[i] = Math.round((1 - share) * from[i] + share * to[i]);
  }
  return faded;
}

/**
 * Leaves out a period.
 * @param {Int16Array} samples  `kStretchSpan` of it
 * @param {number} channels
 * @param {number} rate
 * @returns {Int16Array | null} null where that would be heard
 */
export function shorten(samples, channels, rate) {
  const { lag, isAlike } = findPeriod(samples, channels, rate);
  if (!isAlike) return null;
  const length = lag * channels;
  const head = fade(samples.subarray(0, length), samples.subarray(length, 2 * length), channels);
  return joined(head, samples.subarray(2 * length));
}

/**
 * Plays a period twice.
 * @param {Int16Array} samples  `kStretchSpan` of it
 * @param {number} channels
 * @param {number} rate
 * @returns {Int16Array | null} null where that would be heard
 */
export function lengthen(samples, channels, rate) {
  const { lag, isAlike } = findPeriod(samples, channels, rate);
  if (!isAlike) return null;
  const length = lag * channels;
  const head = samples.subarray(0, length);
  const again = fade(samples.subarray(length, 2 * length), head, channels);
  return joined(joined(head, again), samples.subarray(length));
}

/** @param {Int16Array} a @param {Int16Array} b */
function joined(a, b) {
  const all = new Int16Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Full for so long, in seconds, then ever softer until it is silent. */
const kHold = 0.02;
const kFadeOut = 0.06;
const kFadeIn = 0.005;

/** Continues sound that does not come: its last period again and again, until it has faded away. */
export class Concealment {
  #channels;
  #rate;
  /** The end of what was played. */
  #history;
  /** @type {Int16Array | undefined} */
  #period;
  #given = 0;

  /** @param {number} channels @param {number} rate */
  constructor(channels, rate) {
    this.#channels = channels;
    this.#rate = rate;
    this.#history = new Int16Array(Math.round(kStretchSpan * rate) * channels);
  }

  /** Whether what is given now is nothing but silence. */
  get isSilent() {
    return this.#given >= (kHold + kFadeOut) * this.#rate;
  }

  get isActive() {
    return this.#period !== undefined;
  }

  /**
   * @param {number} count  samples of each channel
   * @returns {Int16Array}
   */
  continue(count) {
    const channels = this.#channels;
    if (!this.#period) {
      const reversed = this.#history.slice().reverse();
      const { lag } = findPeriod(reversed, channels, this.#rate);
      this.#period = this.#history.slice(this.#history.length - lag * channels);
      this.#given = 0;
    }
    const period = this.#period;
    const samples = new Int16Array(count * channels);
    for (let i = 0; i < count; i++, this.#given++) {
      const faded = (this.#given / this.#rate - kHold) / kFadeOut;
      const gain = Math.min(Math.max(1 - faded, 0), 1);
      if (gain === 0) continue;
      const at = (this.#given * channels) % period.length;
      for (let channel = 0; channel < channels; channel++) {
        samples[i * channels + channel] = Math.round(gain * period[at + channel]);
      }
    }
    return samples;
  }

  /**
   * Told of what is played that is no concealment; its beginning comes out of one softly.
   * @param {Int16Array} samples
   * @returns {Int16Array} what to play
   */
  resume(samples) {
    let played = samples;
    if (this.#period) {
      const count = Math.min(Math.round(kFadeIn * this.#rate), samples.length / this.#channels);
      const length = count * this.#channels;
      const bridge = fade(this.continue(count), samples.subarray(0, length), this.#channels);
      played = joined(bridge, samples.subarray(length));
      this.#period = undefined;
    }
    const kept = this.#history;
    if (played.length >= kept.length) {
      kept.set(played.subarray(played.length - kept.length));
    } else {
      kept.copyWithin(0, played.length);
      kept.set(played, kept.length - played.length);
    }
    return played;
  }
}
