// `npm run leaks` in small, in a page and in workers of it.

import { runInChromium } from '../../tools/leaks/chromium.js';
import { judge } from '../../tools/leaks/verdict.js';

test('Connections of every kind leave nothing behind in a page, nor workers that are ended', async () => {
  const { samples, problems } = await runInChromium({ cycles: 30, samples: 3, workers: 2 });
  expect(problems).toEqual([]);
  expect(samples).toHaveLength(3);
  expect(judge(samples).problems).toEqual([]);
});
