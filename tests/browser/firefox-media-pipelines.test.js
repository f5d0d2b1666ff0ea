// Tracks of a page through the pipelines and back, in Firefox ESR: it has no processors and generators of
// tracks in pages. Sound is left out, since it runs no AudioContext on a machine without sound.

import { useFirefox } from './support/firefox.js';

const firefox = useFirefox();

test('A canvas is seen counting on the other side', async () => {
  const seen = await firefox.page.evaluate(async () => {
    await import('/pages/media-loop.js');
    const { Loop, countingCanvas, numbersShown } = globalThis.media;
    const canvas = countingCanvas();
    const loop = new Loop('video', { mimeType: 'video/VP8', clockRate: 90_000 });
    loop.sender.setTrack(canvas.track);
    const shown = await numbersShown(loop.track, 15);
    canvas.stop();
    const result = { shown, ...loop.seen };
    loop.close();
    canvas.track.stop();
    return result;
  });
  expect(seen.errors).toEqual([]);
  const { numbers, size } = seen.shown;
  const steps = numbers.slice(1).map((number, i) => number - numbers[i]);
  expect(steps.every((step) => step > 0)).toBe(true);
  expect(size).toEqual([320, 240]);
  expect(seen.stats.received.framesDecoded).toBeGreaterThanOrEqual(15);
});

test('Listeners at a received track hear that it ends', async () => {
  const heard = await firefox.page.evaluate(async () => {
    const pc = new harness.RTCPeerConnection();
    const heard = [];
    for (const kind of ['audio', 'video']) {
      const transceiver = pc.addTransceiver(kind);
      const { track } = transceiver.receiver;
      const ended = (one) => new Promise((resolve) => one.addEventListener('ended', resolve));
      const both = Promise.all([ended(track), ended(track.clone())]);
      transceiver.stop();
      heard.push((await both).map(({ target }) => `${target.kind} ${target.readyState}`));
    }
    pc.close();
    return heard;
  });
  expect(heard).toEqual([
    ['audio ended', 'audio ended'],
    ['video ended', 'video ended'],
  ]);
});
