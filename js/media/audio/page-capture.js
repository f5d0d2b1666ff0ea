// Sound of the page's tracks: by MediaStreamTrackProcessor where there is one, else through Web Audio.
// There it is a ScriptProcessorNode: an AudioWorklet would need a module of its own at an address
// that bundlers, classic scripts and content security policies let it be loaded from.

import { runWhenAllowed } from './page-context.js';
import { interleave, samplesOfAudioData } from './sound.js';
import { secureHint } from '../secure-hint.js';

/**
 * @param {MediaStreamTrack} track
 * @param {(sound: import('../source.js').Sound) => void} onsound
 * @param {(error: unknown) => void} onerror
 * @returns {import('../capture.js').Capture}
 */
export function openPageAudio(track, onsound, onerror) {
  const { MediaStreamTrackProcessor } = /** @type {any} */ (globalThis);
  // Where it is for workers alone, or for video alone, it is not of use here.
  if (typeof MediaStreamTrackProcessor === 'function' && typeof AudioData === 'function') {
    try {
      return readData(new MediaStreamTrackProcessor({ track }), onsound, onerror);
    } catch {
      // Then by Web Audio.
    }
  }
  if (typeof AudioContext === 'function') return tapGraph(track, onsound);
  throw new DOMException(
    `this realm cannot read the sound of a track${secureHint()}`,
    'NotSupportedError',
  );
}

/**
 * @param {any} processor
 * @param {(sound: import('../source.js').Sound) => void} onsound
 * @param {(error: unknown) => void} onerror
 */
function readData(processor, onsound, onerror) {
  /** @type {ReadableStreamDefaultReader<AudioData>} */
  const reader = processor.readable.getReader();
  let isOpen = true;
  const read = async () => {
    while (isOpen) {
      const { value: data, done } = await reader.read();
      if (!data || done) return;
      const { sampleRate, numberOfChannels: channelCount, numberOfFrames } = data;
      const samples = samplesOfAudioData(data);
      data.close();
      if (isOpen) onsound({ samples, sampleRate, channelCount, numberOfFrames });
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

const kPieceLength = 1024;

/**
 * @param {MediaStreamTrack} track
 * @param {(sound: import('../source.js').Sound) => void} onsound
 */
function tapGraph(track, onsound) {
  const context = new AudioContext();
  runWhenAllowed(context);
  const input = context.createMediaStreamSource(new MediaStream([track]));
  const tap = context.createScriptProcessor(kPieceLength, 2, 1);
  tap.onaudioprocess = ({ inputBuffer }) => {
    const { numberOfChannels: channelCount, length: numberOfFrames, sampleRate } = inputBuffer;
    const samples = new Int16Array(numberOfFrames * channelCount);
    for (let channel = 0; channel < channelCount; channel++) {
      interleave(inputBuffer.getChannelData(channel), samples, channel, channelCount);
    }
    onsound({ samples, sampleRate, channelCount, numberOfFrames });
  };
  // It works only with somebody to listen; what it gives out is silence.
  input.connect(tap).connect(context.destination);
  return {
    close() {
      tap.onaudioprocess = null;
      input.disconnect();
      tap.disconnect();
      void context.close();
    },
  };
}
