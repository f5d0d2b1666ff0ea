// Debian's Chromium, headless.

import { chromium } from 'playwright-core';
import { ensurePackages } from '../../setup/debian.mjs';
import { pagePeer } from '../page.mjs';

export const title = 'Chromium';

export async function launchChromium() {
  await ensurePackages('recording Chromium', { chromium: 'chromium' });
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
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
    ],
  });
}

export async function open() {
  const browser = await launchChromium();
  const page = await browser.newPage();
  return {
    version: browser.version(),
    ...pagePeer((script) => page.evaluate(script)),
    close: () => browser.close(),
  };
}
