// The demo's call page in any browser: what is used of playwright's and puppeteer's pages is in both.

/** The tone of each end's test card, in Hz. */
const kTones = { A: 440, B: 660 };
/** Within this many Hz it is that tone. */
const kPitchTolerance = 8;

export class CallPage {
  #page;

  /** @param {any} page  playwright's or puppeteer's, at the call */
  constructor(page) {
    this.#page = page;
  }

  /** @param {Record<string, string>} choices  of the form, by name */
  async choose(choices) {
    await this.#evaluate((choices) => {
      for (const [name, value] of Object.entries(choices)) {
        const control = document.getElementById('controls').elements.namedItem(name);
        control.value = value;
        if (control.value !== value) throw new Error(`there is no ${value} for ${name}`);
        const [element] = control instanceof RadioNodeList ? control : [control];
        element.dispatchEvent(new Event('change', { bubbles: true }));
      }
    }, choices);
  }

  /** Presses the button that calls or answers, as a user does: browsers play sound only then. */
  async press() {
    await this.waitFor(() => !document.getElementById('call').disabled);
    await this.#page.click('#call');
  }

  /** What the form says an end is: 'webrtc-wasm' or 'native browser'. @param {'A' | 'B'} end */
  implementation(end) {
    return this.#evaluate(
      (end) => document.querySelector(`#end-${end.toLowerCase()} [data-field="badge"]`).textContent,
      end,
    );
  }

  /**
   * The video codecs that the form offers, and those that the browser's own connections send and receive.
   * @returns {Promise<{ offered: string[], native: string[] }>}
   */
  videoCodecs() {
    return this.#evaluate(() => {
      const of = (one) => one.getCapabilities('video').codecs.map(({ mimeType }) => mimeType);
      const received = of(RTCRtpReceiver);
      const native = of(RTCRtpSender).filter((name) => received.includes(name));
      const options = [...document.querySelectorAll('[name=videoCodec] option')];
      return { offered: options.map(({ value }) => value), native: [...new Set(native)] };
    });
  }

  /** The link for the other end. @returns {Promise<string>} */
  async invite() {
    await this.waitFor(() => document.getElementById('link').value !== '');
    return this.#evaluate(() => document.getElementById('link').value);
  }

  /** @param {'A' | 'B'} end @param {string} state */
  state(end, state) {
    return this.waitFor(
      ([end, state]) =>
        document.querySelector(`#end-${end.toLowerCase()} [data-field="state"]`).dataset.state ===
        state,
      [end, state],
    );
  }

  /** Waits until an end has read so many different frames of the other one's card. */
  sees(end, author, frames = 20) {
    return this.waitFor(
      ([end, author, frames]) => {
        const { dataset } = document.getElementById(`end-${end.toLowerCase()}`);
        return dataset.author === author && Number(dataset.frames) >= frames;
      },
      [end, author, frames],
    );
  }

  /** Waits until an end hears the other one's tone. */
  hears(end, author) {
    return this.waitFor(
      ([end, tone, tolerance]) => {
        const { pitch } = document.getElementById(`end-${end.toLowerCase()}`).dataset;
        return Math.abs(Number(pitch || NaN) - tone) < tolerance;
      },
      [end, kTones[author], kPitchTolerance],
    );
  }

  /** Waits until a cell of the table matches. @param {string} row @param {number} column from 1 */
  rowShows(row, column, pattern) {
    return this.waitFor(
      ([row, column, source]) =>
        new RegExp(source).test(
          document.querySelector(`[data-row="${row}"] td:nth-of-type(${column})`).textContent,
        ),
      [row, column, pattern.source],
    );
  }

  /**
   * Waits until the function, which is of the page, gives something.
   * @param {(argument: any) => unknown} isSo
   * @param {unknown} [argument]  JSON
   */
  waitFor(isSo, argument = null) {
    return this.#page.waitForFunction(`(${isSo})(${JSON.stringify(argument)})`);
  }

  #evaluate(work, argument) {
    return this.#page.evaluate(work, argument);
  }
}
