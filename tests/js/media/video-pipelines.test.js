// Video from a track to frames and back to a track, in virtual time, by libvpx.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  RTCVideoSink,
  RTCVideoSource,
} from '../../../js/media/index.js';
import { codecLoads } from '../../../js/media/codecs/module.js';
import { openVp8Decoder } from '../../../js/media/codecs/vp8.js';
import { TestClock } from './support/clock.js';
import { brightness, picture, psnr } from './support/signals.js';
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
    const shot = picture(...this.size, this.number++ % 16);
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

test('Each encoding has its size, its rate and its layers, and key frames when they are asked for', async () => {
  const camera = await new Camera({
    width: 256,
    height: 128,
    encodings: [
      { scaleResolutionDownBy: 4 },
      { scaleResolutionDownBy: 2, maxFramerate: 5 },
      { active: false },
      { scalabilityMode: 'L1T3' },
    ],
  }).open();
  for (let i = 0; i < 26; i++) camera.shoot();
  camera.sender.requestKeyFrame(0);
  camera.shoot();
  camera.sender.requestKeyFrame(7);
  const sizes = [0, 1, 2, 3].map((index) => camera.of(index)[0]);
  expect(sizes[0]).toMatchObject({ width: 64, height: 32, key: true });
  expect(sizes[1]).toMatchObject({ width: 128, height: 64, key: true });
  expect(sizes[2]).toBeUndefined();
  expect(sizes[3]).toMatchObject({ width: 256, height: 128, key: true });
  expect(camera.of(0).filter(({ key }) => key).length).toBe(2);
  expect(camera.of(0).at(-1).key).toBe(true);
  // A second and a bit at 25 pictures a second.
  expect(camera.of(1).length).toBeGreaterThanOrEqual(5);
  expect(camera.of(1).length).toBeLessThanOrEqual(7);
  const layers = camera.of(3).map(({ temporalLayer }) => temporalLayer);
  expect(layers.slice(0, 9)).toEqual([0, 2, 1, 2, 0, 2, 1, 2, 0]);
  const stats = camera.sender.stats();
  expect(stats.source).toMatchObject({ width: 256, height: 128, frames: 28 });
  expect(stats.encodings.map(({ active }) => active)).toEqual([true, true, false, true]);
  expect(stats.encodings[3]).toMatchObject({ scalabilityMode: 'L1T3', keyFramesEncoded: 1 });
  expect(stats.encodings[0].qpSum).toBeGreaterThan(0);
  camera.close();
});

test('Without the frames of its upper layers a stream decodes as well', async () => {
  const camera = await new Camera({ encodings: [{ scalabilityMode: 'L1T2' }] }).open();
  const screen = new Screen(camera.clock);
  const shots = new Map();
  for (let i = 0; i < 20; i++) {
    const shot = camera.shoot();
    const frame = camera.frames.at(-1);
    if (frame) shots.set(frame.captureTime, shot);
  }
  const lower = camera.frames.filter(({ temporalLayer }) => temporalLayer === 0);
  expect(lower.length).toBeLessThan(0.7 * camera.frames.length);
  const playAt = (i) => camera.clock.now() + 40 * i;
  lower.forEach((frame, i) => screen.push(frame, { playAt: playAt(i) }));
  await screen.open();
  camera.clock.advance(2000);
  expect(screen.shown.length).toBe(lower.length);
  expect(psnr(screen.shown.at(-1), shots.get(lower.at(-1).captureTime))).toBeGreaterThan(32);
  expect(screen.requests).toBe(0);
  camera.close();
  screen.close();
});

