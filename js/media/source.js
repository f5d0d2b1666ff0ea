// What tracks show. A track and its clones share one source, and with it whether they are muted and
// when they end (mediacapture-streams section 4.3.1).

const { dispatchEvent } = EventTarget.prototype;

/** @type {WeakMap<MediaStreamTrack, Source>} */
const sources = new WeakMap();

export class Source {
  #muted;
  #end;
  /** @type {Set<MediaStreamTrack>} */
  #tracks = new Set();

  /**
   * @param {boolean} muted
   * @param {(track: MediaStreamTrack) => void} end  makes a track 'ended', without an event
   */
  constructor(muted, end) {
    this.#muted = muted;
    this.#end = end;
  }

  /**
   * The source of a track that this package has made, undefined for every other one.
   * @param {MediaStreamTrack} track
   */
  static of(track) {
    return sources.get(track);
  }

  get muted() {
    return this.#muted;
  }

  /** @param {MediaStreamTrack} track  made for this source, or cloned from one that was */
  attach(track) {
    sources.set(track, this);
    this.#live();
    this.#tracks.add(track);
  }

  /**
   * Fires `mute` or `unmute` at the tracks that have not ended; nothing when there is no such track
   * or no change.
   * @param {boolean} muted
   */
  setMuted(muted) {
    const tracks = this.#live();
    if (muted === this.#muted || tracks.length === 0) return;
    this.#muted = muted;
    for (const track of tracks) dispatchEvent.call(track, new Event(muted ? 'mute' : 'unmute'));
  }

  /** Ends the tracks that have not ended yet, and fires `ended` at them. */
  end() {
    for (const track of this.#live()) {
      this.#end(track);
      dispatchEvent.call(track, new Event('ended'));
    }
    this.#tracks.clear();
  }

  /** A source holds no track longer than that lives. */
  #live() {
    for (const track of this.#tracks) {
      if (track.readyState === 'ended') this.#tracks.delete(track);
    }
    return [...this.#tracks];
  }
}
