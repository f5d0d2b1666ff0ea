// Tracks and streams of the page: real ones, so that media elements, Web Audio and `new MediaStream`
// take them. What a page cannot set of its own tracks and streams (muted, label, ids) is set by a
// property of the object in front of the prototype's.

import { openOutlet } from './page-outlet.js';
import { Source } from './source.js';

const { addEventListener } = EventTarget.prototype;

/**
 * @param {object} object
 * @param {PropertyDescriptorMap} properties
 */
function shadow(object, properties) {
  for (const descriptor of Object.values(properties)) descriptor.configurable = true;
  Object.defineProperties(object, properties);
}

/** @returns {import('./index.js').MediaPlatform} */
export function hostPlatform() {
  const { MediaStream, MediaStreamTrack, MediaStreamTrackEvent } = globalThis;
  return {
    interfaces: { MediaStream, MediaStreamTrack, MediaStreamTrackEvent },
    createTrack(kind, { id, label, muted }) {
      const { track, outlet } = openOutlet(kind);
      // A generator or a canvas is what we have, a track is what script is to see.
      Object.setPrototypeOf(track, MediaStreamTrack.prototype);
      adopt(track, label, new Source(muted, (one) => one.stop(), outlet));
      if (id !== undefined) shadow(track, { id: { value: id } });
      return track;
    },
    createStream(id) {
      const stream = new MediaStream();
      const find = (/** @type {string} */ trackId) =>
        stream.getTracks().find((track) => track.id === trackId) ?? null;
      shadow(stream, { id: { value: id }, getTrackById: { value: find } });
      return stream;
    },
  };
}

/**
 * @param {MediaStreamTrack} track
 * @param {string} label
 * @param {Source} source
 */
function adopt(track, label, source) {
  source.attach(track);
  shadow(track, {
    label: { value: label },
    muted: { get: () => source.muted },
    // Firefox hides the events that script makes from listeners at a track, unless these ask for them.
    addEventListener: {
      value(
        /** @type {string} */ type,
        /** @type {EventListenerOrEventListenerObject} */ listener,
        /** @type {AddEventListenerOptions | boolean} */ options = false,
      ) {
        const listen = /** @type {Function} */ (addEventListener);
        listen.call(track, type, listener, options, true);
      },
    },
    clone: {
      value() {
        const clone = MediaStreamTrack.prototype.clone.call(track);
        Object.setPrototypeOf(clone, MediaStreamTrack.prototype);
        adopt(clone, label, source);
        return clone;
      },
    },
  });
}
