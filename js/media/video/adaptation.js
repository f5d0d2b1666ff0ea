// How much of a picture is sent when not all of it can be: fewer pixels or fewer pictures, as
// degradationPreference (webrtc-pc section 5.2.3, mst-content-hint section 4) says, so that the bits
// that there are, or the time that encoding takes, suffice.

/** What pictures need to be worth sending: bits for a pixel, as libwebrtc's least bitrates have it. */
const kBitsPerPixel = 0.022;
/** More is tried only when there is so much more than it needs. */
const kMargin = 1.3;
/** Not smaller than that many pixels. */
const kLeastPixels = 160 * 90;

const kSizes = [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4];
const kRates = [1, 2 / 3, 1 / 2, 1 / 3, 1 / 6];

/** Steps down, each of a share of width and height and one of the framerate. */
const kLadders = {
  'maintain-framerate': kSizes.map((size) => ({ size, rate: 1 })),
  'maintain-resolution': kRates.map((rate) => ({ size: 1, rate })),
  balanced: [
    { size: 1, rate: 1 },
    { size: 3 / 4, rate: 1 },
    { size: 3 / 4, rate: 2 / 3 },
    { size: 1 / 2, rate: 2 / 3 },
    { size: 1 / 2, rate: 1 / 2 },
    { size: 3 / 8, rate: 1 / 2 },
    { size: 1 / 4, rate: 1 / 2 },
    { size: 1 / 4, rate: 1 / 3 },
  ],
  'maintain-framerate-and-resolution': [{ size: 1, rate: 1 }],
};

/** Encoding is judged by that many pictures, and eased only after so many good turns. */
const kPicturesPerTurn = 45;
const kGoodTurns = 4;

export class Adaptation {
  /** @type {keyof typeof kLadders} */
  #preference = 'balanced';
  #bandwidthStep = 0;
  #processorStep = 0;
  #pictures = 0;
  #overruns = 0;
  #goodTurns = 0;

  /**
   * @param {string | undefined} preference
   * @param {string} contentHint
   */
  prefer(preference, contentHint) {
    const chosen =
      preference && preference in kLadders
        ? preference
        : contentHint === 'detail' || contentHint === 'text'
          ? 'maintain-resolution'
          : contentHint === 'motion'
            ? 'maintain-framerate'
            : 'balanced';
    if (chosen === this.#preference) return;
    this.#preference = /** @type {keyof typeof kLadders} */ (chosen);
    this.#bandwidthStep = 0;
    this.#processorStep = 0;
  }

  get #ladder() {
    return kLadders[this.#preference];
  }

  /** What is sent now. */
  get step() {
    return this.#ladder[Math.max(this.#bandwidthStep, this.#processorStep)];
  }

  /** @returns {'none' | 'cpu' | 'bandwidth'} RTCQualityLimitationReason */
  get reason() {
    if (this.#bandwidthStep === 0 && this.#processorStep === 0) return 'none';
    return this.#processorStep > this.#bandwidthStep ? 'cpu' : 'bandwidth';
  }

  /**
   * Told of each picture before it is encoded.
   * @param {number} pixels  of the picture as it would be sent
   * @param {number} framerate
   * @param {number} bitrate
   */
  fit(pixels, framerate, bitrate) {
    const needs = (/** @type {{ size: number, rate: number }} */ { size, rate }) =>
      kBitsPerPixel * pixels * size * size * framerate * rate;
    const ladder = this.#ladder;
    let step = Math.min(this.#bandwidthStep, ladder.length - 1);
    const lasts = (/** @type {number} */ i) => {
      const { size } = ladder[i];
      return size === 1 || pixels * size * size >= kLeastPixels;
    };
    while (step > 0 && needs(ladder[step - 1]) * kMargin < bitrate) step--;
    while (step + 1 < ladder.length && needs(ladder[step]) > bitrate && lasts(step + 1)) step++;
    this.#bandwidthStep = step;
  }

  /**
   * Told of each picture that came.
   * @param {boolean} wasTooMuch  the encoder was not done with earlier ones
   */
  count(wasTooMuch) {
    this.#pictures++;
    if (wasTooMuch) this.#overruns++;
    if (this.#pictures < kPicturesPerTurn) return;
    const share = this.#overruns / this.#pictures;
    this.#pictures = 0;
    this.#overruns = 0;
    if (share > 0.2) {
      this.#goodTurns = 0;
      this.#processorStep = Math.min(this.#processorStep + 1, this.#ladder.length - 1);
    } else if (share > 0.02) {
      this.#goodTurns = 0;
    } else if (this.#processorStep > 0 && ++this.#goodTurns >= kGoodTurns) {
      this.#goodTurns = 0;
      this.#processorStep--;
    }
  }
}

/** Lets through so many pictures a second. */
export class RateGate {
  #next = -Infinity;

  /**
   * @param {number} time  of a picture in ms
   * @param {number} framerate
   */
  lets(time, framerate) {
    if (!(framerate < Infinity)) return true;
    if (framerate <= 0) return false;
    const interval = 1000 / framerate;
    // A picture that is a little early is the one that was waited for.
    if (time < this.#next - interval / 4) return false;
    this.#next = Math.max(this.#next, time - interval) + interval;
    return true;
  }
}

/** Counts events per second over the last one. */
export class RateMeter {
  /** @type {number[]} */
  #times = [];
  #since = NaN;

  /** @param {number} time in ms */
  add(time) {
    if (this.#times.length === 0) this.#since = time;
    this.#times.push(time);
    this.#forget(time);
  }

  /** @param {number} now in ms */
  rate(now) {
    this.#forget(now);
    return this.#times.length;
  }

  /**
   * Undefined until there was time to tell.
   * @param {number} now in ms
   */
  steadyRate(now) {
    const rate = this.rate(now);
    return now - this.#since >= 1000 ? rate : undefined;
  }

  /** @param {number} now */
  #forget(now) {
    while (this.#times.length > 0 && this.#times[0] <= now - 1000) this.#times.shift();
  }
}
