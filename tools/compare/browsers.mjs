// The browsers that scenarios run in, headless: each gives one page that has loaded page.js.

import { existsSync } from 'node:fs';
import { UserError } from '../lib/run.mjs';

/** @typedef {{ version: string, compare: (name: string) => Promise<any>, close: () => Promise<void> }} Driver */

/** Where Debian has them, and the environment variables that say otherwise. */
const kPrograms = {
  chromium: { path: process.env.CHROMIUM ?? '/usr/bin/chromium', debian: 'chromium' },
  firefox: { path: process.env.FIREFOX ?? '/usr/bin/firefox-esr', debian: 'firefox-esr' },
};

/** For a page to load, and for a scenario to run, on a machine that is busy. */
const kPatienceMs = 90_000;

/**
 * @param {'chromium' | 'firefox'} name
 * @param {{ httpUrl: string, access: object }} relay that serves the package and tools/compare
 * @returns {Promise<Driver>}
 * @throws {UserError} when the browser is not installed
 */
export async function openBrowser(name, relay) {
  const { path, debian } = kPrograms[name];
  if (!existsSync(path)) {
    throw new UserError(
      `${path} is not there: install it (apt-get install ${debian}), name another in ` +
        `${name.toUpperCase()}, or leave it out (--browser)`,
    );
  }
  const browser = await (name === 'chromium' ? launchChromium(path) : launchFirefox(path));
  const url = new URL('compare/page.html', relay.httpUrl).href;
  let page = await openPage(browser, url);
  let runs = 0;
  const renew = async () => {
    await page.close().catch(() => {});
    page = await openPage(browser, url);
  };
  return {
    version: await browser.version(),
    async compare(scenario) {
      // A page may make five hundred connections, and closed ones count until they are collected.
      if (++runs % 50 === 0) await renew();
      const run = page.evaluate(
        (/** @type {any} */ options) => /** @type {any} */ (globalThis).runComparison(options),
        { relay: relay.access, name: scenario, browser: name },
      );
      try {
        return await within(run, kPatienceMs, `${scenario}: the page does not answer`);
      } catch (error) {
        // The next scenario gets a page that this one has not hurt.
        await renew();
        throw error;
      }
    },
    close: () => browser.close(),
  };
}

/** @param {string} executablePath @returns {Promise<any>} */
async function launchChromium(executablePath) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    timeout: kPatienceMs,
    headless: true,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** @param {string} executablePath @returns {Promise<any>} */
async function launchFirefox(executablePath) {
  const { default: puppeteer } = await import('puppeteer-core');
  // Sound starts without a click, as in the headless Chromium.
  const extraPrefsFirefox = { 'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0 };
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox,
  });
}

/** @param {any} browser @param {string} url */
async function openPage(browser, url) {
  const page = await browser.newPage();
  page.setDefaultTimeout(kPatienceMs);
  page.on('pageerror', (/** @type {any} */ error) => {
    // Firefox reports every WebSocket that is closed while it connects.
    if (!/wss?:/.test(String(error))) console.error(`page: ${error.stack ?? error}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => /** @type {any} */ (globalThis).isReady);
  return page;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {string} message
 * @returns {Promise<T>}
 */
async function within(promise, ms, message) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const bound = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, bound]));
  } finally {
    clearTimeout(timer);
  }
}
