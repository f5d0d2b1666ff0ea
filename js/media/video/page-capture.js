// Pictures of the page's tracks: by MediaStreamTrackProcessor where there is one, else from a media
// element that plays the track.

import { i420Size, rgbaToI420 } from './i420.js';
import { secureHint } from '../secure-hint.js';

/**
 * @param {MediaStreamTrack} track
 * @param {NonNullable<import('../source.js').Sink['onvideo']>} onpicture
 * @param {(error: unknown) => void} onerror
 * @returns {import('../capture.js').Capture}
 */
export function openPageVideo(track, onpicture, onerror) {
  const { MediaStreamTrackProcessor } = /** @type {any} */ (globalThis);
  if (typeof MediaStreamTrackProcessor === 'function' && typeof document === 'object') {
    return readFrames(track, onpicture, onerror);
  }
  if (typeof document === 'object') return drawFrames(track, onpicture);
  throw new DOMException(
    `this realm cannot read the pictures of a track${secureHint()}`,
    'NotSupportedError',
  );
}

/**
 * @param {MediaStreamTrack} track
 * @param {NonNullable<import('../source.js').Sink['onvideo']>} onpicture
 * @param {(error: unknown) => void} onerror
 */
function readFrames(track, onpicture, onerror) {
  const { MediaStreamTrackProcessor } = /** @type {any} */ (globalThis);
  /** @type {ReadableStreamDefaultReader<VideoFrame>} */
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  let isOpen = true;
  /** What their times count from, on our clock. */
  let offset = NaN;
  const read = async () => {
    while (isOpen) {
      const { value: frame, done } = await reader.read();
      if (!frame || done) return;
      try {
        const now = performance.now();
        const time = frame.timestamp / 1000;
        // Frames come late and never early: the earliest one tells the offset, until it drifts.
        if (!(Math.abs(time + offset - now) < 100)) offset = now - time;
        else if (time + offset > now) offset = now - time;
        if (isOpen) onpicture(frame, time + offset);
      } finally {
        frame.close();
      }
    }
  };
  read().catch(onerror);
  return {
    close() {
      isOpen = false;
      reader.cancel().catch(() => {});
    },
  };
}

/** When a page that is not shown paints nothing, so often. */
const kHiddenMs = 200;

/**
 * @param {MediaStreamTrack} track
 * @param {NonNullable<import('../source.js').Sink['onvideo']>} onpicture
 */
function drawFrames(track, onpicture) {
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  element.play().catch(() => {});
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let isOpen = true;
  /** @type {any} */
  let timer;

  const take = () => {
    const { videoWidth: width, videoHeight: height } = element;
    if (!isOpen || !context || width === 0 || track.readyState === 'ended') return;
    const now = performance.now();
    if (typeof VideoFrame === 'function') {
      const frame = new VideoFrame(element, { timestamp: Math.round(1000 * now) });
      onpicture(frame, now);
      frame.close();
      return;
    }
    canvas.width = width;
    canvas.height = height;
    context.drawImage(element, 0, 0);
    const picture = { width, height, data: new Uint8Array(i420Size(width, height)) };
    rgbaToI420(context.getImageData(0, 0, width, height), picture);
    onpicture(picture, now);
  };
  const next = () => {
    if (!isOpen) return;
    clearTimeout(timer);
    take();
    wait();
  };
  const wait = () => {
    if ('requestVideoFrameCallback' in element) element.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
    timer = setTimeout(take, kHiddenMs);
  };
  wait();
  return {
    close() {
      isOpen = false;
      clearTimeout(timer);
      element.srcObject = null;
    },
  };
}
