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

/** Nobody makes a key frame but at first, and where one was asked for. */
function expectNoKeyFrameUnasked({ frames, requests }, allowed = 0) {
  const keys = frames.filter(({ key }) => key).length;
  expect(keys).toBeGreaterThanOrEqual(1);
  expect(keys).toBeLessThanOrEqual(1 + requests + allowed);
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
      const { Loop, heardTone, toneTrack } = globalThis.media;
      const tone = await toneTrack(1000);
      const loop = new Loop('audio', codec);
      loop.sender.setTrack(tone.track);
      await heardTone(loop.track, 1000);
      const result = loop.seen;
      loop.close();
      await tone.stop();
      return result;
    }, codec);
    expect(seen.errors).toEqual([]);
    const ticks = codec.clockRate / 50;
    const times = seen.frames.map(({ rtpTimestamp }) => rtpTimestamp);
    // A frame after the other; where sound was missing, on a busy machine, time goes on all the same.
    const steps = times.slice(1).map((time, i) => (time - times[i]) / ticks);
    expect(steps.every((step) => step > 0)).toBe(true);
    expect(steps).toContain(1);
    const own = implementation === 'WebCodecs' ? 'WebCodecs' : 'libopus';
    expect(seen.stats.sent.encodings[0].encoderImplementation).toBe(name === 'Opus' ? own : 'pcmu');
  });
});

test('What a page says that it encodes and decodes goes through, and is said of VP8 everywhere', async () => {
  const page = await open();
  const seen = await page.evaluate(async () => {
    const { Loop, countingCanvas, numbersShown, supportedVideoCodecs } = globalThis.media;
    const codecs = await supportedVideoCodecs();
    const results = [];
    for (const codec of codecs.filter(({ encodes, decodes }) => encodes && decodes)) {
      const canvas = countingCanvas(640, 360);
      const loop = new Loop('video', codec, { degradationPreference: 'maintain-resolution' });
      const heads = [];
      loop.filter = (frame) => {
        heads.push([...frame.data.subarray(0, 5)]);
        return frame;
      };
      loop.sender.setTrack(canvas.track);
      const { numbers, size } = await numbersShown(loop.track, 6);
      canvas.stop();
      const { errors, frames, requests } = loop.seen;
      const head = heads[0];
      results.push({ mimeType: codec.mimeType, numbers, size, errors, frames, requests, head });
      loop.close();
      canvas.track.stop();
    }
    return { codecs, results };
  });
  expect(seen.codecs).toContainEqual({
    mimeType: 'video/VP8',
    clockRate: 90_000,
    encodes: true,
    decodes: true,
  });
  const found = new Map(seen.results.map((result) => [result.mimeType, result]));
  expect([...found.keys()]).toEqual(expect.arrayContaining(['video/VP8', 'video/VP9']));
  for (const { numbers, size, errors, ...sent } of seen.results) {
    expectCounting(numbers);
    expect({ size, errors }).toEqual({ size: [640, 360], errors: [] });
    // Some encoders begin anew when they are told of another rate of pictures.
    expectNoKeyFrameUnasked(sent, sent.mimeType === 'video/VP8' ? 0 : 2);
  }
  // Annex B begins with a start code; a temporal unit of AV1 with its sequence header (OBU type 1).
  const start = found.get('video/H264')?.head ?? [0, 0, 0, 1];
  expect(start.slice(0, 3).join() === '0,0,1' || start.slice(0, 4).join() === '0,0,0,1').toBe(true);
  if (found.has('video/AV1')) expect((found.get('video/AV1').head[0] >> 3) & 15).toBe(1);
});

test.each([
  ['video/VP8', { namesColors: false }],
  ['video/VP8', { namesColors: true }],
  ['video/VP9', { namesColors: false }],
  ['video/VP9', { namesColors: true }],
  ['video/AV1', { namesColors: true }],
])('Colours of a canvas are what they were after %s, with %j', async (mimeType, configuration) => {
  const page = await open();
  const argument = { mimeType, configuration };
  const seen = await page.evaluate(async ({ mimeType, configuration }) => {
    const { Loop, colourShown, plainCanvas, supportedVideoCodecs } = globalThis.media;
    const codecs = await supportedVideoCodecs();
    const codec = codecs.find((one) => one.mimeType === mimeType && one.encodes && one.decodes);
    if (!codec) return { codecs };
    const colours = [];
    for (const painted of [
      [0, 0, 0],
      [49, 49, 49],
      [255, 255, 255],
      [200, 60, 40],
    ]) {
      const canvas = plainCanvas(`rgb(${painted.join()})`);
      // Enough for the first picture to be a good one.
      const encodings = [{ maxBitrate: 2_000_000 }];
      const loop = new Loop('video', codec, { encodings, ...configuration });
      loop.sender.setTrack(canvas.track);
      const shown = await colourShown(loop.track);
      colours.push({ painted, shown, told: loop.frames[0].colorSpace });
      loop.close();
      canvas.stop();
      canvas.track.stop();
    }
    return { colours };
  }, argument);
  // AV1 is not in all builds of Chromium; the others are.
  if (!seen.colours) expect(mimeType).toBe('video/AV1');
  for (const { painted, shown, told } of seen.colours ?? []) {
    // AV1 has them in its own bytes.
    const isTold = configuration.namesColors && mimeType !== 'video/AV1';
    expect(Array.isArray(told)).toBe(isTold);
    shown.forEach((part, i) => expect(Math.abs(part - painted[i])).toBeLessThanOrEqual(4));
  }
});

