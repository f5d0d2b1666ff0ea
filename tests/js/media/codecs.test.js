// The codecs of js/media/codecs by themselves.

import { Resampler } from '../../../js/media/audio/resampler.js';
import { decodeG711, encodeG711 } from '../../../js/media/codecs/g711.js';
import { G722Decoder, G722Encoder } from '../../../js/media/codecs/g722.js';
import { openCodec, provideCodec } from '../../../js/media/codecs/module.js';
import { openOpusDecoder, openOpusEncoder } from '../../../js/media/codecs/opus.js';
import { codecString, withoutTemporalDelimiter } from '../../../js/media/codecs/page-video.js';
import { openVp8Decoder, openVp8Encoder } from '../../../js/media/codecs/vp8.js';
import { codesOf, colorSpaceOf } from '../../../js/media/video/color-space.js';
import { inLimitedRange, scaleI420 } from '../../../js/media/video/i420.js';
import { joined, picture, psnr, shareOf, signalToNoise, tone } from './support/signals.js';
import './support/codecs.js';

describe('Colour spaces', () => {
  test('have the names of WebCodecs, and none where there is none', () => {
    expect(colorSpaceOf([1, 13, 1, 2])).toEqual({
      primaries: 'bt709',
      transfer: 'iec61966-2-1',
      matrix: 'bt709',
      fullRange: true,
    });
    expect(colorSpaceOf([6, 6, 6, 1])).toMatchObject({ matrix: 'smpte170m', fullRange: false });
    expect(colorSpaceOf([99, 2, 77, 0])).toEqual({
      primaries: null,
      transfer: null,
      matrix: null,
      fullRange: null,
    });
  });

  test('are told when they are whole and not what all pictures are taken for', () => {
    for (const codes of [
      [1, 13, 1, 2],
      [1, 1, 1, 1],
      [9, 16, 9, 1],
      [6, 6, 6, 2],
    ]) {
      expect(codesOf(colorSpaceOf(codes))).toEqual(codes);
    }
    expect(codesOf(colorSpaceOf([6, 6, 6, 1]))).toBeUndefined();
    expect(codesOf(colorSpaceOf([1, 13, 1, 0]))).toBeUndefined();
    expect(codesOf(colorSpaceOf([1, 99, 1, 2]))).toBeUndefined();
    expect(codesOf(undefined)).toBeUndefined();
  });

  test('in full range become limited, and others stay', () => {
    const picture = { width: 2, height: 2, data: Uint8Array.of(0, 49, 128, 255, 0, 255) };
    expect([...inLimitedRange(picture, [1, 13, 1, 2]).data]).toEqual([16, 58, 126, 235, 16, 240]);
    expect(inLimitedRange(picture, [6, 6, 6, 1]).data).toBe(picture.data);
    expect(inLimitedRange(picture).data).toBe(picture.data);
  });
});

describe('G.711', () => {
  // Table 2a and 1a of the recommendation, at the ends of the first segments.
  test.each([
    ['pcmu', [0, 8, 4063, 32_124, -8, -32_124], [0xff, 0xfe, 0xaf, 0x80, 0x7e, 0x00]],
    ['pcma', [8, 24, 32_256, -8, -32_256], [0xd5, 0xd4, 0xaa, 0x55, 0x2a]],
  ])('%s encodes what the recommendation lists', (law, samples, bytes) => {
    expect([...encodeG711(law, Int16Array.from(samples))]).toEqual(bytes);
  });

  test.each(['pcmu', 'pcma'])('%s gives every byte back, and is near every sample', (law) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const samples = decodeG711(law, bytes);
    const again = decodeG711(law, encodeG711(law, samples));
    expect(again).toEqual(samples);
    const all = Int16Array.from({ length: 4096 }, (_, i) => i * 16 - 32_768);
    const decoded = decodeG711(law, encodeG711(law, all));
    expect(signalToNoise(all, decoded)).toBeGreaterThan(37);
  });
});

test('G.722 takes a byte for two samples, and a tone of each band through', () => {
  for (const frequency of [300, 1000, 3000, 5000]) {
    const samples = tone(frequency, 16_000, 16_000);
    const bytes = new G722Encoder().encode(samples);
    expect(bytes.length).toBe(8000);
    const decoded = new G722Decoder().decode(bytes);
    expect(shareOf(frequency, 16_000, decoded.slice(2000))).toBeGreaterThan(0.97);
    const loudness = (all) => Math.sqrt(all.reduce((sum, one) => sum + one * one, 0) / all.length);
    expect(loudness(decoded.slice(2000)) / loudness(samples)).toBeCloseTo(1, 1);
  }
});

