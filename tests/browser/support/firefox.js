import puppeteer from 'puppeteer-core';
import { requireInstalled, startRelay } from './browser.js';

const kFirefox = '/usr/bin/firefox-esr';

/** Headless Firefox ESR. `patience`: for whatever is asked of it, in ms. */
export function launchFirefox({ preferences = {}, patience = 180_000 } = {}) {
  requireInstalled(kFirefox, 'firefox-esr');
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: kFirefox,
    headless: true,
    protocolTimeout: patience,
    extraPrefsFirefox: preferences,
  });
}

/**
 * Firefox ESR with one page for all tests of the `describe` (or file) that this stands in: its native
 * RTCPeerConnection and the package, over a relay of their own. After each test all connections are
 * closed.
 * @param {{ preferences?: Record<string, unknown> }} [options] of Firefox
 * @returns {{ readonly page: import('puppeteer-core').Page }}
 */
export function useFirefox(options) {
  let relay;
  let browser;
  let page;

  beforeAll(async () => {
    relay = await startRelay();
    browser = await launchFirefox(options);
    page = await browser.newPage();
    await page.goto(new URL('pages/', relay.httpUrl).href);
    await page.waitForFunction('globalThis.harness !== undefined');
    await page.evaluate((access) => globalThis.harness.configure({ relay: access }), relay.access);
  }, 90_000);

  afterEach(async () => {
    expect(await page?.evaluate(() => globalThis.harness.closeAll())).toBe(0);
  });

  afterAll(async () => {
    await browser?.close();
    await relay?.close();
  });

  return {
    get page() {
      return page;
    },
  };
}
