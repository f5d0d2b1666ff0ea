// Tracks and streams of the page: real ones, so that media elements, Web Audio and `new MediaStream`
// take them. What a page cannot set of its own tracks and streams (muted, label, ids) is set by a
// property of the object in front of the prototype's.

import { Source } from './source.js';

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
      const track = openTrack(kind);
      // A generator or a canvas is what we have, a track is what script is to see.
      Object.setPrototypeOf(track, MediaStreamTrack.prototype);
      adopt(track, label, new Source(muted, (one) => one.stop()));
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

/**
 * A live track that shows nothing.
 * @param {string} kind
 * @returns {MediaStreamTrack}
 */
function openTrack(kind) {
  const { MediaStreamTrackGenerator } = /** @type {any} */ (globalThis);
  if (MediaStreamTrackGenerator) return new MediaStreamTrackGenerator({ kind });
  return kind === 'audio' ? openSilence() : openBlank();
}

function openBlank() {
  const canvas = document.createElement('canvas');
  // Firefox captures only a canvas that has a context.
  canvas.getContext('2d');
  return canvas.captureStream(0).getVideoTracks()[0];
}

/** @type {AudioContext | undefined} */
let audio;

function openSilence() {
  // One suspended context for all of them: it opens no audio device.
  if (!audio) {
    audio = new AudioContext();
    void audio.suspend();
  }
  return audio.createMediaStreamDestination().stream.getAudioTracks()[0];
}
