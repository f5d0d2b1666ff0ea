// What the package does in each realm of a browser: data, media, encoded frames. The page docs/realms.md says the
// same as these tests see.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { cellsOf, reportRealm } from '../realms/table.js';
import { chromiumOptions, launchChromium, startRelay } from './support/browser.js';
import { launchFirefox } from './support/firefox.js';
import { servePages } from './support/pages.js';

const kPages = 'tests/realms/pages';
const inCheckout = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let relay;
let pages;

beforeAll(async () => {
  // The pages are another server's, and extensions have origins of their own.
  relay = await startRelay({ allowOrigins: ['*'] });
  pages = await servePages();
});

afterAll(async () => {
  await pages?.close();
  await relay?.close();
});

/** What every page and worker is to find out. */
const probe = () => ({ relay: relay.access });

/** @typedef {'dedicated' | 'shared' | 'service'} Kind */

const kWindows = [
  ['window, module', '', 'module.html'],
  ['window, classic script', '', 'classic.html'],
  ['window, strict CSP and trusted types, module', '/strict', 'module.html'],
  ['window, strict CSP and trusted types, classic script', '/strict', 'classic.html'],
  ['window, cross-origin isolated', '/isolated', 'module.html'],
];

/** @type {[string, Kind, string, object][]} */
const kWorkers = [
  ['dedicated worker, module', 'dedicated', 'worker-module.js', { type: 'module' }],
  ['dedicated worker, classic', 'dedicated', 'worker-classic.js', {}],
  ['shared worker, module', 'shared', 'worker-module.js', { type: 'module' }],
  ['shared worker, classic', 'shared', 'worker-classic.js', {}],
  ['service worker, classic', 'service', 'worker-classic.js', {}],
];

/** Runs in a page that has the package. */
const probeHere = async (options) => globalThis.realmProbe.run(globalThis.webrtcWasm, options);
/** Runs in a page, about a worker of its own. */
const probeWorker = async ([kind, script, options, probe]) =>
  globalThis.ask[kind](script, options, probe);

describe('Chromium', () => {
  let browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  async function open(path, loaded) {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.stack));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${pages.origin}${path}`);
    await page.waitForFunction((name) => globalThis[name] !== undefined, loaded);
    return { page, problems };
  }

  test.each(kWindows)('%s', async (realm, prefix, file) => {
    const { page, problems } = await open(`${prefix}/${kPages}/${file}`, 'webrtcWasm');
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(prefix === '/isolated');
    reportRealm(`Chromium: ${realm}`, cellsOf(await page.evaluate(probeHere, probe())));
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each(kWorkers)('%s', async (realm, kind, script, options) => {
    const { page, problems } = await open(`/${kPages}/empty.html`, 'ask');
    const result = await page.evaluate(probeWorker, [kind, script, options, probe()]);
    reportRealm(`Chromium: ${realm}`, cellsOf(result));
    expect(problems).toEqual([]);
    await page.close();
  });

  test('service worker of an extension (Manifest V3)', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-extension-'));
    const extension = join(directory, 'extension');
    mkdirSync(extension);
    writeFileSync(
      join(extension, 'manifest.json'),
      JSON.stringify({
        manifest_version: 3,
        name: 'webrtc-wasm',
        version: '1',
        background: { service_worker: 'background.js' },
        content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
      }),
    );
    writeFileSync(
      join(extension, 'background.js'),
      "importScripts('probe.js', 'webrtc-wasm.classic.js');\n",
    );
    const files = ['dist/webrtc-wasm.classic.js', 'dist/webrtc-opus.wasm', 'dist/webrtc-vp8.wasm'];
    for (const file of ['tests/realms/probe.js', ...files]) {
      cpSync(inCheckout(file), join(extension, file.split('/').at(-1)));
    }
    const flags = [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`];
    const context = await chromium.launchPersistentContext(join(directory, 'profile'), {
      ...chromiumOptions({ flags }),
      ignoreDefaultArgs: ['--disable-extensions'],
    });
    try {
      const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
      expect(worker.url()).toMatch(/^chrome-extension:/);
      reportRealm(
        'Chromium: extension service worker (Manifest V3)',
        cellsOf(await worker.evaluate(probeHere, probe())),
      );
    } finally {
      await context.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('Firefox', () => {
  let browser;

  beforeAll(async () => {
    // On a machine without sound it plays none otherwise.
    browser = await launchFirefox({
      preferences: { 'media.cubeb.force_mock_context': true, 'media.autoplay.default': 0 },
    });
  }, 90_000);

  afterAll(() => browser?.close());

  test.each([kWindows[0], kWindows[1]])('%s', async (realm, prefix, file) => {
    const page = await browser.newPage();
    await page.goto(`${pages.origin}${prefix}/${kPages}/${file}`);
    await page.waitForFunction('globalThis.webrtcWasm !== undefined');
    reportRealm(`Firefox: ${realm}`, cellsOf(await page.evaluate(probeHere, probe())));
    await page.close();
  });

  test.each(kWorkers)('%s', async (realm, kind, script, options) => {
    const page = await browser.newPage();
    await page.goto(`${pages.origin}/${kPages}/empty.html`);
    const result = await page.evaluate(probeWorker, [kind, script, options, probe()]);
    reportRealm(`Firefox: ${realm}`, cellsOf(result));
    await page.close();
  });
});
