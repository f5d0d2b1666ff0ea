// Tracks of a page through the pipelines and back, in Chromium: with its WebCodecs, and without what
// other browsers lack.

import { useChromium } from './support/browser.js';

const suite = useChromium({ flags: ['--autoplay-policy=no-user-gesture-required'] });

const kAll = [];
const kNoProcessor = ['MediaStreamTrackProcessor', 'MediaStreamTrackGenerator'];
const kNoWebCodecs = [
  ...kNoProcessor,
  'VideoEncoder',
  'VideoDecoder',
  'AudioEncoder',
  'AudioDecoder',
  'VideoFrame',
  'AudioData',
];

/** A page that lacks some of Chromium's interfaces. */
async function open(lacks = kAll) {
  const context = await suite.browser.newContext();
  await context.addInitScript((names) => {
    for (const name of names) delete globalThis[name];
  }, lacks);
  const page = await suite.open({ context });
  await page.evaluate(() => import('/pages/media-loop.js'));
  return page;
}

const kVp8 = { mimeType: 'video/VP8', clockRate: 90_000 };
const kOpus = {
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  sdpFmtpLine: 'useinbandfec=1',
};

/** Later numbers come later, and few are left out. */
function expectCounting(numbers) {
  const steps = numbers.slice(1).map((number, i) => number - numbers[i]);
  expect(steps.every((step) => step > 0)).toBe(true);
}

describe.each([
  ['as it is', kAll, 'WebCodecs'],
  ['without processors and generators of tracks', kNoProcessor, 'WebCodecs'],
  ['without WebCodecs', kNoWebCodecs, 'libvpx'],
])('In Chromium %s', (_, lacks, implementation) => {
  test('a canvas is seen counting on the other side', async () => {
    const page = await open(lacks);
    const seen = await page.evaluate(async (codec) => {
      const { Loop, countingCanvas, numbersShown } = globalThis.media;
      const canvas = countingCanvas();
      const loop = new Loop('video', codec);
      loop.sender.setTrack(canvas.track);
      const shown = await numbersShown(loop.track, 20);
      canvas.stop();
      const result = { shown, ...loop.seen };
      loop.close();
      canvas.track.stop();
      return result;
    }, kVp8);
    expect(seen.errors).toEqual([]);
    expectCounting(seen.shown.numbers);
    expect(seen.shown.size).toEqual([320, 240]);
    expect(seen.frames[0]).toMatchObject({ index: 0, key: true, width: 320, height: 240 });
    const times = seen.frames.map(({ rtpTimestamp }) => rtpTimestamp);
    times.slice(1).forEach((time, i) => expect((time - times[i]) | 0).toBeGreaterThan(0));
    const [sent] = seen.stats.sent.encodings;
    expect(sent).toMatchObject({
      encoderImplementation: implementation,
      framesSent: seen.frames.length,
      qualityLimitationReason: 'none',
    });
    expect(seen.stats.received).toMatchObject({
      decoderImplementation: implementation,
      frameWidth: 320,
      frameHeight: 240,
    });
    expect(seen.stats.received.framesDecoded).toBeGreaterThanOrEqual(20);
  });

  test.each([
    ['Opus', kOpus],
    ['PCMU', { mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 }],
  ])('a tone is heard on the other side through %s', async (name, codec) => {
    const page = await open(lacks);
    const seen = await page.evaluate(async (codec) => {
      const { Loop, frequencyOf, toneTrack } = globalThis.media;
      const tone = await toneTrack(1000);
      const loop = new Loop('audio', codec);
      loop.sender.setTrack(tone.track);
      const frequency = await frequencyOf(loop.track);
      const result = { frequency, ...loop.seen };
      loop.close();
      await tone.stop();
      return result;
    }, codec);
    expect(seen.errors).toEqual([]);
    expect(Math.abs(seen.frequency - 1000)).toBeLessThan(6);
    const ticks = codec.clockRate / 50;
    const times = seen.frames.map(({ rtpTimestamp }) => rtpTimestamp);
    expect(times.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => i * ticks));
    const own = implementation === 'WebCodecs' ? 'WebCodecs' : 'libopus';
    expect(seen.stats.sent.encodings[0].encoderImplementation).toBe(name === 'Opus' ? own : 'pcmu');
  });
});
