// A page of headless Chromium that runs what a bundler has written, with the relay of the installed
// package behind it and in front of it.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../../browser/support/browser.js';

const kUser = { username: 'page', password: 'correct horse' };
const kPatienceMs = 90_000;

/**
 * @param {string} installed  where the package is
 * @param {string} outputs    directory whose folders are the applications
 */
export async function openStage(installed, outputs) {
  const { createRelay } = await import(pathToFileURL(join(installed, 'js/relay/index.js')).href);
  const relay = await createRelay({
    httpPort: 0,
    turnUdp: false,
    turnTcp: false,
    users: [kUser],
    allowInterfaces: true,
    allowPeers: ['127.0.0.0/8', '::1/128'],
    mounts: [{ prefix: '/', directory: outputs }],
    // Some applications have a server of their own.
    allowOrigins: ['*'],
    logLevel: 'silent',
  });
  const browser = await launchChromium();
  const access = { url: relay.url, username: kUser.username, credential: kUser.password };
  return {
    /**
     * What two connections in the page say to each other, and what the page complains about.
     * @param {string} path  among the outputs, or an address
     */
    async exchange(path) {
      const page = await browser.newPage();
      page.setDefaultTimeout(kPatienceMs);
      const problems = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(new URL(path, relay.httpUrl).href);
      const result = await page
        .waitForFunction(() => globalThis.exchange !== undefined)
        .then(() => page.evaluate((to) => globalThis.exchange(to), access))
        .catch((error) => void problems.push(error.message));
      await page.close();
      return { problems, ...result };
    },
    async close() {
      await browser.close();
      await relay.close();
    },
  };
}

/** What `exchange()` gives when all is well. */
export const kExchanged = {
  problems: [],
  received: ['from b', 'from a'],
  candidates: ['relay'],
};
