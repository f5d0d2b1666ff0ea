// Audio from a track to packets and back to a track, in virtual time.

import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  RTCAudioSink,
  RTCAudioSource,
} from '../../../js/media/index.js';
import { codecLoads } from '../../../js/media/codecs/module.js';
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

describe('A receiver of audio', () => {
  /** A line on which sound plays: `speak` sends 10 ms and delivers what came out, as `arrive` lets it. */
  async function playing(codec, delay = 60) {
    const line = await new Line(codec).open();
    line.delay = delay;
    line.sent = 0;
    line.arrive = (frame) => line.deliver(frame);
    const { speak } = line;
    line.speak = (frequency = 400) => {
      speak.call(line, frequency);
      while (line.sent < line.packets.length) line.arrive(line.packets[line.sent], line.sent++);
    };
    for (let i = 0; i < 4; i++) line.speak();
    await settle(() => line.receiver.stats().framesDecoded > 0);
    for (let i = 0; i < 40; i++) line.speak();
    return line;
  }

  const heard = (line, from) => {
    const pieces = line.played.slice(from);
    const [{ channelCount, sampleRate }] = pieces;
    const all = joined(pieces.map(({ samples }) => samples));
    const samples = all.filter((_, i) => i % channelCount === 0);
    return { samples, share: shareOf(400, sampleRate, samples) };
  };

  test.each([
    ['PCMU', kPcmu, 0.85],
    // Its packets that tell of lost ones are made for speech: silence in their place leaves 0.65 of a tone.
    ['Opus', kOpus, 0.72],
  ])('conceals a packet of %s that is lost, and plays on in time', async (_, codec, share) => {
    const line = await playing(codec);
    const from = line.played.length;
    line.arrive = (frame, i) => {
      if (i % 5 === 0) line.receiver.lost({ count: 1, duration: 20 });
      else line.deliver(frame);
    };
    for (let i = 0; i < 100; i++) line.speak();
    const stats = line.receiver.stats();
    expect(stats.concealmentEvents).toBeGreaterThanOrEqual(9);
    expect(stats.concealmentEvents).toBeLessThanOrEqual(11);
    expect(stats.concealedSamples / codec.clockRate).toBeCloseTo(0.2, 1);
    expect(heard(line, from).share).toBeGreaterThan(share);
    expect(stats.removedSamplesForAcceleration).toBe(0);
    expect(stats.insertedSamplesForDeceleration).toBe(0);
    line.close();
  });

  test('fades out when nothing comes any more, ends, and begins again', async () => {
    const line = await playing(kPcmu);
    const { length } = line.played;
    line.clock.advance(3000);
    const stats = line.receiver.stats();
    expect(stats.silentConcealedSamples).toBeGreaterThan(0);
    expect(stats.concealmentEvents).toBe(1);
    const after = line.played.slice(length);
    // About a second of it, of which all but the beginning is silence.
    expect(after.length).toBeLessThan(115);
    expect(after.slice(20).every(({ samples }) => samples.every((one) => one === 0))).toBe(true);
    expect(line.clock.timers).toBe(0);
    for (let i = 0; i < 40; i++) line.speak();
    expect(heard(line, line.played.length - 20).share).toBeGreaterThan(0.95);
    line.close();
  });

  test.each([
    ['less', 60, 160, 'insertedSamplesForDeceleration'],
    ['more', 160, 60, 'removedSamplesForAcceleration'],
  ])(
    'that is to hold %s sound comes to it by periods, at the same pitch',
    async (_, was, is, count) => {
      const line = await playing(kPcmu, was);
      line.delay = is;
      const from = line.played.length;
      for (let i = 0; i < 200; i++) line.speak();
      const stats = line.receiver.stats();
      expect(stats[count] / 8000).toBeGreaterThan(0.07);
      expect(stats[count] / 8000).toBeLessThan(0.13);
      const { samples, share } = heard(line, from);
      expect(share).toBeGreaterThan(0.5);
      expect(shareOf(400, 8000, samples.slice(-4000))).toBeGreaterThan(0.99);
      expect(stats.concealmentEvents).toBe(0);
      line.close();
    },
  );

  test('takes packets that come in bursts', async () => {
    const line = await playing(kPcmu, 120);
    const from = line.played.length;
    const held = [];
    line.arrive = (frame, i) => {
      held.push(frame);
      if (i % 5 === 0) held.splice(0).forEach((one) => line.deliver(one));
    };
    for (let i = 0; i < 200; i++) line.speak();
    expect(heard(line, from).share).toBeGreaterThan(0.98);
    expect(line.receiver.stats().concealedSamples).toBe(0);
    line.close();
  });

  test('drops packets of a codec that it does not know, and what is no packet', async () => {
    const line = new Line(kPcmu);
    line.receiver.push({
      data: Uint8Array.of(1),
      mimeType: 'audio/other',
      clockRate: 8000,
      playAt: 0,
    });
    await settle(() => line.receiver.stats().framesDropped === 1);
    const opus = { ...kOpus, data: Uint8Array.of(255, 255), rtpTimestamp: 0, playAt: 0 };
    line.receiver.push(opus);
    await settle(() => line.receiver.stats().framesDropped === 2);
    expect(line.played).toEqual([]);
    line.close();
  });

  test('goes on with its decoder behind comfort noise', async () => {
    const line = await new Line(kG722).open();
    for (let i = 0; i < 100; i++) line.speak(440);
    const cn = { mimeType: 'audio/CN', clockRate: 8000, channels: 1, data: Uint8Array.of(40) };
    const { length } = line.packets;
    for (const packet of line.packets) {
      line.deliver(packet);
      await settle(() => line.receiver.stats().framesDecoded > 0);
      line.receiver.push({ ...cn, rtpTimestamp: 0, playAt: line.clock.now() });
      line.clock.advance(20);
    }
    expect(length).toBeGreaterThan(40);
    expect(line.receiver.stats()).toMatchObject({ framesDecoded: length, framesDropped: length });
    line.close();
  });

  test('decodes a flood no faster than it is played, and what comes after it', async () => {
    const line = new Line(kPcmu);
    const push = (ahead) =>
      line.receiver.push({
        ...kPcmu,
        data: new Uint8Array(160).fill(0x55),
        rtpTimestamp: 0,
        playAt: line.clock.now() + ahead,
      });
    push(0);
    await settle(() => line.receiver.stats().framesDecoded === 1);
    // A thousand packets of 20 ms in each second.
    for (let i = 0; i < 5000; i++) {
      push(20 * i);
      line.clock.advance(1);
    }
    const { framesDecoded, framesDropped } = line.receiver.stats();
    expect(framesDecoded).toBeLessThan((5000 + 12_000) / 20);
    expect(framesDropped).toBe(5001 - framesDecoded);
    line.clock.advance(20_000);
    line.played.length = 0;
    push(0);
    line.clock.advance(40);
    expect(line.played.some(({ samples }) => samples.some((sample) => sample !== 0))).toBe(true);
    line.close();
  });

  test('opens few decoders for a peer that changes codecs with each packet', async () => {
    const line = await new Line(kOpus).open();
    const opened = [];
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = (...args) => opened.push(line.clock.now()) && instantiate(...args);
    const push = (codec, data) =>
      line.receiver.push({ ...codec, data, rtpTimestamp: 0, playAt: line.clock.now() });
    try {
      for (let i = 0; i < 200; i++) {
        push(kOpus, Uint8Array.of(255, 255));
        await settle(() => codecLoads.pending === 0);
        push(kPcmu, new Uint8Array(160));
        line.clock.advance(1);
      }
    } finally {
      WebAssembly.instantiate = instantiate;
    }
    expect(opened.length).toBe(2);
    // And hears who stays with one.
    line.clock.advance(2000);
    line.played.length = 0;
    push(kPcmu, new Uint8Array(160));
    await settle(() => line.receiver.stats().decoderImplementation === 'pcmu');
    line.clock.advance(100);
    expect(line.played.length).toBeGreaterThan(0);
    line.close();
  });
});

