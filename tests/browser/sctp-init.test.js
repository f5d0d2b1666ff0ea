// A browser that announces how SCTP begins (draft-hancke-tsvwg-snap), as Chromium does when told to.

import { useChromium } from './support/browser.js';

const suite = useChromium({ flags: ['--enable-blink-features=WebRtcSctpSnap'] });

test.each([
  ['the package', 'ours'],
  ['the browser', 'theirs'],
])('Begins SCTP with INIT from the descriptions when %s offers', async (_, offerer) => {
  const page = await suite.open();
  const seen = await page.evaluate(async (offerer) => {
    harness.configure({ offerSctpInit: true });
    const pair = new harness.Pair();
    const messages = await pair.greet(offerer);
    await pair.connected();
    return {
      messages,
      problems: pair.problems,
      announced: ['ours', 'theirs'].map((side) =>
        pair[side].localDescription.sdp.includes('a=sctp-init:'),
      ),
    };
  }, offerer);
  expect(seen.messages).toEqual(['there', 'back']);
  expect(seen.problems).toEqual([]);
  expect(seen.announced).toEqual([true, true]);
});
