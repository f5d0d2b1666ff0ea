// The realm that the tests of a file run in, as a Jest test environment. Jest evaluates every file in
// Node.js to learn its tests; for a target in a page the bodies run in a page that has loaded the
// same file, one page per file.

import { basename } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { chromium } from 'playwright-core';
import { knownFailures } from '../../../tools/conformance/expectations.mjs';

/** @typedef {'native' | 'webrtc-wasm' | 'node' | 'data'} Target */

/** Where the bodies run in Node.js. */
const kInNode = new Set(['node', 'data']);

export default class ConformanceEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    /** @type {Target} */
    this.target = config.projectConfig.testEnvironmentOptions.target;
    this.file = basename(context.testPath, '.test.js');
    this.services = JSON.parse(process.env.CONFORMANCE_SERVICES);
    /** What pages complain about while a test runs. */
    this.problems = [];
  }

  async setup() {
    await super.setup();
    const { target, file, services } = this;
    this.global.conformance = {
      target,
      services,
      knownFailures: knownFailures(target, file),
      runInPage: kInNode.has(target) ? undefined : (name) => this.runInPage(name),
    };
    if (kInNode.has(target)) return;
    this.browser = await chromium.connect(services.browser);
    this.tabs = await this.browser.newContext();
    this.page = await this.open(target);
    await this.page.exposeFunction('openPeer', (script, argument) =>
      this.openPeer(script, argument),
    );
    await this.page.evaluate((name) => globalThis.load(name), file);
  }

  async teardown() {
    await this.tabs?.close();
    await this.browser?.close();
    await super.teardown();
  }

  /** @param {Target} target */
  async open(target) {
    const page = await this.tabs.newPage();
    page.on('pageerror', (error) => this.problems.push(error.stack ?? String(error)));
    page.on('crash', () => this.problems.push('the page crashed'));
    const url = new URL('tests/conformance/support/page.html', this.services.pages);
    await page.goto(url.href);
    await page.waitForFunction(() => globalThis.prepare !== undefined);
    await page.evaluate(
      ([target, services]) => globalThis.prepare(target, services),
      [target, this.services],
    );
    return page;
  }

  /** Another page, with the browser's own implementation; ends with the test. */
  async openPeer(script, argument) {
    const page = await this.open('native');
    return page.evaluate(
      ([script, argument]) => globalThis.serve(script, argument),
      [script, argument],
    );
  }

  /**
   * @param {string} name
   * @returns {Promise<string | null>} why the test failed
   */
  async runInPage(name) {
    this.problems = [];
    const failure = await this.page.evaluate((name) => globalThis.runTest(name), name);
    for (const page of this.tabs.pages()) if (page !== this.page) await page.close();
    const reports = [failure, ...this.problems].filter((report) => report !== null);
    return reports.length > 0 ? reports.join('\n\n') : null;
  }
}
