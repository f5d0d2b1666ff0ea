// MediaStream and MediaStreamTrack as the realm has them: the host's own in a page, the package's
// minimal ones elsewhere; what fills them and reads them; and the pipelines between tracks and encoded
// frames.

import { setTrackFactory } from './app-tracks.js';
import { hostPlatform } from './host.js';
import { minimalPlatform } from './minimal.js';
import { Source } from './source.js';

/** @typedef {{ id?: string, label: string, muted: boolean }} TrackState  without an id: one is drawn */

/**
 * @typedef {object} MediaPlatform
 * @property {{
 *   MediaStream: typeof globalThis.MediaStream,
 *   MediaStreamTrack: typeof globalThis.MediaStreamTrack,
 *   MediaStreamTrackEvent: typeof globalThis.MediaStreamTrackEvent,
 * }} interfaces
 * @property {(kind: string, state: TrackState) => MediaStreamTrack} createTrack
 * @property {(id: string) => MediaStream} createStream
 */

const isPage =
  typeof MediaStream === 'function' &&
  typeof MediaStreamTrack === 'function' &&
  typeof document === 'object';

const platform = isPage ? hostPlatform() : minimalPlatform();

/** The three interfaces: the host's where it has them, ours elsewhere. */
export const mediaInterfaces = platform.interfaces;

/**
 * What an RTCRtpReceiver shows: a track that is live and muted.
 * @param {'audio' | 'video'} kind
 * @param {string} [id] that the peer gave it; without one, or with an empty one, it is drawn
 */
export const createRemoteTrack = (kind, id) =>
  platform.createTrack(kind, { id: id || undefined, label: `remote ${kind}`, muted: true });

/**
 * A track to send where there is no device to ask for one, as in Node.js: live, not muted. It takes
 * part in negotiations; silence or black is what it has to show until something feeds it.
 * @param {'audio' | 'video'} kind
 * @param {{ label?: string }} [options]
 * @returns {MediaStreamTrack}
 * @throws {TypeError} for another kind
 */
export function createLocalTrack(kind, { label = '' } = {}) {
  if (kind !== 'audio' && kind !== 'video') {
    throw new TypeError(`a track is 'audio' or 'video', not '${kind}'`);
  }
  return platform.createTrack(kind, { label: `${label}`, muted: false });
}

setTrackFactory(createLocalTrack);

export { kColorSpaceExtension } from './video/color-space.js';
export {
  RTCAudioSink,
  RTCAudioSource,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCVideoSink,
  RTCVideoSource,
} from './app-tracks.js';
export { provideCodec } from './codecs/module.js';
export { supportedVideoCodecs } from './codecs/video.js';
export { createReceivePipeline } from './receive-pipeline.js';
export { createSendPipeline } from './send-pipeline.js';
export { i420ToRgba, rgbaToI420 } from './video/i420.js';

/**
 * Fires `mute` or `unmute` at the track and its clones, in this task; nothing when they are so
 * already or have ended.
 * @param {MediaStreamTrack} track of `createRemoteTrack`
 * @param {boolean} muted
 */
export const setMuted = (track, muted) => Source.of(track)?.setMuted(muted);

/**
 * Ends the track and its clones, and fires `ended` at them, in this task.
 * @param {MediaStreamTrack} track of `createRemoteTrack`
 */
export const endTrack = (track) => Source.of(track)?.end();

/**
 * What the frames of a track are encoded as already (`RTCEncodedSource`); undefined for tracks of
 * sound and pictures.
 * @param {MediaStreamTrack} track
 * @returns {string | undefined} in the form of RTCRtpCodec.mimeType
 */
export const encodedTypeOf = (track) => Source.of(track)?.mimeType;

/**
 * An empty stream with the id that the peer gave it.
 * @param {string} id
 */
export const createRemoteStream = (id) => platform.createStream(id);

const { dispatchEvent } = EventTarget.prototype;

/**
 * Fires `addtrack` at the stream, in this task, unless it has the track already.
 * @param {MediaStream} stream
 * @param {MediaStreamTrack} track
 */
export function addToStream(stream, track) {
  if (stream.getTracks().includes(track)) return;
  stream.addTrack(track);
  tellStream(stream, 'addtrack', track);
}

/**
 * Fires `removetrack` at the stream, in this task, if it has the track.
 * @param {MediaStream} stream
 * @param {MediaStreamTrack} track
 */
export function removeFromStream(stream, track) {
  if (!stream.getTracks().includes(track)) return;
  stream.removeTrack(track);
  tellStream(stream, 'removetrack', track);
}

/** @param {MediaStream} stream @param {string} type @param {MediaStreamTrack} track */
function tellStream(stream, type, track) {
  dispatchEvent.call(stream, new mediaInterfaces.MediaStreamTrackEvent(type, { track }));
}
