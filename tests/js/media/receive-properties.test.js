// What receives sound and pictures, on frames of fast-check's making: whatever a peer sends, however it numbers and
// times it, nothing throws, what is held is bounded, and the next frames of an honest peer are shown and heard.
// The same frames every time; FAST_CHECK_SEED=<number> tries others.

import fc from 'fast-check';
import {
  createReceivePipeline,
  createRemoteTrack,
  RTCAudioSink,
  RTCVideoSink,
} from '../../../js/media/index.js';
import { Playout } from '../../../js/media/audio/playout.js';
import { codecLoads } from '../../../js/media/codecs/module.js';
import { openVp8Encoder } from '../../../js/media/codecs/vp8.js';
import { TestClock } from './support/clock.js';
import { picture } from './support/signals.js';
import './support/codecs.js';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

const settled = async () => {
  do await new Promise((resolve) => setImmediate(resolve));
  while (codecLoads.pending > 0);
};

/** From now, in ms. */
const ahead = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -300, max: 300 }) },
  fc.constantFrom(-1e12, -1e6, 5000, 1e5, 1e7, 1e9, 1e15, Infinity, -Infinity),
);
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
  fc.constantFrom(200, 1000, 3000),
);
const steps = (frame) =>
  fc.array(fc.record({ frame, ahead, pause }), { minLength: 1, maxLength: 60 });

/** A pipeline, and what it is given. */
class Receiver {
  clock = new TestClock();
  requests = 0;

  constructor(kind) {
    this.track = createRemoteTrack(kind);
    const { clock, track } = this;
    const requestKeyFrame = () => this.requests++;
    this.pipeline = createReceivePipeline({ kind, track, clock, requestKeyFrame });
  }

  async run(all) {
    for (const { frame, ahead, pause } of all) {
      const playAt = this.clock.now() + ahead;
      if (frame.lost) this.pipeline.lost(frame.lost);
      else this.pipeline.push({ rtpTimestamp: 0, ...frame, playAt });
      if (pause % 2 === 0) await settled();
      this.clock.advance(pause);
    }
    await settled();
  }

  end() {
    this.pipeline.close();
    expect(this.clock.timers).toBe(0);
  }
}

describe('Of any sound', () => {
  const codecs = fc.constantFrom(
    { mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 },
    { mimeType: 'audio/G722', clockRate: 8000, channels: 1 },
    { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
    { mimeType: 'audio/opus', clockRate: 48_000, channels: 1, sdpFmtpLine: 'stereo=1' },
    { mimeType: 'audio/nothing', clockRate: 1 },
  );
  const packet = fc
    .tuple(codecs, fc.uint8Array({ maxLength: 1300 }))
    .map(([codec, data]) => ({ ...codec, data }));
  const gap = fc.constantFrom(0, 20, 60, 500, 1e9, Infinity).map((duration) => ({
    lost: { count: 1, duration },
  }));

  test('nothing throws, and what comes after it is played', async () => {
    const frame = fc.oneof({ weight: 5, arbitrary: packet }, gap);
    const run = async (all) => {
      const receiver = new Receiver('audio');
      const heard = [];
      new RTCAudioSink(receiver.track).ondata = ({ samples }) => heard.push(...samples);
      await receiver.run(all);
      // Until what was held has been played.
      receiver.clock.advance(20_000);
      heard.length = 0;
      const data = new Uint8Array(160).fill(0x55);
      const pcmu = { mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, rtpTimestamp: 0, data };
      for (let i = 0; i < 5; i++) {
        receiver.pipeline.push({ ...pcmu, playAt: receiver.clock.now() });
        await settled();
        receiver.clock.advance(20);
      }
      receiver.clock.advance(200);
      expect(heard.some((sample) => sample !== 0)).toBe(true);
      receiver.end();
    };
    await fc.assert(fc.asyncProperty(steps(frame), run), { numRuns: 100 });
  });

  test('no more than eleven seconds are held', () => {
    const formats = fc.constantFrom(
      { sampleRate: 8000, channelCount: 1 },
      { sampleRate: 48_000, channelCount: 2 },
    );
    const sound = fc.record({ ms: fc.integer({ min: 0, max: 120 }), format: formats });
    const run = (all) => {
      const clock = new TestClock();
      const playout = new Playout(clock, () => {});
      for (const { frame, ahead, pause } of all) {
        const { format, ms } = frame;
        const samples = new Int16Array((ms * format.sampleRate * format.channelCount) / 1000);
        playout.push(samples, format, clock.now() + ahead);
        expect(playout.heldMs).toBeLessThan(11_000);
        clock.advance(pause);
      }
      playout.close();
      expect(clock.timers).toBe(0);
    };
    fc.assert(fc.property(steps(sound), run), { numRuns: 300 });
  });
});

describe('Of any pictures', () => {
  const vp8 = { mimeType: 'video/VP8', clockRate: 90_000 };
  /** A key frame and those that build on it. */
  let honest;

  beforeAll(async () => {
    const encoder = await openVp8Encoder();
    const size = { width: 64, height: 48 };
    const settings = { ...size, bitrate: 200_000, framerate: 25, temporalLayers: 1 };
    encoder.configure({ ...settings, isScreen: false });
    honest = Array.from({ length: 5 }, (_, i) => {
      const { data } = picture(size.width, size.height, i);
      return encoder.encode(data, i / 25, 1 / 25, i === 0);
    });
  });

  test('nothing throws, and what comes after them is shown', async () => {
    const codecs = fc.constantFrom(
      vp8,
      { ...vp8, colorSpace: [1, 1, 1, 2] },
      { ...vp8, sdpFmtpLine: 'max-fs=1' },
      { mimeType: 'video/H264', clockRate: 90_000 },
    );
    const real = fc.nat({ max: 4 }).map((i) => honest[i].data);
    const bent = fc
      .tuple(real, fc.nat({ max: 200 }), fc.nat({ max: 255 }))
      .map(([data, at, to]) => data.map((byte, i) => (i === at ? to : byte)));
    const data = fc.oneof(real, bent, fc.uint8Array({ maxLength: 100 }));
    const rotation = fc.constantFrom(0, 90, 180, 270);
    const frame = fc
      .record({ codec: codecs, data, key: fc.boolean(), rotation })
      .map(({ codec, ...members }) => ({ ...codec, ...members }));
    const run = async (all) => {
      const receiver = new Receiver('video');
      const shown = [];
      new RTCVideoSink(receiver.track).onframe = ({ frame }) => shown.push(frame);
      await receiver.run(all);
      // Until what was held has been shown.
      receiver.clock.advance(20_000);
      for (let i = 0; i < 100; i++) {
        const { data, key } = honest[i % 5];
        const playAt = receiver.clock.now() + 80;
        receiver.pipeline.push({ ...vp8, rtpTimestamp: 0, data, key, playAt });
        if (i < 20) await settled();
        receiver.clock.advance(40);
      }
      expect(shown.at(-1)).toMatchObject({ width: 64, height: 48 });
      expect(receiver.pipeline.stats().framesPerSecond).toBeGreaterThan(20);
      receiver.end();
    };
    await fc.assert(fc.asyncProperty(steps(frame), run), { numRuns: 30 });
  });
});
