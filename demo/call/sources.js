// What an end sends: a test card of its own, or the camera and the microphone.

import { TestCard } from './test-card.js';

/**
 * @typedef {object} Source
 * @property {MediaStream} stream
 * @property {TestCard} [card]
 * @property {() => void} stop
 */

/** @type {AudioContext | undefined} */
let audio;

/** The page's one, running once the user has touched something. */
export function audioContext() {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') audio.resume().catch(() => {});
  return audio;
}

/**
 * @param {'card' | 'camera'} kind
 * @param {import('./counter-code.js').Author} author
 * @param {number} height  of the picture, in lines
 * @returns {Promise<Source>}
 */
export async function openSource(kind, author, height) {
  if (kind === 'card') {
    const card = new TestCard(author, height, audioContext());
    return { stream: card.stream, card, stop: () => card.stop() };
  }
  if (!navigator.mediaDevices) {
    throw new Error('Browsers give camera and microphone to pages on localhost or https alone.');
  }
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { height: { ideal: height }, width: { ideal: (height * 16) / 9 } },
  });
  return {
    stream,
    stop() {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}
