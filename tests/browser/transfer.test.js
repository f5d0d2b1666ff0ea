// Files through data channels between the package and native Chromium.

import { useChromium } from './support/browser.js';

const suite = useChromium();

const kFile = 50 * 1000 * 1000;

test.each([
  ['from the package to the browser', 'near', 'far', 64 * 1024],
  ['from the browser to the package', 'far', 'near', 16 * 1024],
])(
  'Carries 50 MB %s unchanged',
  async (_, from, to, chunk) => {
    const page = await suite.open();
    const seen = await page.evaluate(
      async ({ from, to, chunk, size }) => {
        const pair = new harness.Pair();
        const channel = pair.channel('ours', 'file');
        await pair.negotiate('ours');
        const ends = await channel;
        return harness.transfer(ends[from], ends[to], { size, chunk });
      },
      { from, to, chunk, size: kFile },
    );
    expect(seen.arrived).toBe(seen.sent);
  },
  90_000,
);

test('Carries files both ways at once', async () => {
  const page = await suite.open();
  const seen = await page.evaluate(async () => {
    const pair = new harness.Pair();
    const channels = [
      pair.channel('ours', 'up'),
      pair.channel('theirs', 'down', { ordered: true }),
    ];
    await pair.negotiate('ours');
    const [up, down] = await Promise.all(channels);
    const options = { size: 5_000_000, chunk: 32 * 1024 };
    return Promise.all([
      harness.transfer(up.near, up.far, { ...options, seed: 2 }),
      harness.transfer(down.near, down.far, { ...options, seed: 3 }),
    ]);
  });
  for (const { sent, arrived } of seen) expect(arrived).toBe(sent);
  expect(seen[0].sent).not.toBe(seen[1].sent);
});