test('Encodings of a simulcast have their own sizes, rates and key frames', async () => {
  const page = await open();
  const seen = await page.evaluate(async (codec) => {
    const { Loop, countingCanvas } = globalThis.media;
    const canvas = countingCanvas(640, 360);
    const loop = new Loop('video', codec, {
      encodings: [
        { scaleResolutionDownBy: 4, maxBitrate: 150_000 },
        { scaleResolutionDownBy: 2, maxFramerate: 10 },
        { active: false },
        { scalabilityMode: 'L1T3' },
      ],
      degradationPreference: 'maintain-resolution',
    });
    loop.sender.setBitrates([150_000, 500_000, 0, 1_500_000]);
    loop.sender.setTrack(canvas.track);
    const of = (index) => loop.frames.filter((frame) => frame.index === index);
    await loop.until(() => of(3).length >= 30);
    const before = of(1).length;
    loop.sender.requestKeyFrame(1);
    await loop.until(() =>
      of(1)
        .slice(before)
        .some(({ key }) => key),
    );
    canvas.stop();
    const { errors, stats, requests } = loop.seen;
    const encodings = stats.sent.encodings;
    const result = { errors, encodings, requests, frames: loop.frames };
    loop.close();
    canvas.track.stop();
    return result;
  }, kVp8);
  expect(seen.errors).toEqual([]);
  const of = (index) => seen.frames.filter((frame) => frame.index === index);
  expect(of(0)[0]).toMatchObject({ width: 160, height: 90, key: true });
  expect(of(1)[0]).toMatchObject({ width: 320, height: 180, key: true });
  expect(of(2)).toEqual([]);
  expect(of(3)[0]).toMatchObject({ width: 640, height: 360, key: true });
  expect(new Set(of(3).map(({ temporalLayer }) => temporalLayer))).toEqual(new Set([0, 1, 2]));
  expectNoKeyFrameUnasked({ frames: of(0), requests: seen.requests });
  expect(of(1).filter(({ key }) => key).length).toBe(2);
  const [first, ...rest] = of(1).map(({ captureTime }) => captureTime);
  const last = rest.at(-1);
  expect((1000 * rest.length) / (last - first)).toBeLessThan(11);
  expect(seen.encodings.map(({ active }) => active)).toEqual([true, true, false, true]);
  expect(seen.encodings[3].scalabilityMode).toBe('L1T3');
});

test('A bitrate that falls and rises again changes what is sent, and brings no key frame', async () => {
  const page = await open();
  const seen = await page.evaluate(async (codec) => {
    const { Loop, countingCanvas } = globalThis.media;
    const canvas = countingCanvas(320, 180, { details: true });
    const loop = new Loop('video', codec, { degradationPreference: 'maintain-resolution' });
    const bytes = async (bitrate) => {
      loop.sender.setBitrates([bitrate]);
      const from = loop.frames.length;
      await loop.until(() => loop.frames.length >= from + 50);
      return loop.frames.slice(from + 30).reduce((sum, { size }) => sum + size, 0) / 20;
    };
    loop.sender.setBitrates([1_000_000]);
    loop.sender.setTrack(canvas.track);
    await loop.until(() => loop.frames.length > 10);
    const sizes = [await bytes(1_000_000), await bytes(100_000), await bytes(1_000_000)];
    canvas.stop();
    const result = { sizes, ...loop.seen };
    loop.close();
    canvas.track.stop();
    return result;
  }, kVp8);
  expect(seen.errors).toEqual([]);
  expect(seen.sizes[1]).toBeLessThan(0.6 * seen.sizes[0]);
  expect(seen.sizes[2]).toBeGreaterThan(1.5 * seen.sizes[1]);
  expectNoKeyFrameUnasked(seen);
});

test('Frames that are lost bring a request for a key frame, and pictures go on with it', async () => {
  const page = await open();
  const seen = await page.evaluate(async (codec) => {
    const { Loop, countingCanvas, numbersShown } = globalThis.media;
    const canvas = countingCanvas();
    const loop = new Loop('video', codec);
    // The key frame gets lost.
    loop.filter = (frame) => (loop.frames.length === 1 ? null : frame);
    loop.sender.setTrack(canvas.track);
    const shown = await numbersShown(loop.track, 8);
    canvas.stop();
    const result = { shown, ...loop.seen };
    loop.close();
    canvas.track.stop();
    return result;
  }, kVp8);
  expect(seen.errors).toEqual([]);
  expect(seen.requests).toBeGreaterThan(0);
  expect(seen.stats.received.framesDropped).toBeGreaterThan(0);
  expectCounting(seen.shown.numbers);
});

test('A track that is disabled is sent black, and one that stands still is sent again', async () => {
  const page = await open();
  const seen = await page.evaluate(async (codec) => {
    const { Loop, countingCanvas } = globalThis.media;
    const canvas = countingCanvas();
    canvas.stop();
    const loop = new Loop('video', codec);
    loop.sender.setTrack(canvas.track);
    await loop.until(({ length }) => length >= 2);
    canvas.track.enabled = false;
    const video = document.createElement('video');
    Object.assign(video, { muted: true, srcObject: new MediaStream([loop.track]) });
    await video.play();
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    // Until it is black: a picture of 0 alone is that in its upper half.
    let brightest;
    do {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      context.drawImage(video, 0, 0, 300, 150);
      const { data } = context.getImageData(0, 0, 300, 150);
      brightest = data.reduce((most, one, i) => (i % 4 < 3 && one > most ? one : most), 0);
    } while (brightest > 20);
    const { errors, frames } = loop.seen;
    loop.close();
    canvas.track.stop();
    return { errors, brightest, frames };
  }, kVp8);
  expect(seen.errors).toEqual([]);
  expect(seen.brightest).toBeLessThanOrEqual(20);
});
