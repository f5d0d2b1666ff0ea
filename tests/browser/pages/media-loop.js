// For tests/browser/media-pipelines.test.js: a canvas that counts, a tone, and a line of two pipelines
// between a track and what shows it.

import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  supportedVideoCodecs,
} from '/js/media/index.js';

const kBits = 10;

/** Draws a number as blocks of black and white over the upper half, on a background that moves. */
function drawNumber(context, number, details = false) {
  const { width, height } = context.canvas;
  context.fillStyle = `hsl(${(number * 7) % 360} 60% 50%)`;
  context.fillRect(0, 0, width, height);
  if (details) {
    const noise = new ImageData(width, height / 2);
    for (let i = 0, value = number + 1; i < noise.data.length; i += 4) {
      value = (value * 1_103_515_245 + 12_345) & 0x7fffffff;
      noise.data.fill(110 + ((value >> 16) & 31), i, i + 3);
      noise.data[i + 3] = 255;
    }
    context.putImageData(noise, 0, height / 2);
  }
  context.fillStyle = 'black';
  context.fillRect((number * 5) % width, height * 0.6, width / 8, height / 4);
  for (let bit = 0; bit < kBits; bit++) {
    context.fillStyle = (number >> bit) & 1 ? 'white' : 'black';
    context.fillRect((bit * width) / kBits, 0, width / kBits, height / 2);
  }
}

/** The number that a picture shows. */
function readNumber(context) {
  const { width, height } = context.canvas;
  let number = 0;
  for (let bit = 0; bit < kBits; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / kBits);
    const [red, green, blue] = context.getImageData(x, Math.floor(height / 4), 1, 1).data;
    if (red + green + blue > 384) number |= 1 << bit;
  }
  return number;
}

/** A canvas that shows 0, 1, 2, … and its track; with noise in its lower half it takes many bits. */
export function countingCanvas(width = 320, height = 240, { interval = 40, details = false } = {}) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  let number = 0;
  drawNumber(context, number, details);
  const [track] = canvas.captureStream().getVideoTracks();
  const draw = () => drawNumber(context, (number = (number + 1) % 1024), details);
  const timer = setInterval(draw, interval);
  return { track, stop: () => clearInterval(timer) };
}

/** A canvas of one colour, painted again and again, and its track. */
export function plainCanvas(colour) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  const paint = () => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 320, 240);
  };
  paint();
  const [track] = canvas.captureStream().getVideoTracks();
  const timer = setInterval(paint, 40);
  return { track, stop: () => clearInterval(timer) };
}

/** The colour in the middle of what a track shows, once it has shown some pictures. */
export async function colourShown(track) {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  await video.play();
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  }
  const context = document.createElement('canvas').getContext('2d');
  context.drawImage(video, -video.videoWidth / 2, -video.videoHeight / 2);
  const colour = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  video.srcObject = null;
  video.remove();
  return colour;
}

/** Which numbers a track shows, read off a <video>, each once; resolves when there are `count`. */
export async function numbersShown(track, count) {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const numbers = [];
  await video.play();
  await new Promise((resolve) => {
    const look = () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      context.drawImage(video, 0, 0);
      const number = readNumber(context);
      if (number !== numbers.at(-1)) numbers.push(number);
      if (numbers.length >= count) resolve();
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
  const size = [video.videoWidth, video.videoHeight];
  video.srcObject = null;
  video.remove();
  return { numbers, size };
}

/** A tone, and its track. */
export async function toneTrack(frequency) {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const oscillator = new OscillatorNode(context, { frequency });
  const end = context.createMediaStreamDestination();
  oscillator.connect(end);
  oscillator.start();
  return { track: end.stream.getAudioTracks()[0], stop: () => context.close() };
}

/**
 * Waits until a track plays that tone, alone, for as long as the analyser of a graph looks at, which is a third of a
 * second; on a busy machine sound has gaps.
 */
export async function heardTone(track, frequency) {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getFloatFrequencyData(bins);
    const best = bins.indexOf(Math.max(...bins));
    const elsewhere = bins.filter((_, i) => Math.abs(i - best) > 20);
    const isPure = bins[best] > -40 && Math.max(...elsewhere) < bins[best] - 12;
    // Of two bins, since the tone lies between them.
    if (isPure && Math.abs((best * 48_000) / 16_384 - frequency) < 6) break;
  }
  await context.close();
}

/** A send pipeline whose frames go to a receive pipeline at once. */
export class Loop {
  frames = [];
  errors = [];
  requests = 0;
  /** May drop or change frames on the way. */
  filter = (frame) => frame;

  constructor(kind, codec, configuration = {}) {
    this.track = createRemoteTrack(kind);
    this.receiver = createReceivePipeline({
      kind,
      track: this.track,
      requestKeyFrame: () => {
        this.requests++;
        this.sender.requestKeyFrame(0);
      },
    });
    this.sender = createSendPipeline({
      kind,
      onframe: (index, frame) => {
        this.frames.push({ index, ...frame, data: undefined, size: frame.data.length });
        this.notify?.();
        const passed = index === 0 && this.filter(frame);
        if (!passed) return;
        const playAt = frame.captureTime + 80;
        this.receiver.push({ ...codec, ...passed, playAt, receivedAt: performance.now() });
      },
      onerror: (error) => this.errors.push(String(error)),
    });
    this.sender.configure({ codec, encodings: [{}], ...configuration });
  }

  /** Waits for frames of which the condition holds. */
  async until(condition) {
    while (!condition(this.frames)) await new Promise((resolve) => (this.notify = resolve));
    return this;
  }

  close() {
    this.sender.close();
    this.receiver.close();
    this.track.stop();
  }

  get seen() {
    const { frames, errors, requests } = this;
    const stats = { sent: this.sender.stats(), received: this.receiver.stats() };
    return { frames, errors, requests, stats };
  }
}

globalThis.media = {
  Loop,
  colourShown,
  countingCanvas,
  heardTone,
  numbersShown,
  plainCanvas,
  supportedVideoCodecs,
  toneTrack,
};
