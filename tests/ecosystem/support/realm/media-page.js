// Tones and colours in a page, by what pages have themselves: Web Audio, canvas and media elements.

import { authorOfColour, kColours, kPicture, kTones, ToneMeter } from './content.js';

/** @param {'a' | 'b'} role @returns {import('./end.js').Media} */
export function createMedia(role) {
  const context = new AudioContext();
  /** @type {(() => void)[]} */
  const endings = [() => void context.close()];
  return {
    send() {
      const stream = showColour(kColours[role].rgb, endings);
      const oscillator = new OscillatorNode(context, { frequency: kTones[role] });
      const out = context.createMediaStreamDestination();
      oscillator.connect(new GainNode(context, { gain: 0.25 })).connect(out);
      oscillator.start();
      for (const track of out.stream.getTracks()) stream.addTrack(track);
      endings.push(() => stream.getTracks().forEach((track) => track.stop()));
      return stream;
    },
    hears: (stream) =>
      new Promise((resolve) => {
        // Chromium plays a track of its own connections only where an element does.
        const element = new Audio();
        element.muted = true;
        element.srcObject = stream;
        const meter = new ToneMeter();
        // An AudioWorklet would need a module of its own.
        const tap = context.createScriptProcessor(4096, 1, 1);
        tap.onaudioprocess = ({ inputBuffer }) => {
          const author = meter.take(inputBuffer.getChannelData(0), inputBuffer.sampleRate);
          if (author) resolve(author);
        };
        const heard = new MediaStream(stream.getAudioTracks());
        context.createMediaStreamSource(heard).connect(tap).connect(context.destination);
        endings.push(() => {
          tap.disconnect();
          element.srcObject = null;
        });
      }),
    sees: (stream) =>
      new Promise((resolve, reject) => {
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = new MediaStream(stream.getVideoTracks());
        document.body.append(video);
        const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
        const look = () => {
          canvas.drawImage(video, 0, 0, 1, 1);
          const [red, , blue] = canvas.getImageData(0, 0, 1, 1).data;
          const author = authorOfColour(red, blue);
          if (author) resolve(author);
          else video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
        video.play().catch(reject);
        endings.push(() => {
          video.srcObject = null;
          video.remove();
        });
      }),
    close() {
      for (const end of endings.splice(0)) end();
    },
  };
}

/** @param {number[]} rgb @param {(() => void)[]} endings */
function showColour([red, green, blue], endings) {
  const { width, height, perSecond } = kPicture;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const paint = () => {
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(0, 0, width, height);
  };
  paint();
  const timer = setInterval(paint, 1000 / perSecond);
  endings.push(() => clearInterval(timer));
  return canvas.captureStream(perSecond);
}