describe('A sender of audio', () => {
  test('counts on over a pause of its source as time does', async () => {
    const line = await new Line(kPcmu, { rate: 8000 }).open();
    for (let i = 0; i < 10; i++) line.speak(400);
    line.clock.advance(1000);
    for (let i = 0; i < 10; i++) line.speak(400);
    const times = line.packets.map(({ rtpTimestamp }) => rtpTimestamp);
    expect(times).toEqual([0, 160, 320, 480, 640, 8800, 8960, 9120, 9280, 9440]);
    line.close();
  });

  test('sends silence while its track is disabled, and nothing when it has no codec or is inactive', async () => {
    const line = await new Line(kPcmu).open();
    line.track.enabled = false;
    for (let i = 0; i < 4; i++) line.speak(400);
    expect(line.packets.at(-1)).toMatchObject({ audioLevel: 127, voiceActivity: false });
    const { length } = line.packets;
    line.sender.configure({ codec: kPcmu, encodings: [{ active: false }] });
    for (let i = 0; i < 4; i++) line.speak(400);
    line.sender.configure({ codec: null, encodings: [{}] });
    for (let i = 0; i < 4; i++) line.speak(400);
    line.sender.setTrack(null);
    for (let i = 0; i < 4; i++) line.speak(400);
    expect(line.packets.length).toBe(length);
    line.close();
  });

  test('takes pieces of any length', async () => {
    const line = await new Line(kPcmu).open();
    const samples = tone(400, 8000, 8000);
    for (let at = 0, length = 1; at < 8000; at += length, length = (length * 7 + 3) % 400) {
      const piece = samples.slice(at, at + length);
      line.clock.advance(piece.length / 8);
      line.source.onData({ samples: piece, sampleRate: 8000 });
    }
    expect(line.packets.length).toBe(50);
    expect(line.packets.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual(
      line.packets.map((_, i) => 160 * i),
    );
    line.close();
  });

  test('tells once that nothing encodes what was negotiated', async () => {
    const line = new Line({ mimeType: 'audio/ac3', clockRate: 48_000 });
    await settle(() => line.errors.length > 0);
    line.speak(400);
    expect(line.errors.map(({ name }) => name)).toEqual(['NotSupportedError']);
    line.close();
  });
});