describe('A resampler', () => {
  test.each([
    [8000, 48_000],
    [16_000, 48_000],
    [44_100, 48_000],
    [48_000, 8000],
    [48_000, 16_000],
    [32_000, 44_100],
  ])('takes a tone from %i to %i Hz as it is', (from, to) => {
    const resampler = new Resampler(from, to, 1);
    const pieces = [];
    for (let i = 0; i < 50; i++) {
      pieces.push(resampler.process(tone(700, from, from / 100, { from: (i * from) / 100 })));
    }
    const output = joined(pieces);
    const held = resampler.delay * to;
    expect(Math.abs(output.length - (to / 2 - held))).toBeLessThanOrEqual(1);
    const expected = tone(700, to, output.length);
    expect(signalToNoise(expected.slice(to / 10), output.slice(to / 10))).toBeGreaterThan(60);
    expect(shareOf(700, to, output.slice(to / 10))).toBeGreaterThan(0.999);
  });

  test('lets nothing through that the lower rate cannot carry', () => {
    const output = new Resampler(48_000, 8000, 1).process(tone(6000, 48_000, 48_000));
    expect(Math.max(...output.slice(800))).toBeLessThan(100);
  });

  test('keeps channels apart', () => {
    const samples = new Int16Array(9600);
    tone(500, 48_000, 4800).forEach((sample, i) => (samples[2 * i] = sample));
    const output = new Resampler(48_000, 16_000, 2).process(samples);
    expect(output.filter((_, i) => i % 2 === 1).every((sample) => sample === 0)).toBe(true);
    const left = output.filter((_, i) => i % 2 === 0);
    expect(shareOf(500, 16_000, left.slice(200))).toBeGreaterThan(0.99);
  });
});

describe('Opus in WebAssembly', () => {
  const kSettings = { bitrate: 32_000, loss: 0, fec: false, dtx: false, constant: false };

  async function encoded(settings, sound) {
    const encoder = await openOpusEncoder(1, false);
    encoder.configure({ ...kSettings, ...settings });
    const packets = [];
    for (let at = 0; at + 960 <= sound.length; at += 960) {
      packets.push(encoder.encode(sound.subarray(at, at + 960)));
    }
    return packets;
  }

  test('takes a tone through at about the bitrate that was set', async () => {
    for (const bitrate of [16_000, 64_000]) {
      const packets = await encoded({ bitrate, constant: true }, tone(440, 48_000, 48_000));
      const bits = 8 * packets.reduce((sum, { length }) => sum + length, 0);
      expect(Math.abs(bits - bitrate) / bitrate).toBeLessThan(0.1);
      const decoder = await openOpusDecoder(1);
      const samples = joined(packets.map((packet) => decoder.decode(packet)));
      expect(samples.length).toBe(48_000);
      expect(shareOf(440, 48_000, samples.slice(9600))).toBeGreaterThan(0.98);
    }
  });

  test('conceals what is lost, better so when the next packet tells of it', async () => {
    const sound = tone(300, 48_000, 48_000);
    const packets = await encoded({ fec: true, loss: 20 }, sound);
    const share = async (makeUp) => {
      const decoder = await openOpusDecoder(1);
      const pieces = [];
      packets.forEach((packet, i) => {
        pieces.push(i % 10 === 5 ? makeUp(decoder, packets[i + 1]) : decoder.decode(packet));
      });
      return shareOf(300, 48_000, joined(pieces).slice(9600));
    };
    const silence = await share((decoder) => (decoder.conceal(960), new Int16Array(960)));
    const concealed = await share((decoder) => decoder.conceal(960));
    const recovered = await share((decoder, next) => decoder.recover(next));
    expect(concealed).toBeGreaterThan(silence + 0.02);
    expect(recovered).toBeGreaterThan(0.95);
  });

  test('leaves out silence when it is to', async () => {
    const packets = await encoded({ dtx: true }, new Int16Array(96_000));
    expect(packets.slice(50).filter((packet) => packet === null).length).toBeGreaterThan(40);
  });

  test('refuses what is no packet, and decodes on', async () => {
    const [packet] = await encoded({}, tone(440, 48_000, 960));
    const decoder = await openOpusDecoder(2);
    expect(() => decoder.decode(Uint8Array.of(0xff, 0xff))).toThrow(TypeError);
    expect(decoder.decode(packet).length).toBe(1920);
    const encoder = await openOpusEncoder(1, false);
    expect(() => encoder.encode(new Int16Array(441))).toThrow(TypeError);
  });
});

