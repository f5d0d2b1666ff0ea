// A test card, drawn: colour bars, a moving pattern, the time, and a counter in digits and in blocks
// that a reader understands (counter-code.js). With a tone, so that both kinds of media can be
// measured where they arrive.

import { drawCounter, kCounters } from './counter-code.js';

/** @typedef {import('./counter-code.js').Author} Author */

export const kFramesPerSecond = 30;
/** Of each end its own, so that nobody takes an echo for the other side. @type {Record<Author, number>} */
export const kTones = { A: 440, B: 660 };
/** -20 dB of full scale: loud enough to measure, quiet in a room. */
const kToneGain = 0.1;

const kBars = ['#c0c0c0', '#c0c000', '#00c0c0', '#00c000', '#c000c0', '#c00000', '#0000c0'];
/** @type {Record<Author, string>} */
const kTints = { A: '#8f82ff', B: '#63d2e4' };

/** How many drawn frames are remembered with their times. */
const kRemembered = 20 * kFramesPerSecond;

export class TestCard {
  #context;
  #timer;
  #author;
  #counter = 0;
  /** By counter, when it was drawn. @type {Map<number, number>} */
  #drawnAt = new Map();
  #stopTone;

  /**
   * @param {Author} author
   * @param {number} height  of the picture, in lines; 16:9
   * @param {AudioContext} audio
   */
  constructor(author, height, audio) {
    this.#author = author;
    const canvas = document.createElement('canvas');
    canvas.width = (height * 16) / 9;
    canvas.height = height;
    this.#context = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext('2d', { alpha: false })
    );
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 1000 / kFramesPerSecond);
    const tone = openTone(audio, kTones[author]);
    this.#stopTone = tone.stop;
    this.stream = canvas.captureStream(kFramesPerSecond);
    this.stream.addTrack(tone.track);
    for (const track of this.stream.getVideoTracks()) track.contentHint = 'motion';
  }

  /** @param {number} counter @returns {number | undefined} of `performance.now()` */
  drawnAt(counter) {
    return this.#drawnAt.get(counter);
  }

  stop() {
    clearInterval(this.#timer);
    this.#stopTone();
    for (const track of this.stream.getTracks()) track.stop();
  }

  #draw() {
    const now = performance.now();
    this.#counter = (this.#counter + 1) % kCounters;
    this.#drawnAt.set(this.#counter, now);
    if (this.#drawnAt.size > kRemembered) {
      const [oldest] = this.#drawnAt.keys();
      this.#drawnAt.delete(oldest);
    }
    this.#paint(now / 1000);
    drawCounter(this.#context, this.#counter, this.#author);
  }

  /** @param {number} seconds */
  #paint(seconds) {
    const context = this.#context;
    const { width, height } = context.canvas;
    const tint = kTints[this.#author];
    const unit = height / 100;
    const bars = 26 * unit;
    context.fillStyle = '#14141f';
    context.fillRect(0, 0, width, height);
    kBars.forEach((colour, i) => {
      context.fillStyle = colour;
      const left = Math.round((i * width) / kBars.length);
      context.fillRect(left, 0, Math.ceil(width / kBars.length), bars);
    });
    // A ramp that travels: steps in it are dropped frames.
    const shift = (seconds / 4) % 1;
    const ramp = context.createLinearGradient(0, 0, width, 0);
    for (let i = 0; i <= 8; i++) {
      const at = i / 8;
      const level = Math.round(40 + 180 * Math.abs(((at + shift) % 1) * 2 - 1));
      ramp.addColorStop(at, `rgb(${level},${level},${level})`);
    }
    context.fillStyle = ramp;
    context.fillRect(0, bars, width, 5 * unit);

    this.#paintDial(seconds, tint, unit);
    this.#paintText(seconds, tint, unit);
    // A ball that bounces along the row of blocks.
    const swing = Math.abs(((seconds / 2) % 2) - 1);
    const hop = Math.abs(Math.sin(seconds * Math.PI * 2));
    context.fillStyle = tint;
    context.beginPath();
    context.arc(6 * unit + swing * (width - 12 * unit), (81 - 10 * hop) * unit, 4 * unit, 0, 7);
    context.fill();
  }

  /**
   * A hand that goes round once a second.
   * @param {number} seconds
   * @param {string} tint
   * @param {number} unit
   */
  #paintDial(seconds, tint, unit) {
    const context = this.#context;
    const [x, y, radius] = [24 * unit, 54 * unit, 17 * unit];
    const angle = (at = 0) => at * Math.PI * 2 - Math.PI / 2;
    context.lineWidth = 1.2 * unit;
    context.strokeStyle = '#55556a';
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.stroke();
    context.fillStyle = tint;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius - 2 * unit, angle(), angle(seconds % 1));
    context.fill();
    context.fillStyle = '#14141f';
    context.beginPath();
    context.arc(x, y, radius * 0.55, 0, Math.PI * 2);
    context.fill();
    context.fillStyle = '#fff';
    context.font = `bold ${13 * unit}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(this.#author, x, y + unit);
  }

  /**
   * @param {number} seconds
   * @param {string} tint
   * @param {number} unit
   */
  #paintText(seconds, tint, unit) {
    const context = this.#context;
    const { width, height } = context.canvas;
    const now = new Date();
    const time = now.toTimeString().slice(0, 8);
    const fraction = String(now.getMilliseconds()).padStart(3, '0');
    context.textAlign = 'left';
    context.textBaseline = 'alphabetic';
    context.fillStyle = '#fff';
    context.font = `600 ${15 * unit}px ui-monospace, 'DejaVu Sans Mono', monospace`;
    context.fillText(`${time}.${fraction}`, 50 * unit, 52 * unit);
    context.fillStyle = tint;
    context.font = `600 ${7 * unit}px ui-monospace, 'DejaVu Sans Mono', monospace`;
    context.fillText(
      `frame ${String(this.#counter).padStart(5, '0')}  ${width}×${height}  ${kTones[this.#author]} Hz`,
      50 * unit,
      65 * unit,
    );
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 */
function openTone(audio, frequency) {
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: kToneGain });
  const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  return {
    track: destination.stream.getAudioTracks()[0],
    stop() {
      oscillator.stop();
      oscillator.disconnect();
      gain.disconnect();
    },
  };
}
