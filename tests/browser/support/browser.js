// Starts what a browser test needs, once per file, and ends it: a relay that serves the package and
// tests/browser/pages, and a headless browser. Every test gets pages of its own.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createRelay } from '../../../js/relay/index.js';
import { loadEngine } from '../../../js/relay/engine.js';

const kChromium = '/usr/bin/chromium';
const kUser = { username: 'page', password: 'correct horse' };

const directory = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** A relay on loopback that may reach this machine's own addresses, and serves all that pages load. */
export async function startRelay(options = {}, extras = {}) {
  const relay = await createRelay(
    {
      httpPort: 0,
      turnPort: 0,
      users: [kUser],
      allowInterfaces: true,
      allowPeers: ['127.0.0.0/8', '::1/128'],
      mounts: [
        { prefix: '/pages/', directory: directory('tests/browser/pages') },
        { prefix: '/js/', directory: directory('js') },
        { prefix: '/dist/', directory: directory('dist') },
      ],
      logLevel: 'silent',
      ...options,
    },
    extras,
  );
  const access = { url: relay.url, username: kUser.username, credential: kUser.password };
  return { ...relay, access };
}

/** How Chromium is launched everywhere: headless, and silent towards the network. */
export function chromiumOptions({ flags = [] } = {}) {
  requireInstalled(kChromium, 'chromium');
  return {
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
      ...flags,
    ],
  };
}

/** For Chromium to start, and for a page to load, on a machine that is busy. */
const kPatienceMs = 90_000;

export const launchChromium = (options) =>
  chromium.launch({ timeout: kPatienceMs, ...chromiumOptions(options) });

/** A test that cannot run has to fail, and to say what is missing. */
export function requireInstalled(path, debianPackage) {
  if (!existsSync(path)) {
    throw new Error(`${path} is not there: apt-get install ${debianPackage}`);
  }
}

/**
 * The relay and the Chromium of a test file. `open()` gives a page in which tests/browser/pages/harness.js
 * is loaded and the package configured for the relay. After each test no page may have reported
 * an error, and no engine object may be left in any of them, nor in the relay once they are closed.
 */
export function useChromium({ flags, relay: options } = {}) {
  const suite = {
    relay: undefined,
    browser: undefined,
    /** @type {import('playwright-core').Page[]} */
    pages: [],
    problems: [],
    async open({ path = 'pages/', configure = true, context } = {}) {
      const page = await (context ?? suite.browser).newPage();
      suite.pages.push(page);
      page.setDefaultTimeout(kPatienceMs);
      page.on('pageerror', (error) => suite.problems.push(`page: ${error.stack}`));
      page.on('console', (message) => {
        if (message.type() === 'error') suite.problems.push(`console: ${message.text()}`);
      });
      await page.goto(new URL(path, suite.relay.httpUrl).href);
      if (configure) {
        await page.waitForFunction(() => globalThis.harness !== undefined);
        await page.evaluate((relay) => globalThis.harness.configure({ relay }), suite.relay.access);
      }
      return page;
    },
    /** Messages that a test provokes on purpose are taken away before the check. */
    expectProblems(pattern) {
      const expected = suite.problems.filter((problem) => pattern.test(problem));
      suite.problems = suite.problems.filter((problem) => !pattern.test(problem));
      return expected;
    },
  };

  beforeAll(async () => {
    suite.engine = await loadEngine();
    suite.relay = await startRelay(options, { engine: suite.engine });
    suite.browser = await launchChromium({ flags });
  });
  afterEach(async () => {
    const alive = [];
    for (const page of suite.pages.splice(0)) {
      if (page.isClosed()) continue;
      alive.push(await page.evaluate(() => globalThis.harness?.closeAll() ?? 0));
      const context = page.context();
      await page.close();
      if (context.pages().length === 0) await context.close();
    }
    const problems = suite.problems.splice(0);
    expect({ problems, alive }).toEqual({ problems: [], alive: alive.map(() => 0) });
  });
  afterAll(async () => {
    await suite.browser?.close();
    await suite.relay?.close();
    expect(suite.engine?.liveHandles()).toBe(0);
  });
  return suite;
}
