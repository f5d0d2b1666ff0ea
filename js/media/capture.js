// What comes out of a track, wherever the track is from: this package's own content by its source, all
// else by what the page has to read tracks with.

import { openPageAudio } from './audio/page-capture.js';
import { Source } from './source.js';
import { openPageVideo } from './video/page-capture.js';

/** @typedef {{ close: () => void }} Capture */

/**
 * @param {MediaStreamTrack} track
 * @param {import('./source.js').Sink} sink  told of what comes from now on: of pictures, sound or encoded frames
 * @param {(error: unknown) => void} [onerror]
 * @returns {Capture}
 * @throws {DOMException} NotSupportedError when the realm cannot read the track
 */
export function openCapture(track, sink, onerror = () => {}) {
  const source = Source.of(track);
  const isRaw = sink.onvideo !== undefined || sink.onaudio !== undefined;
  if (source && (!source.hasOutlet || !isRaw || source.mimeType !== undefined)) {
    source.addSink(track, sink);
    return { close: () => source.removeSink(track, sink) };
  }
  if (!isRaw) return { close() {} };
  const { onvideo, onaudio } = sink;
  if (track.kind === 'video' && onvideo) return openPageVideo(track, onvideo, onerror);
  if (track.kind === 'audio' && onaudio) return openPageAudio(track, onaudio, onerror);
  return { close() {} };
}
