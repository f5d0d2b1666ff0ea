// What a canvas shows has the colours at a native peer that it was painted in, and the other way round.

import { useChromium } from './support/browser.js';

const suite = useChromium();

/** Runs in the page. */
async function playColours({ from, mimeType, painted }) {
  await import('/pages/media-loop.js');
  const { colourShown, plainCanvas } = globalThis.media;
  const pair = new harness.Pair({ configuration: { iceServers: [] } });
  const [sender, receiver] = from === 'ours' ? [pair.ours, pair.theirs] : [pair.theirs, pair.ours];
  const canvas = plainCanvas(`rgb(${painted.join()})`);
  const transceiver = sender.addTransceiver(canvas.track, { direction: 'sendonly' });
  const { codecs } = transceiver.receiver.constructor.getCapabilities('video');
  transceiver.setCodecPreferences(codecs.filter((codec) => codec.mimeType === mimeType));
  const coming = new Promise((resolve) =>
    receiver.addEventListener('track', resolve, { once: true }),
  );
  await pair.negotiate(from);
  const shown = await colourShown((await coming).track);
  const names = /^a=extmap:\d+ \S+\/color-space$/m.test(sender.currentRemoteDescription.sdp);
  canvas.stop();
  return { shown, names, problems: pair.problems };
}

describe.each(['ours', 'theirs'])('A canvas in a call, sent by %s', (from) => {
  test.each(['video/VP8', 'video/VP9'])(
    'has its colours at the other end, by %s',
    async (mimeType) => {
      for (const painted of [
        [49, 49, 49],
        [200, 60, 40],
      ]) {
        const page = await suite.open();
        const { shown, names, problems } = await page.evaluate(playColours, {
          from,
          mimeType,
          painted,
        });
        expect(problems).toEqual([]);
        expect(names).toBe(true);
        // The first pictures are coarse; in the wrong range the grey would be 9 or more away.
        shown.forEach((part, i) => expect(Math.abs(part - painted[i])).toBeLessThanOrEqual(8));
      }
    },
  );
});
