// The package in a page, over the relay, with the same browser's native RTCPeerConnection.

import { useChromium } from './support/browser.js';

const suite = useChromium();

for (const trickle of [true, false]) {
  for (const offerer of ['ours', 'theirs']) {
    const who = offerer === 'ours' ? 'the package' : 'the browser';
    test(`Connects when ${who} offers, ${trickle ? 'with trickled candidates' : 'with candidates in the descriptions'}`, async () => {
      const page = await suite.open();
      const seen = await page.evaluate(
        async ({ offerer, trickle }) => {
          const pair = new harness.Pair({ trickle });
          const channel = pair.channel(offerer, 'greeting');
          await pair.negotiate(offerer);
          const { near, far } = await channel;
          near.send('question');
          far.send('answer');
          const messages = [await far.next(), await near.next()];
          await pair.connected();
          return { messages, problems: pair.problems };
        },
        { offerer, trickle },
      );
      expect(seen).toEqual({ messages: ['question', 'answer'], problems: [] });
    });
  }
}
