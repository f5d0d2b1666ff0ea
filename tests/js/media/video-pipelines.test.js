// Video from a track to frames and back to a track, in virtual time, by libvpx.

import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  RTCVideoSink,
  RTCVideoSource,
} from '../../../js/media/index.js';
import { TestClock } from './support/clock.js';
import { picture, psnr } from './support/signals.js';
import './support/codecs.js';

const kVp8 = { mimeType: 'video/VP8', clockRate: 90_000 };

/** Lets what promises wait for happen: codecs open asynchronously. */
async function settle(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

class Camera {
  clock = new TestClock();
  source = new RTCVideoSource();
  frames = [];
  errors = [];
  number = 0;

  constructor({ codec = kVp8, width = 160, height = 96, track, ...configuration } = {}) {
    this.size = [width, height];
    this.track = track ?? this.source.createTrack();
    this.sender = createSendPipeline({
      kind: 'video',
      clock: this.clock,
      onframe: (index, frame) => this.frames.push({ index, ...frame }),
      onerror: (error) => this.errors.push(error),
    });
    this.sender.configure({ codec, encodings: [{}], ...configuration });
    this.sender.setTrack(this.track);
  }

  /** A picture, and the time until the next one. */
  shoot(interval = 40) {
    const shot = picture(...this.size, this.number++);
    this.source.onFrame({ ...shot, timestamp: this.clock.now() });
    this.clock.advance(interval);
    return shot;
  }

  /** Until all encoders are there. */
  async open() {
    this.shoot();
    const isOpen = ({ active, encoderImplementation }) => !active || encoderImplementation;
    await settle(() => this.sender.stats().encodings.every(isOpen));
    return this;
  }

  of(index) {
    return this.frames.filter((frame) => frame.index === index);
  }

  close() {
    this.sender.close();
    expect(this.clock.timers).toBe(0);
  }
}

class Screen {
  shown = [];
  requests = 0;

  constructor(clock, codec = kVp8) {
    this.clock = clock;
    this.codec = codec;
    this.track = createRemoteTrack('video');
    this.sink = new RTCVideoSink(this.track);
    this.sink.onframe = ({ frame }) => this.shown.push(frame);
    this.receiver = createReceivePipeline({
      kind: 'video',
      track: this.track,
      clock,
      requestKeyFrame: () => this.requests++,
    });
  }

  push(frame, { delay = 100, ...members } = {}) {
    const playAt = frame.captureTime + delay;
    this.receiver.push({ ...this.codec, ...frame, playAt, ...members });
  }

  async open() {
    await settle(() => this.receiver.stats().decoderImplementation);
  }

  close() {
    this.receiver.close();
    expect(this.clock.timers).toBe(0);
  }
}

test('Pictures come out as they went in, in time, with their size', async () => {
  const camera = await new Camera({ width: 129, height: 71 }).open();
  const screen = new Screen(camera.clock);
  const shots = [];
  for (let i = 0; i < 30; i++) {
    const before = camera.frames.length;
    shots.push(camera.shoot());
    for (const frame of camera.frames.slice(before)) screen.push(frame);
    if (i === 0) await screen.open();
  }
  camera.clock.advance(200);
  expect(camera.errors).toEqual([]);
  // Encoders of some codecs take even sizes alone.
  expect(camera.frames[0]).toMatchObject({ index: 0, key: true, width: 130, height: 72 });
  expect(camera.frames.slice(1).every(({ key }) => !key)).toBe(true);
  camera.frames.slice(1).forEach(({ rtpTimestamp, captureTime }, i) => {
    expect((rtpTimestamp - camera.frames[i].rtpTimestamp) >>> 0).toBe(3600);
    expect(captureTime - camera.frames[i].captureTime).toBeCloseTo(40);
  });
  expect(screen.shown.length).toBe(camera.frames.length);
  expect(screen.receiver.stats()).toMatchObject({
    framesDecoded: screen.shown.length,
    keyFramesDecoded: 1,
    framesDropped: 0,
    frameWidth: 130,
    frameHeight: 72,
    decoderImplementation: 'libvpx',
  });
  camera.close();
  screen.close();
});

test('A picture is within 35 dB of the original', async () => {
  const camera = await new Camera({ width: 320, height: 192 }).open();
  const screen = new Screen(camera.clock);
  const shots = [];
  for (let i = 0; i < 20; i++) {
    const before = camera.frames.length;
    const shot = camera.shoot();
    for (const frame of camera.frames.slice(before)) {
      shots.push(shot);
      screen.push(frame, { delay: 0 });
    }
    if (i === 0) await screen.open();
  }
  camera.clock.advance(200);
  expect(screen.shown.length).toBeGreaterThan(15);
  screen.shown.slice(-5).forEach((shown, i) => {
    expect(psnr(shown, shots[shots.length - 5 + i])).toBeGreaterThan(35);
  });
  camera.close();
  screen.close();
});
