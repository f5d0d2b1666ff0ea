// Runs tests in pages of a headless Chromium, on its own implementation or on ours in its place.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { createRelay } from '../../js/relay/index.js';
import { classicBundleOptions } from '../build.mjs';
import { UserError } from '../lib/run.mjs';
import { timeoutOf } from './files.mjs';
import { fromReport } from './result.mjs';
import { startServer } from './server.mjs';

const kChromium = '/usr/bin/chromium';

/**
 * @param {string} checkout
 * @param {'ours' | 'native'} target
 * @returns {Promise<import('./result.mjs').Realm>}
 */
export async function startPages(checkout, target) {
  if (!existsSync(kChromium)) {
    throw new UserError(`${kChromium} is not there: apt-get install chromium`);
  }
  const prelude = { script: '' };
  const server = await startServer(checkout, () => prelude.script);
  const user = { username: 'wpt', password: 'wpt' };
  const relay =
    target === 'ours'
      ? await createRelay({
          httpPort: 0,
          turnPort: 0,
          users: [user],
          allowOrigins: [server.origin],
          allowInterfaces: true,
          allowPeers: ['127.0.0.0/8', '::1/128'],
          logLevel: 'silent',
          limits: { maxAllocationsPerUser: 2000, maxConnectionsPerAddress: 2000 },
        })
      : undefined;
  const initScript =
    relay &&
    (await replacement({ url: relay.url, username: user.username, credential: user.password }));
  prelude.script = initScript ?? '';
  const browser = await chromium.launch({
    executablePath: kChromium,
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
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  });

  return {
    async run(file) {
      const started = performance.now();
      const context = await browser.newContext();
      try {
        if (initScript) await context.addInitScript({ content: initScript });
        const report = await runPage(context, `${server.origin}${file.url}`, timeoutOf(file));
        return { ...report, ms: Math.round(performance.now() - started) };
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await relay?.close();
      await server.close();
    },
  };
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} url
 * @param {number} timeoutMs
 * @returns {Promise<Omit<import('./result.mjs').FileResult, 'ms'>>}
 */
async function runPage(context, url, timeoutMs) {
  const page = await context.newPage();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (/** @type {'TIMEOUT' | 'CRASH'} */ status, /** @type {string} */ message) =>
        resolve({ status, message, tests: [] });
      page.on('crash', () => fail('CRASH', 'the page crashed'));
      timer = setTimeout(() => fail('TIMEOUT', 'the page reported nothing'), timeoutMs);
      page
        .exposeFunction('reportToRunner', (/** @type {any} */ report) =>
          resolve(fromReport(report)),
        )
        .then(() => page.goto(url, { waitUntil: 'commit' }))
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A script that puts our implementation in place of the native one. What we do not have must not
 * be there either: a native RTCRtpSender beside our RTCPeerConnection would pass tests for us.
 * @param {{ url: string, username: string, credential: string }} relay
 */
async function replacement(relay) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({ ...classicBundleOptions, write: false });
  return `${outputFiles[0].text}
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (/^(webkit)?RTC|^(SFrame|KeyFrameRequest)/.test(name)) delete globalThis[name];
}
webrtcWasm.install({ force: true });
webrtcWasm.configure({ relay: ${JSON.stringify(relay)} });
`;
}
