import { implOf } from '../api/webidl/brand.js';
import { createWrapper } from '../api/webidl/interface.js';
import { Source } from './source.js';
import { uuid } from './uuid.js';

/** What `contentHint` may be (mst-content-hint section 3). @type {Record<string, string[]>} */
const contentHints = {
  audio: ['', 'speech', 'speech-recognition', 'music'],
  video: ['', 'motion', 'detail', 'text'],
};

/** @param {MediaTrackConstraints} constraints  converted already, so that they hold plain values alone */
const copyOf = (constraints) => JSON.parse(JSON.stringify(constraints));

/** Behaviour of MediaStreamTrack (mediacapture-streams section 4.3) in realms that have none. */
export class MediaStreamTrackImpl {
  enabled = true;
  /** @type {MediaStreamTrackState} */
  readyState = 'live';
  /** @type {any} */
  wrapper;
  #source;
  #contentHint = '';
  /** @type {MediaTrackConstraints} */
  #constraints = {};

  /**
   * @param {string} kind
   * @param {string} label
   * @param {Source} source
   * @param {string} [id]
   */
  constructor(kind, label, source, id = uuid()) {
    this.id = id;
    this.kind = kind;
    this.label = label;
    this.#source = source;
  }

  /**
   * A live track with a source of its own.
   * @param {string} kind
   * @param {import('./index.js').TrackState} state
   * @returns {MediaStreamTrack}
   */
  static create(kind, { id, label, muted }) {
    const source = new Source(muted, (track) => implOf(track).stop());
    return new MediaStreamTrackImpl(kind, label, source, id).#wrap();
  }

  #wrap() {
    const wrapper = createWrapper('MediaStreamTrack', this);
    this.#source.attach(wrapper);
    return wrapper;
  }

  get muted() {
    return this.#source.muted;
  }

  get contentHint() {
    return this.#contentHint;
  }

  set contentHint(value) {
    if (contentHints[this.kind].includes(value)) this.#contentHint = value;
  }

  clone() {
    const clone = new MediaStreamTrackImpl(this.kind, this.label, this.#source);
    clone.enabled = this.enabled;
    clone.readyState = this.readyState;
    clone.#contentHint = this.#contentHint;
    clone.#constraints = copyOf(this.#constraints);
    return clone.#wrap();
  }

  stop() {
    this.readyState = 'ended';
  }

  // A track of this kind has nothing yet that could be constrained.

  getCapabilities() {
    return {};
  }

  getSettings() {
    return {};
  }

  getConstraints() {
    return copyOf(this.#constraints);
  }

  /** @param {MediaTrackConstraints} constraints */
  async applyConstraints(constraints) {
    if (this.readyState === 'live') this.#constraints = constraints;
  }
}