describe('VP8 in WebAssembly', () => {
  const kSettings = {
    width: 176,
    height: 144,
    bitrate: 300_000,
    framerate: 25,
    temporalLayers: 1,
    isScreen: false,
  };

  test('takes pictures through, whatever their size', async () => {
    for (const [width, height] of [
      [176, 144],
      [63, 41],
      [16, 16],
      [1, 1],
    ]) {
      const encoder = await openVp8Encoder();
      encoder.configure({ ...kSettings, width, height });
      const decoder = await openVp8Decoder();
      for (let i = 0; i < 5; i++) {
        const shot = picture(width, height, i);
        const frame = encoder.encode(shot.data, i / 25, 1 / 25, false);
        expect(frame.key).toBe(i === 0);
        const decoded = decoder.decode(frame.data);
        expect([decoded.width, decoded.height]).toEqual([width, height]);
        expect(psnr(decoded, shot)).toBeGreaterThan(30);
      }
    }
  });

  test('changes its size and its bitrate on the way', async () => {
    const encoder = await openVp8Encoder();
    const decoder = await openVp8Decoder();
    encoder.configure(kSettings);
    encoder.encode(picture(176, 144).data, 0, 1 / 25, false);
    encoder.configure({ ...kSettings, bitrate: 100_000 });
    expect(encoder.encode(picture(176, 144, 1).data, 1 / 25, 1 / 25, false).key).toBe(false);
    encoder.configure({ ...kSettings, width: 320, height: 240 });
    const frame = encoder.encode(picture(320, 240, 2).data, 2 / 25, 1 / 25, true);
    expect(frame.key).toBe(true);
    expect(psnr(decoder.decode(frame.data), picture(320, 240, 2))).toBeGreaterThan(30);
  });

  test('refuses what is no frame, any cut of one and any changed byte, without breaking', async () => {
    const encoder = await openVp8Encoder();
    encoder.configure({ ...kSettings, width: 64, height: 48 });
    const frames = [0, 1, 2].map((i) =>
      encoder.encode(picture(64, 48, i).data, i / 25, 0.04, false),
    );
    const decoder = await openVp8Decoder();
    expect(() => decoder.decode(new Uint8Array(20))).toThrow(TypeError);
    for (const { data } of frames) {
      for (let i = 0; i < data.length; i += 3) {
        const changed = data.slice();
        changed[i] ^= 0x55;
        for (const bad of [data.slice(0, i), changed]) {
          try {
            decoder.decode(bad);
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        }
      }
    }
    expect(psnr(decoder.decode(frames[0].data), picture(64, 48, 0))).toBeGreaterThan(30);
  });
});

test('Pictures are scaled to the mean of what they cover', () => {
  const frame = picture(64, 48);
  const half = scaleI420(frame, 32, 24);
  const mean = (x, y) =>
    [0, 1, 64, 65].reduce((sum, at) => sum + frame.data[2 * y * 64 + 2 * x + at], 0) / 4;
  for (const [x, y] of [
    [0, 0],
    [5, 13],
    [31, 23],
  ]) {
    expect(Math.abs(half.data[y * 32 + x] - mean(x, y))).toBeLessThanOrEqual(0.5);
  }
  const flat = { width: 6, height: 4, data: new Uint8Array(36).fill(77) };
  for (const [width, height] of [
    [3, 2],
    [7, 9],
    [1, 1],
    [12, 8],
  ]) {
    expect(new Set(scaleI420(flat, width, height).data)).toEqual(new Set([77]));
  }
});

test('Codecs have the names that WebCodecs knows, with a level that takes the picture', () => {
  const name = (mimeType, sdpFmtpLine, width = 640, height = 360) =>
    codecString({ mimeType, clockRate: 90_000, sdpFmtpLine }, { width, height });
  expect(name('video/VP8')).toBe('vp8');
  expect(name('video/vp9', 'profile-id=2')).toBe('vp09.02.50.10');
  const constrained = 'packetization-mode=1;profile-level-id=42e01f';
  expect(name('video/H264', constrained)).toBe('avc1.42e01f');
  expect(name('video/H264', constrained, 1920, 1080)).toBe('avc1.42e028');
  expect(name('video/H264')).toBe('avc1.42001e');
  expect(name('video/H264', 'profile-level-id=nonsense')).toBeNull();
  expect(name('video/AV1', undefined, 1280, 720)).toBe('av01.0.05M.08');
  expect(name('video/unknown')).toBeNull();
});

test('A temporal unit of AV1 goes without the delimiter that begins it', () => {
  expect(withoutTemporalDelimiter(Uint8Array.of(0x12, 0, 0x0a, 1))).toEqual(Uint8Array.of(0x0a, 1));
  expect(withoutTemporalDelimiter(Uint8Array.of(0x0a, 1))).toEqual(Uint8Array.of(0x0a, 1));
});

test('A codec whose module is not there says how to bring it, and can be brought then', async () => {
  const { readFileSync } = await import('node:fs');
  const path = new URL('../../../dist/webrtc-opus.wasm', import.meta.url);
  provideCodec('opus', () => {
    throw new Error('nowhere');
  });
  await expect(openCodec('opus')).rejects.toMatchObject({
    name: 'NotSupportedError',
    message: expect.stringContaining("provideCodec('opus'"),
  });
  for (const source of [readFileSync(path), await WebAssembly.compile(readFileSync(path))]) {
    provideCodec('opus', source);
    expect((await openCodec('opus')).call.encoder_create(1, 0)).toBeGreaterThan(0);
  }
  expect(() => provideCodec('vp9', 'x')).toThrow(TypeError);
});
