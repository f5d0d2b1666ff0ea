// Tones and colours in Node.js, which has no devices: by the package's own sources and sinks.

import {
  MediaStream,
  RTCAudioSink,
  RTCAudioSource,
  RTCVideoSink,
  RTCVideoSource,
} from '../../../../dist/webrtc-wasm.node.mjs';
import { authorOfColour, kColours, kPicture, kTones, ToneMeter } from './content.js';

const kRate = 48_000;

/** @param {'a' | 'b'} role @returns {import('./end.js').Media} */
export function createMedia(role) {
  /** @type {(() => void)[]} */
  const endings = [];
  return {
    send() {
      const audio = playTone(kTones[role], endings);
      const video = showColour(kColours[role].yuv, endings);
      endings.push(() => [audio, video].forEach((track) => track.stop()));
      return new MediaStream([audio, video]);
    },
    hears: (stream) =>
      new Promise((resolve) => {
        const meter = new ToneMeter();
        const sink = new RTCAudioSink(stream.getAudioTracks()[0]);
        endings.push(() => sink.stop());
        sink.ondata = ({ samples, sampleRate, channelCount }) => {
          const author = meter.take(samples, sampleRate, channelCount);
          if (author) resolve(author);
        };
      }),
    sees: (stream) =>
      new Promise((resolve) => {
        const sink = new RTCVideoSink(stream.getVideoTracks()[0]);
        endings.push(() => sink.stop());
        sink.onframe = ({ frame: { width, height, data } }) => {
          const luma = width * height;
          const middle = ((height >> 2) * width + width) >> 1;
          const blue = data[luma + middle];
          const red = data[luma + luma / 4 + middle];
          const author = authorOfColour(red, blue);
          if (author) resolve(author);
        };
      }),
    close() {
      for (const end of endings.splice(0)) end();
    },
  };
}

/** @param {number} tone @param {(() => void)[]} endings */
function playTone(tone, endings) {
  const source = new RTCAudioSource();
  const start = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * kRate);
    const samples = new Int16Array(due - done);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = 8000 * Math.sin((2 * Math.PI * tone * (done + i)) / kRate);
    }
    done = due;
    if (samples.length === 0) return;
    source.onData({ samples, sampleRate: kRate, numberOfFrames: samples.length });
  }, 20);
  endings.push(() => clearInterval(timer));
  return source.createTrack();
}

/** @param {number[]} yuv @param {(() => void)[]} endings */
function showColour([y, u, v], endings) {
  const { width, height, perSecond } = kPicture;
  const source = new RTCVideoSource();
  const luma = width * height;
  const data = new Uint8Array(luma * 1.5).fill(y, 0, luma);
  data.fill(u, luma, luma * 1.25).fill(v, luma * 1.25);
  const timer = setInterval(() => source.onFrame({ width, height, data }), 1000 / perSecond);
  endings.push(() => clearInterval(timer));
  return source.createTrack();
}