test('Few bits bring a smaller picture or fewer of them, as is preferred, and more bring it back', async () => {
  const shares = {};
  for (const degradationPreference of ['maintain-framerate', 'maintain-resolution', 'balanced']) {
    const camera = await new Camera({ width: 320, height: 192, degradationPreference }).open();
    const take = (bitrate) => {
      camera.sender.setBitrates([bitrate]);
      for (let i = 0; i < 50; i++) camera.shoot();
      const from = camera.frames.length;
      for (let i = 0; i < 25; i++) camera.shoot();
      const { width } = camera.frames.at(-1);
      const { qualityLimitationReason } = camera.sender.stats().encodings[0];
      return [width, camera.frames.length - from > 20, qualityLimitationReason];
    };
    shares[degradationPreference] = [take(400_000), take(12_000), take(400_000)];
    camera.close();
  }
  expect(shares).toEqual({
    'maintain-framerate': [
      [320, true, 'none'],
      [160, true, 'bandwidth'],
      [320, true, 'none'],
    ],
    'maintain-resolution': [
      [320, true, 'none'],
      [320, false, 'bandwidth'],
      [320, true, 'none'],
    ],
    balanced: [
      [320, true, 'none'],
      [160, false, 'bandwidth'],
      [320, true, 'none'],
    ],
  });
});

test('Nothing is sent without a codec, without bits, while too much waits, or after the track has ended', async () => {
  const camera = await new Camera().open();
  const count = () => {
    const from = camera.frames.length;
    camera.shoot();
    camera.shoot();
    return camera.frames.length - from;
  };
  expect(count()).toBe(2);
  camera.sender.setBitrates([0]);
  expect(count()).toBe(0);
  camera.sender.setBitrates([200_000]);
  expect(count()).toBe(2);
  expect(camera.frames.at(-2).key).toBe(true);
  camera.sender.setBitrates([200_000], true);
  expect(count()).toBe(0);
  camera.sender.setBitrates([200_000], false);
  expect(count()).toBe(2);
  // It is the same sequence of pictures, and only slower for a while.
  expect(camera.frames.at(-2).key).toBe(false);
  camera.sender.configure({ codec: null, encodings: [{}] });
  expect(count()).toBe(0);
  camera.sender.configure({ codec: kVp8, encodings: [{}] });
  await camera.open();
  expect(count()).toBe(2);
  camera.track.stop();
  expect(count()).toBe(0);
  camera.clock.advance(5000);
  expect(camera.errors).toEqual([]);
  camera.close();
});

test('A picture that stays is sent again each second, at once for a key frame, and black when disabled', async () => {
  const camera = await new Camera().open();
  const screen = new Screen(camera.clock);
  camera.clock.advance(100);
  expect(camera.frames.length).toBe(1);
  camera.clock.advance(3000);
  expect(camera.frames.length).toBe(4);
  camera.sender.requestKeyFrame(0);
  camera.clock.advance(100);
  expect(camera.frames.at(-1).key).toBe(true);
  camera.track.enabled = false;
  camera.clock.advance(1000);
  camera.frames.slice(-2).forEach((frame) => screen.push(frame));
  await screen.open();
  camera.clock.advance(200);
  expect(brightness(screen.shown.at(-1))).toBeLessThan(18);
  camera.close();
  screen.close();
});

test('A codec that nothing here encodes is told as an error, once', async () => {
  const codec = { mimeType: 'video/H264', clockRate: 90_000 };
  const camera = new Camera({ codec });
  camera.shoot();
  await settle(() => camera.errors.length > 0);
  camera.shoot();
  camera.shoot();
  expect(camera.errors.map(({ name }) => name)).toEqual(['NotSupportedError']);
  expect(camera.frames).toEqual([]);
  camera.close();
});

