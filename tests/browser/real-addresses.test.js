// A browser that does not hide its addresses, as one does that was allowed to use a microphone.

import { useChromium } from './support/browser.js';

const suite = useChromium({ flags: ['--disable-features=WebRtcHideLocalIpsWithMdns'] });

test.each([
  ['the package', 'ours'],
  ['the browser', 'theirs'],
])('Connects with a browser that shows its addresses, when %s offers', async (_, offerer) => {
  const page = await suite.open();
  const seen = await page.evaluate(async (offerer) => {
    const pair = new harness.Pair();
    const messages = await pair.greet(offerer);
    await pair.connected();
    return { messages, candidates: pair.candidates.theirs, problems: pair.problems };
  }, offerer);
  expect(seen.messages).toEqual(['there', 'back']);
  expect(seen.problems).toEqual([]);
  expect(seen.candidates.join('\n')).not.toContain('.local');
});
