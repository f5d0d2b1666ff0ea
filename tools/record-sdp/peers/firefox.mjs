// Debian's Firefox ESR, headless.

import puppeteer from 'puppeteer-core';
import { ensurePackages } from '../../setup/debian.mjs';
import { pagePeer } from '../page.mjs';

export const title = 'Firefox';

/** @type {Record<string, string>} */
export const lacks = { h264: 'it would have to download its H.264 first' };

export async function open() {
  await ensurePackages('recording Firefox', { 'firefox-esr': 'firefox-esr' });
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
  });
  const page = await browser.newPage();
  return {
    version: (await browser.version()).replace(/^firefox\//i, ''),
    ...pagePeer((script) => page.evaluate(script)),
    close: () => browser.close(),
  };
}
