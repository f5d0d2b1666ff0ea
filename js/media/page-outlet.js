// Tracks of the page that show what they are given: by MediaStreamTrackGenerator where there is one,
// else a canvas for pictures and a Web Audio graph for sound.

import { runWhenAllowed } from './audio/page-context.js';
import { Resampler } from './audio/resampler.js';
import { isI420, rotationOf, sizeOf } from './video/i420.js';
import { frameOfI420, imageOfI420 } from './video/page-frame.js';

/** @typedef {import('./source.js').Outlet} Outlet */
/** @typedef {import('./source.js').Sound} Sound */
/** @typedef {import('./source.js').Picture} Picture */

/**
 * A live track that shows nothing yet.
 * @param {string} kind
 * @returns {{ track: MediaStreamTrack, outlet: Outlet }}
 */
export function openOutlet(kind) {
  const { MediaStreamTrackGenerator } = /** @type {any} */ (globalThis);
  if (!MediaStreamTrackGenerator) return kind === 'audio' ? openGraph() : openCanvas();
  const track = new MediaStreamTrackGenerator({ kind });
  return { track, outlet: kind === 'audio' ? writeSound(track) : writePictures(track) };
}

/**
 * Writes what there is room for; what nobody takes is dropped.
 * @param {any} generator
 */
function openWriter(generator) {
  // Asked now: later it is to be seen as a track and nothing else.
  /** @type {WritableStream} */
  const writable = generator.writable;
  /** @type {WritableStreamDefaultWriter | undefined} */
  let writer;
  return {
    /** @param {() => VideoFrame | AudioData} make */
    write(make) {
      writer ??= writable.getWriter();
      if (!(Number(writer.desiredSize) > 0)) return;
      const chunk = make();
      writer.write(chunk).catch(() => chunk.close());
    },
    close() {
      writer?.close().catch(() => {});
    },
  };
}

/** @param {any} generator @returns {Outlet} */
function writePictures(generator) {
  const writer = openWriter(generator);
  return {
    video(picture) {
      const timestamp = Math.round(1000 * performance.now());
      writer.write(() =>
        isI420(picture) ? frameOfI420(picture, timestamp) : new VideoFrame(picture, { timestamp }),
      );
    },
    close: writer.close,
  };
}

/** @param {any} generator @returns {Outlet} */
function writeSound(generator) {
  const writer = openWriter(generator);
  return {
    audio({ samples, sampleRate, channelCount, numberOfFrames, captureTime }) {
      writer.write(
        () =>
          new AudioData({
            format: 's16',
            sampleRate,
            numberOfChannels: channelCount,
            numberOfFrames,
            timestamp: Math.round(1000 * (captureTime ?? performance.now())),
            data: /** @type {Int16Array<ArrayBuffer>} */ (samples),
          }),
      );
    },
    close: writer.close,
  };
}

/** @returns {{ track: MediaStreamTrack, outlet: Outlet }} */
function openCanvas() {
  const canvas = document.createElement('canvas');
  // Firefox captures only a canvas that has a context.
  const context = canvas.getContext('2d');
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  // Of the track that it is, and later is not to be seen as any more. Older Firefox has it on the stream.
  const request =
    /** @type {any} */ (track).requestFrame ?? /** @type {any} */ (stream).requestFrame;
  const target = /** @type {any} */ (track).requestFrame ? track : stream;
  return {
    track,
    outlet: {
      video(picture) {
        if (!context) return;
        const { width, height } = sizeOf(picture);
        const rotation = rotationOf(picture);
        const isSideways = isI420(picture) && rotation % 180 !== 0;
        const [shownWidth, shownHeight] = isSideways ? [height, width] : [width, height];
        if (canvas.width !== shownWidth) canvas.width = shownWidth;
        if (canvas.height !== shownHeight) canvas.height = shownHeight;
        if (!isI420(picture)) context.drawImage(picture, 0, 0);
        else if (rotation === 0) context.putImageData(imageOfI420(picture), 0, 0);
        else drawTurned(context, picture, rotation);
        request?.call(target);
      },
      close() {},
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./video/i420.js').I420Frame} picture
 * @param {number} rotation
 */
function drawTurned(context, picture, rotation) {
  const upright = document.createElement('canvas');
  upright.width = picture.width;
  upright.height = picture.height;
  upright.getContext('2d')?.putImageData(imageOfI420(picture), 0, 0);
  context.setTransform(1, 0, 0, 1, context.canvas.width / 2, context.canvas.height / 2);
  context.rotate((rotation * Math.PI) / 180);
  context.drawImage(upright, -picture.width / 2, -picture.height / 2);
  context.resetTransform();
}

/** One for all: pages may have few of them. @type {AudioContext | undefined} */
let graph;

/** So much sound lies in the graph, and no more, in seconds. */
const kAhead = 0.02;
const kMostAhead = 0.2;

/** @returns {{ track: MediaStreamTrack, outlet: Outlet }} */
function openGraph() {
  if (!graph) {
    // Suspended until there is something to play, so that it opens no device.
    graph = new AudioContext({ sampleRate: 48_000 });
    void graph.suspend();
  }
  const context = graph;
  const end = context.createMediaStreamDestination();
  const [track] = end.stream.getAudioTracks();
  let next = 0;
  let isPlaying = false;
  /** @type {Resampler | undefined} */
  let resampler;
  let format = '';
  return {
    track,
    outlet: {
      audio({ samples, sampleRate, channelCount }) {
        if (!isPlaying) runWhenAllowed(context);
        isPlaying = true;
        const name = `${sampleRate} ${channelCount}`;
        if (name !== format) {
          format = name;
          resampler = new Resampler(sampleRate, context.sampleRate, channelCount);
        }
        const fitting = resampler?.process(samples) ?? samples;
        const length = fitting.length / channelCount;
        if (length === 0 || next > context.currentTime + kMostAhead) return;
        const buffer = context.createBuffer(channelCount, length, context.sampleRate);
        for (let channel = 0; channel < channelCount; channel++) {
          const plane = buffer.getChannelData(channel);
          for (let i = 0; i < length; i++) plane[i] = fitting[i * channelCount + channel] / 32768;
        }
        const piece = new AudioBufferSourceNode(context, { buffer });
        piece.connect(end);
        if (next < context.currentTime) next = context.currentTime + kAhead;
        piece.start(next);
        next += length / context.sampleRate;
      },
      close() {
        end.disconnect();
      },
    },
  };
}
