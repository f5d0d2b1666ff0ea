// Listens to what arrives: how loud it is, and at which pitch.

import { audioContext } from './sources.js';

const kFftSize = 8192;
/** Below this the loudest frequency is noise. */
const kAudibleDb = -70;

export class Ear {
  #node;
  #analyser;
  #spectrum;

  /** @param {MediaStreamTrack} track  that a media element plays as well: browsers ask for that */
  constructor(track) {
    const audio = audioContext();
    this.#node = audio.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = new AnalyserNode(audio, { fftSize: kFftSize, smoothingTimeConstant: 0 });
    this.#node.connect(this.#analyser);
    this.#spectrum = new Float32Array(this.#analyser.frequencyBinCount);
  }

  /** @returns {{pitch: number, level: number} | undefined} Hz and dB of full scale */
  listen() {
    const spectrum = this.#spectrum;
    this.#analyser.getFloatFrequencyData(spectrum);
    let peak = 1;
    for (let i = 2; i < spectrum.length - 1; i++) if (spectrum[i] > spectrum[peak]) peak = i;
    const level = spectrum[peak];
    if (!(level > kAudibleDb)) return undefined;
    // The vertex of the parabola through the peak and its neighbours.
    const [left, right] = [spectrum[peak - 1], spectrum[peak + 1]];
    const offset = (left - right) / (2 * (left - 2 * level + right)) || 0;
    const binWidth = this.#analyser.context.sampleRate / kFftSize;
    return { pitch: (peak + offset) * binWidth, level };
  }

  close() {
    this.#node.disconnect();
  }
}