describe('A receiver', () => {
  let camera;
  let screen;

  beforeEach(async () => {
    camera = await new Camera().open();
    for (let i = 0; i < 10; i++) camera.shoot();
    screen = new Screen(camera.clock);
  });
  afterEach(() => {
    camera.close();
    screen.close();
  });

  const at = (i) => ({ playAt: camera.clock.now() + 40 * i + 10 });

  test('keeps nothing of frames that show no picture', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    screen.push(camera.frames[0], at(0));
    await screen.open();
    camera.clock.advance(100);
    expect(screen.shown.length).toBe(1);
    const kept = [];
    for (let i = 0; i < 1000; i++) {
      const data = camera.frames[1].data.slice();
      // RFC 6386 section 9.1: show_frame.
      data[0] &= ~0x10;
      kept.push(new WeakRef(data));
      screen.push({ ...camera.frames[1], data }, at(0));
      camera.clock.advance(1);
    }
    // What a task has looked at lives as long as it.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(kept.filter((one) => one.deref()).length).toBeLessThan(10);
    expect(screen.shown.length).toBe(1);
    expect(screen.receiver.stats().framesDropped).toBe(0);
    screen.push({ ...camera.frames[2] }, at(0));
    camera.clock.advance(100);
    expect(screen.shown.length).toBe(2);
  });

  test('has few large pictures wait, and more small ones', async () => {
    const waiting = async (size) => {
      const large = new Camera(size);
      const wall = new Screen(large.clock);
      const { width, height } = size;
      // Grey is soon encoded and decoded.
      const data = new Uint8Array(1.5 * width * height).fill(128);
      large.shoot = () => {
        large.source.onFrame({ width, height, data, timestamp: large.clock.now() });
        large.clock.advance(40);
      };
      await large.open();
      large.shoot();
      const [frame] = large.frames;
      expect(frame.key).toBe(true);
      wall.push(frame, { playAt: large.clock.now() });
      await wall.open();
      // Decoded together, long before they are due.
      for (let i = 0; i < 12; i++) wall.push(frame, { playAt: large.clock.now() + 50 + i / 100 });
      const { framesDropped } = wall.receiver.stats();
      large.sender.close();
      wall.close();
      return { width: frame.width, waiting: 12 - framesDropped };
    };
    expect(await waiting({ width: 64, height: 64 })).toEqual({ width: 64, waiting: 12 });
    // Pictures of 8 MB, of which 64 MiB may wait.
    const size = { width: 3072, height: 1728, degradationPreference: 'maintain-resolution' };
    expect(await waiting(size)).toEqual({ width: 3072, waiting: 8 });
  });

  test('shows each picture when it is due', async () => {
    const times = [];
    screen.sink.onframe = () => times.push(camera.clock.now());
    const start = camera.clock.now();
    const expected = camera.frames.map((_, i) => start + 40 * i + 10);
    camera.frames.forEach((frame, i) => screen.push(frame, at(i)));
    await screen.open();
    camera.clock.advance(1000);
    expect(times).toEqual(expected);
  });

  test('asks for a key frame when one is missing, not with every frame, and drops what it cannot show', async () => {
    const [, ...rest] = camera.frames;
    rest.forEach((frame, i) => screen.push(frame, at(i)));
    expect(screen.requests).toBe(1);
    expect(screen.receiver.stats().framesDropped).toBe(rest.length);
    camera.clock.advance(500);
    screen.push(rest[0], at(0));
    expect(screen.requests).toBe(2);
    expect(screen.shown).toEqual([]);
  });

  test('takes what is no frame for a loss', async () => {
    const [key, ...rest] = camera.frames;
    screen.push(key, at(0));
    await screen.open();
    camera.clock.advance(20);
    screen.push({ ...rest[0], data: Uint8Array.of(1, 2, 3) }, at(0));
    rest.slice(1).forEach((frame, i) => screen.push(frame, at(i + 1)));
    expect(screen.requests).toBe(1);
    screen.push(key, at(0));
    await settle(() => screen.receiver.stats().decoderImplementation);
    camera.clock.advance(1000);
    expect(screen.receiver.stats()).toMatchObject({ keyFramesDecoded: 2 });
    expect(screen.shown.length).toBeGreaterThanOrEqual(2);
  });

  test('takes no memory for pictures that are larger than it decodes', async () => {
    // RFC 6386 section 9.1: the header of a key frame of 16383 x 16383, and little else.
    const header = [0x10, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
    const huge = Uint8Array.from([...header, ...Array(50).fill(0)]);
    const decoder = await openVp8Decoder();
    expect(() => decoder.decode(huge)).toThrow(
      new TypeError('pictures of 16383 x 16383 are too large to be decoded here'),
    );
    expect(decoder.decode(camera.frames[0].data)).toMatchObject({ width: 160, height: 96 });
  });

  test('opens few decoders for frames that none decodes, and another one when there is peace', async () => {
    const frames = [...camera.frames];
    const [key] = frames;
    const bad = { ...key, data: key.data.slice(0, 12).fill(0xff, 10) };
    const opened = [];
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = (...args) => opened.push(camera.clock.now()) && instantiate(...args);
    try {
      for (let i = 0; i < 1000; i++) {
        screen.push(bad, at(0));
        await settle(() => codecLoads.pending === 0);
        camera.clock.advance(1);
      }
    } finally {
      WebAssembly.instantiate = instantiate;
    }
    expect(opened.length).toBe(4);
    camera.clock.advance(1000);
    frames.forEach((frame, i) => screen.push(frame, at(i)));
    await screen.open();
    camera.clock.advance(1000);
    expect(screen.shown.length).toBe(frames.length);
  });

  test('leaves time to others when pictures take more than there is, and drops what is late then', async () => {
    const [key, ...rest] = camera.frames;
    screen.push(key, at(0));
    await screen.open();
    camera.clock.advance(100);
    const begun = [];
    screen.sink.onframe = () => {
      begun.push(camera.clock.now());
      camera.clock.spend(50);
    };
    const now = camera.clock.now();
    for (let i = 0; i < 40; i++) {
      const frame = i < rest.length ? rest[i] : { ...key, key: i === 39 };
      screen.push(frame, { playAt: now });
    }
    camera.clock.advance(5000);
    const gaps = begun.slice(1).map((time, i) => time - begun[i]);
    // At once what a burst may take, and then a fifth of the time for others.
    expect(gaps.slice(0, 4)).toEqual(Array(4).fill(50));
    expect(gaps.slice(4, 16)).toEqual(Array(12).fill(62.5));
    // For a second, and no longer; then the next key frame.
    const most = 5 + 16;
    expect(begun.length).toBe(most + 1);
    expect(screen.receiver.stats().framesDropped).toBe(40 - most - 1);
    expect(screen.requests).toBe(0);
    for (let i = 0; i < 40; i++) screen.push({ ...key, key: false }, { playAt: 0 });
    camera.clock.advance(5000);
    expect(begun.length).toBe(most + 1 + most);
    expect(screen.requests).toBe(1);
  });

  test('has no more wait than 64 MiB of what is encoded, and nothing of what nothing decodes', async () => {
    const [key] = camera.frames;
    const large = { ...key, data: new Uint8Array(2 ** 20) };
    for (let i = 0; i < 200; i++) screen.push(large, at(100));
    // Those that waited when one was too many, with it; and once more.
    expect(screen.receiver.stats().framesDropped).toBe(3 * 65);
    expect(screen.requests).toBe(1);
    screen.receiver.close();
    const other = new Screen(camera.clock, { mimeType: 'video/H264', clockRate: 90_000 });
    for (let i = 0; i < 10; i++) other.push(key, at(0));
    await settle(() => other.receiver.stats().framesDropped === 10);
    other.push(key, at(0));
    expect(other.receiver.stats().framesDropped).toBe(11);
    other.receiver.close();
  });

  test('leaves out pictures that are late when newer ones are due', async () => {
    camera.frames.forEach((frame, i) => screen.push(frame, at(i - 30)));
    await screen.open();
    camera.clock.advance(100);
    expect(screen.receiver.stats().framesDecoded).toBe(camera.frames.length);
    expect(screen.shown.length + screen.receiver.stats().framesDropped).toBe(camera.frames.length);
  });

  test('passes on the rotation that came with a frame', async () => {
    screen.push(camera.frames[0], { ...at(0), rotation: 270 });
    await screen.open();
    camera.clock.advance(100);
    expect(screen.shown[0].rotation).toBe(270);
  });

  test('decodes only while somebody looks, and asks for a key frame for who comes later', async () => {
    screen.sink.stop();
    camera.frames.forEach((frame, i) => screen.push(frame, at(i)));
    camera.clock.advance(1000);
    expect(screen.receiver.stats().framesDecoded).toBe(0);
    expect(screen.requests).toBe(0);
    const later = new RTCVideoSink(screen.track);
    const shown = [];
    later.onframe = ({ frame }) => shown.push(frame);
    expect(screen.requests).toBe(1);
    const { length } = camera.frames;
    camera.frames.forEach((frame, i) => screen.push(frame, at(i)));
    await screen.open();
    camera.clock.advance(1000);
    expect(shown.length).toBe(length);
  });
});
