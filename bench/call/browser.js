// A headless Chromium with one page, and the processor time that its processes have taken.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const kChromium = '/usr/bin/chromium';

const kFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Both ends are on one machine, each in a browser of its own.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** @param {string} url */
export async function openBrowser(url) {
  if (!existsSync(kChromium)) {
    throw new Error(`${kChromium} is not there: apt-get install chromium`);
  }
  const browser = await chromium.launch({
    executablePath: kChromium,
    headless: true,
    args: kFlags,
  });
  try {
    const session = await browser.newBrowserCDPSession();
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url);
    await page.waitForFunction('globalThis.bench !== undefined');
    return {
      page,
      problems,
      /** Calls a function of page.js. @param {string} name @param {unknown} [argument] */
      call: (name, argument) =>
        page.evaluate(([name, argument]) => globalThis.bench[name](argument), [name, argument]),
      /** Seconds that processes have taken so far. */
      async processorTime() {
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        const sum = (isSo) =>
          processInfo.filter(isSo).reduce((total, { cpuTime }) => total + cpuTime, 0);
        return { page: sum(({ type }) => type === 'renderer'), all: sum(() => true) };
      },
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
