// The demo's compare page, live in Chromium.

import { useDemo } from './support/demo.js';

const demo = useDemo({ patience: 60_000 });

const shown = (page) =>
  page.$$eval('.scenario', (cards) =>
    cards.filter((card) => !card.hidden).map((card) => card.querySelector('.name').textContent),
  );

test('A subject is compared, filtered, searched and looked into', async () => {
  const page = await demo.open('compare/');
  await page.selectOption('select[name=group]', 'createOffer');
  await page.click('#run');
  await page.waitForSelector('html[data-state=done]');
  const all = await shown(page);
  expect(all.length).toBeGreaterThan(40);
  expect(await page.textContent('#progress-text')).toContain(`${all.length} compared`);
  expect(await page.textContent('.chip[data-standing=unexplained] b')).toBe('0');

  await page.click('.chip[data-standing=differs]');
  const differing = await shown(page);
  expect(differing.length).toBeGreaterThan(0);
  expect(differing.length).toBeLessThan(all.length / 2);

  await page.fill('input[type=search]', 'bundle-only');
  const found = await shown(page);
  expect(found).toContain('bundlePolicy max-bundle in an offer');
  expect(found.length).toBeLessThan(differing.length);

  await page.click('.scenario:not([hidden]) summary');
  const card = page.locator('.scenario[open]');
  expect(await card.locator('.reason').first().textContent()).toContain('specification');
  const right = await card.locator('.pair:not([data-same]) .right').allTextContents();
  expect(right).toContain('bundle-only');

  await page.fill('input[type=search]', 'no such thing');
  expect(await shown(page)).toEqual([]);
  expect(await page.isVisible('.empty')).toBe(true);
});

test('The front page leads there', async () => {
  const page = await demo.open();
  await page.click('nav a[href="/compare/"]');
  await page.waitForURL(/compare\/$/);
  expect(await page.textContent('h1')).toBe('webrtc-wasm');
});
