// The demo's server in a process of its own, as `npm start` runs it, and a Chromium in front of it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './browser.js';

const kServer = fileURLToPath(new URL('../../../demo/server.js', import.meta.url));

/**
 * Server and browser for all tests of a file. After each test the pages that `open()` gave are closed, and
 * none of them may have reported an error.
 * @param {{flags?: string[], patience?: number}} [options]  ms that pages wait for anything
 */
export function useDemo({ flags, patience = 20_000 } = {}) {
  let server;
  /** @type {import('playwright-core').Page[]} */
  let pages = [];
  const demo = {
    url: '',
    browser: undefined,
    problems: [],
    /**
     * A page that is ready to be used.
     * @param {string} [path]  below the demo's address, or a whole one
     * @returns {Promise<import('playwright-core').Page>}
     */
    async open(path = '') {
      const page = await demo.browser.newPage();
      pages.push(page);
      page.setDefaultTimeout(patience);
      page.on('pageerror', (error) => demo.problems.push(error.stack));
      page.on('console', (message) => {
        if (message.type() === 'error') demo.problems.push(message.text());
      });
      await page.goto(new URL(path, demo.url).href);
      await page.waitForSelector('html[data-ready]');
      return page;
    },
    /** Messages that a test provokes on purpose are taken away before the check. */
    expectProblems(pattern) {
      demo.problems = demo.problems.filter((problem) => !pattern.test(problem));
    },
  };

  beforeAll(async () => {
    server = spawn(process.execPath, [kServer, '--port', '0', '--turn-port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: server.stdout })) {
      demo.url = /http:\S+/.exec(line)?.[0] ?? '';
      if (demo.url) break;
    }
    if (!demo.url) throw new Error('the demo’s server ended before it told its address');
    demo.browser = await launchChromium({ flags });
  });

  afterEach(async () => {
    for (const page of pages) await page.close();
    pages = [];
    const problems = demo.problems;
    demo.problems = [];
    expect(problems).toEqual([]);
  });

  afterAll(async () => {
    await demo.browser?.close();
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  return demo;
}
