import { createWrapper } from '../api/webidl/interface.js';
import { uuid } from './uuid.js';

/** Behaviour of MediaStream (mediacapture-streams section 4.2) in realms that have none. */
export class MediaStreamImpl {
  id = uuid();
  /** @type {any} */
  wrapper;
  /** In the order in which they were added. @type {Set<MediaStreamTrack>} */
  #tracks;

  /** @param {MediaStream | MediaStreamTrack[]} [content] whose tracks the stream has from the start */
  constructor(content = []) {
    this.#tracks = new Set(Array.isArray(content) ? content : content.getTracks());
  }

  /**
   * @param {string} id
   * @returns {MediaStream}
   */
  static create(id) {
    const impl = new MediaStreamImpl();
    impl.id = id;
    return createWrapper('MediaStream', impl);
  }

  get active() {
    return this.getTracks().some(({ readyState }) => readyState === 'live');
  }

  getTracks() {
    return [...this.#tracks];
  }

  getAudioTracks() {
    return this.getTracks().filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks() {
    return this.getTracks().filter(({ kind }) => kind === 'video');
  }

  /** @param {string} id */
  getTrackById(id) {
    return this.getTracks().find((track) => track.id === id) ?? null;
  }

  /** @param {MediaStreamTrack} track */
  addTrack(track) {
    this.#tracks.add(track);
  }

  /** @param {MediaStreamTrack} track */
  removeTrack(track) {
    this.#tracks.delete(track);
  }

  clone() {
    const clones = this.getTracks().map((track) => track.clone());
    return createWrapper('MediaStream', new MediaStreamImpl(clones));
  }
}

/** Behaviour of MediaStreamTrackEvent. */
export class MediaStreamTrackEventImpl {
  /**
   * @param {string} _type
   * @param {MediaStreamTrackEventInit} init
   */
  constructor(_type, { track }) {
    this.track = track;
  }

  /**
   * @param {string} type
   * @param {MediaStreamTrackEventInit} init
   */
  static superArguments(type, init) {
    return [type, init];
  }
}
