// Audio from a track to packets and back to a track, in virtual time.

import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  RTCAudioSink,
  RTCAudioSource,
} from '../../../js/media/index.js';
import { TestClock } from './support/clock.js';
import { joined, shareOf, tone } from './support/signals.js';
import './support/codecs.js';

const kPcmu = { mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 };
const kOpus = {
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  sdpFmtpLine: 'useinbandfec=1',
};
const kG722 = { mimeType: 'audio/G722', clockRate: 8000, channels: 1 };

/** Lets what promises wait for happen: codecs open asynchronously. */
async function settle(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

class Line {
  clock = new TestClock();
  source = new RTCAudioSource();
  track = this.source.createTrack();
  packets = [];
  errors = [];
  played = [];
  position = 0;
  delay = 40;

  constructor(codec, { rate = 48_000, encodings = [{}] } = {}) {
    this.codec = codec;
    this.rate = rate;
    this.remote = createRemoteTrack('audio');
    new RTCAudioSink(this.remote).ondata = (data) => this.played.push(data);
    this.sender = createSendPipeline({
      kind: 'audio',
      clock: this.clock,
      onframe: (index, frame) => this.packets.push({ index, ...frame }),
      onerror: (error) => this.errors.push(error),
    });
    this.receiver = createReceivePipeline({ kind: 'audio', track: this.remote, clock: this.clock });
    this.sender.configure({ codec, encodings });
    this.sender.setTrack(this.track);
  }

  /** Until the sender's codec is there. */
  async open() {
    await settle(() => this.sender.stats().encodings[0].encoderImplementation);
    return this;
  }

  /** 10 ms of a tone. */
  speak(frequency) {
    const count = this.rate / 100;
    const samples = tone(frequency, this.rate, count, { from: this.position });
    this.position += count;
    this.clock.advance(10);
    this.source.onData({ samples, sampleRate: this.rate });
  }

  deliver(frame) {
    this.receiver.push({
      ...this.codec,
      ...frame,
      playAt: frame.captureTime + this.delay,
      receivedAt: this.clock.now(),
    });
  }

  close() {
    this.sender.close();
    this.receiver.close();
    expect(this.clock.timers).toBe(0);
  }
}

describe.each([
  ['PCMU', kPcmu, 8000, 160],
  ['G722', kG722, 16_000, 160],
  ['Opus', kOpus, 48_000, 960],
])('%s', (_, codec, rate, ticks) => {
  test.each([8000, 16_000, 44_100, 48_000])(
    'carries a tone from a source of %i Hz to a sink, packets counting on without a gap',
    async (sourceRate) => {
      const line = await new Line(codec, { rate: sourceRate }).open();
      for (let i = 0; i < 10; i++) line.speak(1000);
      line.packets.forEach((frame) => line.deliver(frame));
      await settle(() => line.receiver.stats().framesDecoded >= line.packets.length);
      for (let i = 0; i < 60; i++) {
        const before = line.packets.length;
        line.speak(1000);
        line.packets.slice(before).forEach((frame) => line.deliver(frame));
      }
      const { packets, errors, played } = line;
      expect(errors).toEqual([]);
      expect(packets.length).toBeGreaterThanOrEqual(33);
      packets.forEach((frame, i) => {
        expect(frame.rtpTimestamp).toBe(i * ticks);
        expect(frame).toMatchObject({ index: 0, key: true, duration: 20, voiceActivity: true });
        if (i > 2) expect(frame.audioLevel).toBe(13);
      });
      for (const { sampleRate, channelCount, numberOfFrames } of played) {
        expect({ sampleRate, numberOfFrames }).toEqual({
          sampleRate: rate,
          numberOfFrames: rate / 100,
        });
        expect(channelCount).toBe(codec === kOpus ? 2 : 1);
      }
      const [{ channelCount }] = played;
      const samples = joined(played.map((one) => one.samples)).filter(
        (_, i) => i % channelCount === 0,
      );
      // Past the beginning, and before the end.
      const middle = samples.slice(rate / 5, rate / 2);
      expect(shareOf(1000, rate, middle)).toBeGreaterThan(0.99);
      const stats = line.receiver.stats();
      expect(stats).toMatchObject({ concealmentEvents: 0, concealedSamples: 0, framesDropped: 0 });
      expect(stats.totalAudioEnergy).toBeGreaterThan(0.01);
      expect(line.sender.stats().source.totalSamplesDuration).toBeCloseTo(0.7);
      line.close();
    },
  );
});
