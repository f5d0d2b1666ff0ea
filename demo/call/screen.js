// What a panel shows of its end: the picture that arrives and the one that leaves, the counter in it,
// the sound. No knowledge of connections here.

import { CounterReader, kCounters } from './counter-code.js';
import { Ear } from './ear.js';

/** @typedef {import('./counter-code.js').Author} Author */

/** From silence to full scale on the meter. */
const kQuietestDb = -70;

export class Screen {
  #reader = new CounterReader();
  /** @type {Ear | undefined} */
  #ear;
  /** Ends the reading of the picture that was shown before. */
  #watching = 0;
  /** @type {number | undefined} */
  #last;
  /** Of the counters that were read: how many, and how many between them were not. */
  frames = { seen: 0, missed: 0 };
  /** Who drew the picture. @type {Author | undefined} */
  author;
  /** Of the picture that was read last, in ms from being drawn. @type {number | undefined} */
  delay;
  /** How long ago a counter was drawn, where that is known. @type {((counter: number) => number | undefined) | undefined} */
  clock;

  /**
   * @param {HTMLElement} root
   * @param {Author} name
   */
  constructor(root, name) {
    this.root = root;
    this.name = name;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('end-template'));
    root.append(template.content.cloneNode(true));
    const heading = this.#find('h2');
    heading.id = `title-${name.toLowerCase()}`;
    heading.textContent = `${name === 'A' ? 'Caller' : 'Callee'} ${name}`;
    this.video = /** @type {HTMLVideoElement} */ (this.#find('video.main'));
    this.inset = /** @type {HTMLVideoElement} */ (this.#find('video.inset'));
    this.video.setAttribute('aria-label', `What ${name} sees`);
    this.inset.setAttribute('aria-label', `What ${name} sends`);
    this.#find('.listen').addEventListener('click', () => this.#setAudible(this.video.muted));
    this.reset();
  }

  /** @param {string} selector @returns {HTMLElement} */
  #find(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** @param {string} field @param {string} text */
  show(field, text) {
    const cell = this.#find(`[data-field="${field}"]`);
    if (cell.textContent !== text) cell.textContent = text;
    if (field === 'state') cell.dataset.state = text;
  }

  /** @param {MediaStream} stream */
  showSent(stream) {
    this.inset.srcObject = stream;
    this.root.dataset.sends = 'yes';
  }

  /**
   * @param {MediaStreamTrack | undefined} video
   * @param {MediaStreamTrack | undefined} audio
   */
  showReceived(video, audio) {
    const tracks = [video, audio].filter((track) => track !== undefined);
    this.video.srcObject = new MediaStream(tracks);
    this.root.dataset.receives = 'yes';
    if (video) this.#watch();
    this.#ear?.close();
    this.#ear = audio && new Ear(audio);
    /** @type {HTMLButtonElement} */ (this.#find('.listen')).disabled = !audio;
  }

  /** Reads the counter of every frame that is shown. */
  #watch() {
    const { video } = this;
    const watching = ++this.#watching;
    if (!video.requestVideoFrameCallback) return;
    const read = () => {
      if (watching !== this.#watching) return;
      const seen = this.#reader.read(video);
      if (seen) this.#note(seen);
      video.requestVideoFrameCallback(read);
    };
    video.requestVideoFrameCallback(read);
  }

  /** @param {{counter: number, author: Author}} seen */
  #note({ counter, author }) {
    const { frames } = this;
    this.author = author;
    // A frame may be shown twice; one of long ago is another layer's.
    const step = this.#last === undefined ? 1 : (counter - this.#last + kCounters) % kCounters;
    if (step === 0 || step > kCounters / 2) return;
    this.#last = counter;
    frames.seen++;
    frames.missed += step - 1;
    this.delay = this.clock?.(counter);
    this.root.dataset.frames = String(frames.seen);
    this.root.dataset.author = author;
  }

  /** What changes all the time. @param {string} caption */
  refresh(caption) {
    this.show('caption', caption);
    const heard = this.#ear?.listen();
    this.#showLevel(heard?.level ?? kQuietestDb);
    this.show(
      'pitch',
      heard ? `${Math.round(heard.pitch)} Hz · ${Math.round(heard.level)} dB` : '–',
    );
    this.root.dataset.pitch = heard ? heard.pitch.toFixed(1) : '';
  }

  /** @param {number} level  dB of full scale */
  #showLevel(level) {
    const meter = this.#find('.level');
    meter.style.setProperty('--level', String(Math.max(0, 1 - level / kQuietestDb)));
    meter.setAttribute('aria-valuenow', String(Math.round(Math.max(level, kQuietestDb))));
  }

  /** @param {boolean} audible */
  #setAudible(audible) {
    this.video.muted = !audible;
    const button = this.#find('.listen');
    button.setAttribute('aria-pressed', String(audible));
  }

  /** As before a call. */
  reset() {
    this.#watching++;
    this.#last = undefined;
    this.#ear?.close();
    this.#ear = undefined;
    this.clock = undefined;
    this.delay = undefined;
    this.frames = { seen: 0, missed: 0 };
    this.author = undefined;
    this.video.srcObject = null;
    this.inset.srcObject = null;
    for (const name of ['sends', 'receives', 'frames', 'author', 'pitch']) {
      delete this.root.dataset[name];
    }
    this.#setAudible(false);
    /** @type {HTMLButtonElement} */ (this.#find('.listen')).disabled = true;
    this.show('state', 'ready');
    this.show('caption', '');
    this.show('pitch', '–');
    this.#showLevel(kQuietestDb);
  }
}
