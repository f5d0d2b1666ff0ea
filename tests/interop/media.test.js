// Sound and pictures between the package in Node.js and @roamhq/wrtc: what one encodes, the other
// decodes, and the content is compared.

import { createRequire } from 'node:module';
import { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } from '../../js/index.node.js';
import { ours, wrtc } from './support/implementations.js';
import { Peer } from './support/peer.js';
import { connect } from './support/session.js';
import { onEnd, within } from './support/waiting.js';

const require = createRequire(import.meta.url);
const { nonstandard } = require('@roamhq/wrtc');

const kWidth = 320;
const kHeight = 240;
/** Cells of the bar code that numbers frames, most significant first. */
const kCells = 8;

/** What either implementation calls its sources and sinks. */
const kinds = {
  [ours.name]: {
    videoSource: () => new RTCVideoSource(),
    audioSource: () => new RTCAudioSource(),
    videoSink: (track) => new RTCVideoSink(track),
    audioSink: (track) => new RTCAudioSink(track),
  },
  [wrtc.name]: {
    videoSource: () => new nonstandard.RTCVideoSource(),
    audioSource: () => new nonstandard.RTCAudioSource(),
    videoSink: (track) => new nonstandard.RTCVideoSink(track),
    audioSink: (track) => new nonstandard.RTCAudioSink(track),
  },
};

/** An I420 picture that says its number in eight black or white cells, over a grey that moves. */
function picture(number) {
  const data = new Uint8Array((kWidth * kHeight * 3) / 2).fill(128);
  const cell = kWidth / kCells;
  for (let y = 0; y < kHeight; y++) {
    for (let x = 0; x < kWidth; x++) {
      const bit = (number >> (kCells - 1 - Math.floor(x / cell))) & 1;
      data[y * kWidth + x] = y < kHeight / 2 ? (bit ? 235 : 16) : 64 + ((x + number * 4) % 128);
    }
  }
  return { width: kWidth, height: kHeight, data };
}

/** The number in a picture, however it was scaled. */
function numberIn({ width, height, data }) {
  let number = 0;
  for (let i = 0; i < kCells; i++) {
    const x = Math.floor(((i + 0.5) * width) / kCells);
    number = (number << 1) | (data[Math.floor(height / 4) * width + x] > 128 ? 1 : 0);
  }
  return number;
}

function every(ms, action) {
  const timer = setInterval(action, ms);
  onEnd(() => clearInterval(timer));
}

/** Sends numbered pictures until the test ends. */
function showNumbers(source) {
  let number = 0;
  every(33, () => source.onFrame(picture(number++ % 256)));
}

/** Sends a tone until the test ends, 10 ms at a time. */
function playTone(source, hertz) {
  let phase = 0;
  every(10, () => {
    const samples = new Int16Array(480);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = 8000 * Math.sin((2 * Math.PI * hertz * phase++) / 48000);
    }
    source.onData({
      samples,
      sampleRate: 48000,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: 480,
    });
  });
}

/** How much of the sound's power is at that frequency: Goertzel's algorithm; 1 is all of it. */
function purity(samples, sampleRate, hertz) {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + coefficient * last - before];
    power += sample * sample;
  }
  const tone = before * before + last * last - coefficient * before * last;
  return power === 0 ? 0 : tone / ((power * samples.length) / 2);
}

/** A track of the source's that ends with the test: wrtc keeps a process alive for one that is live. */
function trackOf(source) {
  const track = source.createTrack();
  onEnd(() => track.stop());
  return track;
}

/** The track of that kind that the peer announces. */
function announcedTrack(peer, kind) {
  return new Promise((resolve) => {
    peer.pc.addEventListener('track', ({ track }) => {
      if (track.kind === kind) resolve(track);
    });
  });
}

const directions = [
  { from: ours, to: wrtc },
  { from: wrtc, to: ours },
].map(({ from, to }) => ({ from, to, what: `${from.name} to ${to.name}` }));

describe.each(directions)('from $what', ({ from, to }) => {
  test('numbered pictures arrive in order, and are what was sent', async () => {
    const sender = new Peer(from);
    const receiver = new Peer(to);
    const source = kinds[from.name].videoSource();
    sender.pc.addTrack(trackOf(source));
    const announced = announcedTrack(receiver, 'video');
    await connect(sender, receiver);
    const sink = kinds[to.name].videoSink(await announced);
    onEnd(() => sink.stop());
    const numbers = [];
    const seen = new Promise((resolve) => {
      sink.onframe = ({ frame }) => {
        numbers.push(numberIn(frame));
        if (numbers.length === 60) resolve();
      };
    });
    showNumbers(source);
    await within('60 pictures', seen);
    const steps = numbers.slice(1).map((number, i) => (number - numbers[i] + 256) % 256);
    // Some are left out when a processor is short of time; none comes twice or too late.
    expect(steps.every((step) => step > 0 && step < 64)).toBe(true);
  });

  test('a tone arrives at its frequency', async () => {
    const sender = new Peer(from);
    const receiver = new Peer(to);
    const source = kinds[from.name].audioSource();
    sender.pc.addTrack(trackOf(source));
    const announced = announcedTrack(receiver, 'audio');
    await connect(sender, receiver);
    const sink = kinds[to.name].audioSink(await announced);
    onEnd(() => sink.stop());
    const heard = new Promise((resolve) => {
      const window = [];
      sink.ondata = ({ samples, sampleRate, channelCount = 1 }) => {
        for (let i = 0; i < samples.length; i += channelCount) window.push(samples[i]);
        if (window.length < sampleRate / 5) return;
        const part = window.splice(0);
        if (purity(part, sampleRate, 440) > 0.9) resolve(part);
      };
    });
    playTone(source, 440);
    const part = await within('a pure tone of 440 Hz', heard);
    const loudest = Math.max(...part);
    expect(loudest).toBeGreaterThan(4000);
    expect(loudest).toBeLessThan(16_000);
  });
});
