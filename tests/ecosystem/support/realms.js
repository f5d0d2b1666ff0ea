// Runs both ends of a scenario where a cell wants them: Node.js processes, pages of Chromium or Firefox that are
// strangers to each other, workers in them.

import { fileURLToPath } from 'node:url';
import { launchChromium, startRelay } from '../../browser/support/browser.js';
import { launchFirefox } from '../../browser/support/firefox.js';
import { startChild } from './children.js';

const kRunner = new URL('realm/runner-node.js', import.meta.url);
const directory = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles of the scenarios, as tools/ecosystem.mjs has made them. */
const bundles = () => {
  const { ECOSYSTEM_BUNDLES } = process.env;
  if (!ECOSYSTEM_BUNDLES) throw new Error('`npm run test:ecosystem` prepares what this test needs');
  return JSON.parse(ECOSYSTEM_BUNDLES);
};

/**
 * @typedef {object} Running  an end
 * @property {Promise<void>} ready  to hear
 * @property {Promise<any>} result
 * @property {(value: any) => void} hear
 * @property {() => Promise<void>} stop
 */

/** More than a scenario takes, whatever goes wrong: its test ends before. */
const kLongestMs = 600_000;

const isOfFirefox = (realm) => realm.endsWith('firefox');

/**
 * The browsers and the relay that the tests of a file share, if any of the realms needs them.
 * @param {string[]} wanted
 */
export function useRealms(wanted) {
  let relay;
  /** @type {import('playwright-core').Browser | undefined} */
  let chromium;
  /** @type {import('puppeteer-core').Browser | undefined} */
  let firefox;
  beforeAll(async () => {
    const inPages = wanted.filter((realm) => realm !== 'node');
    if (inPages.length === 0) return;
    relay = await startRelay({
      mounts: [
        { prefix: '/realm/', directory: directory('realm') },
        { prefix: '/bundles/', directory: bundles().page },
        { prefix: '/js/', directory: directory('../../../js') },
        { prefix: '/dist/', directory: directory('../../../dist') },
      ],
    });
    if (!inPages.every(isOfFirefox)) {
      chromium = await launchChromium({
        flags: ['--autoplay-policy=no-user-gesture-required', '--js-flags=--expose-gc'],
      });
    }
    if (inPages.some(isOfFirefox)) {
      firefox = await launchFirefox({
        preferences: {
          // On a machine without sound it plays none otherwise.
          'media.cubeb.force_mock_context': true,
          'media.autoplay.default': 0,
        },
        patience: kLongestMs,
      });
    }
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await firefox?.close();
    await relay?.close();
  });

  /** @returns {Running} */
  const startInNode = (scenario, role, server, tell) => {
    const { child, died, stop } = startChild(kRunner);
    const bundle = `${bundles().node}/${scenario}.mjs`;
    child.send({ start: { bundle, role, server } });
    let setReady;
    const ready = new Promise((resolve) => (setReady = resolve));
    const result = new Promise((resolve, reject) => {
      died.catch(reject);
      child.on('message', (message) => {
        if ('tell' in message) tell(message.tell);
        if (message.ready) setReady();
        if (message.result) resolve(message.result);
        if (message.error) reject(new Error(`${role} in Node.js: ${message.error}`));
      });
    });
    return { ready, result, stop, hear: (hear) => child.send({ hear }) };
  };

  /** @returns {Promise<Running>} */
  const startInPage = async (realm, hasMedia, scenario, role, server, tell) => {
    // A context of its own: libraries find others of theirs in the same one past WebRTC.
    const context = isOfFirefox(realm)
      ? await firefox.createBrowserContext()
      : await chromium.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    const stop = () => context.close();
    const problems = [];
    let fail;
    const failed = new Promise((_, reject) => (fail = reject));
    failed.catch(() => {});
    page.on('pageerror', (error) => fail(new Error(`${role} in ${realm}: ${error.stack}`)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    const isNative = realm.startsWith('native');
    let setReady;
    const ready = new Promise((resolve) => (setReady = resolve));
    await page.exposeFunction('endTells', (text) => tell(JSON.parse(text)));
    await page.exposeFunction('endIsReady', setReady);
    await page.goto(new URL('realm/', relay.httpUrl).href);
    await page.waitForFunction(() => globalThis.ecosystem !== undefined);
    const settings = { realm, isNative, role, server, relay: relay.access, hasMedia };
    settings.bundle = `/bundles/${scenario}.js`;
    // As text, both ways: puppeteer refuses objects of a realm other than Jest's, and those that know toJSON().
    const run = page
      .evaluate((text) => globalThis.ecosystem.start(JSON.parse(text)), JSON.stringify(settings))
      .catch((error) => {
        throw new Error(`${role} in ${realm}: ${error.message}\n${problems.join('\n')}`);
      });
    return {
      ready,
      result: Promise.race([run, failed]),
      stop,
      hear: (value) =>
        void page
          .evaluate((text) => globalThis.ecosystem.hear(JSON.parse(text)), JSON.stringify(value))
          .catch(fail),
    };
  };

  return {
    /**
     * @param {string} scenario
     * @param {string[]} places  of a and of b
     * @param {{ address: any, died: Promise<void> }} [server]  the library's: what the ends have to know of it
     * @returns {Promise<Record<'a' | 'b', any>>}
     */
    async runScenario(scenario, places, server) {
      /** @type {Record<string, Running>} */
      const ends = {};
      const other = { a: 'b', b: 'a' };
      /** What one tells before the other one is there. */
      const waiting = { a: [], b: [] };
      const isReady = { a: false, b: false };
      const tellFrom = (role) => (value) => {
        const to = other[role];
        if (isReady[to]) ends[to].hear(value);
        else waiting[to].push(value);
      };
      try {
        await Promise.all(
          ['a', 'b'].map(async (role, at) => {
            const start =
              places[at] === 'node'
                ? startInNode
                : startInPage.bind(undefined, places[at], !places.includes('worker'));
            const end = await start(scenario, role, server?.address, tellFrom(role));
            ends[role] = end;
            end.result.catch(() => {});
            await Promise.race([end.ready, end.result]);
            isReady[role] = true;
            waiting[role].forEach((value) => end.hear(value));
          }),
        );
        const over = Promise.allSettled([ends.a.result, ends.b.result]);
        await Promise.race([over, server?.died ?? over]);
        const results = await over;
        const problems = results.filter(({ status }) => status === 'rejected');
        if (problems.length > 0) {
          throw new Error(problems.map(({ reason }) => reason.message).join('\n'));
        }
        const [a, b] = results.map(({ value }) => value);
        return { a, b };
      } finally {
        await Promise.all(Object.values(ends).map(({ stop }) => stop()));
      }
    },
  };
}
