// Pages for measures that need a browser, served by the package's own relay.

import { fileURLToPath } from 'node:url';
import { createRelay } from '../js/relay/index.js';
import { openBrowser } from './call/browser.js';

const kUser = { username: 'bench', password: 'bench' };

const directory = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * Serves /bench/ from some directory, and what its pages import.
 * @param {string} path  from the project's root
 */
export async function servePages(path) {
  const relay = await createRelay({
    httpPort: 0,
    turnPort: 0,
    users: [kUser],
    allowInterfaces: true,
    allowPeers: ['127.0.0.0/8', '::1/128'],
    mounts: [
      { prefix: '/bench/', directory: directory(path) },
      { prefix: '/demo/', directory: directory('demo') },
      { prefix: '/js/', directory: directory('js') },
      { prefix: '/dist/', directory: directory('dist') },
    ],
    logLevel: 'silent',
  });
  const browsers = [];
  return {
    /** What `configure({ relay })` of a page takes. */
    relay: { url: relay.url, username: kUser.username, credential: kUser.password },
    /** A browser of its own with /bench/page.html, which sets `globalThis.bench`. */
    async open() {
      const browser = await openBrowser(new URL('bench/page.html', relay.httpUrl).href);
      browsers.push(browser);
      return browser;
    },
    async close() {
      for (const browser of browsers) await browser.close();
      await relay.close();
    },
  };
}
