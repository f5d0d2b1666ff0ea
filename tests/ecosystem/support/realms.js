// Runs both ends of a scenario where a cell wants them: Node.js processes, pages of a Chromium that are
// strangers to each other, workers in them.

import { fileURLToPath } from 'node:url';
import { launchChromium, startRelay } from '../../browser/support/browser.js';
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

/**
 * The browser and the relay that the tests of a file share, if any of the realms needs them.
 * @param {string[]} wanted
 */
export function useRealms(wanted) {
  let relay;
  let browser;
  beforeAll(async () => {
    if (wanted.every((realm) => realm === 'node')) return;
    relay = await startRelay({
      mounts: [
        { prefix: '/realm/', directory: directory('realm') },
        { prefix: '/bundles/', directory: bundles().page },
        { prefix: '/js/', directory: directory('../../../js') },
        { prefix: '/dist/', directory: directory('../../../dist') },
      ],
    });
    browser = await launchChromium({
      flags: ['--autoplay-policy=no-user-gesture-required', '--js-flags=--expose-gc'],
    });
  });
  afterAll(async () => {
    await browser?.close();
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
    const context = await browser.newContext();
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
    let setReady;
    const ready = new Promise((resolve) => (setReady = resolve));
    await page.exposeFunction('endTells', tell);
    await page.exposeFunction('endIsReady', setReady);
    await page.goto(new URL('realm/', relay.httpUrl).href);
    await page.waitForFunction(() => globalThis.ecosystem !== undefined);
    const settings = { realm, role, server, relay: relay.access, hasMedia };
    settings.bundle = `/bundles/${scenario}.js`;
    const run = page
      .evaluate((settings) => globalThis.ecosystem.start(settings), settings)
      .catch((error) => {
        throw new Error(`${role} in ${realm}: ${error.message}\n${problems.join('\n')}`);
      });
    return {
      ready,
      result: Promise.race([run, failed]),
      stop,
      hear: (value) =>
        void page.evaluate((value) => globalThis.ecosystem.hear(value), value).catch(fail),
    };
  };

  return {
    /**
     * @param {string} scenario
     * @param {string[]} places  of a and of b
     * @param {any} server  what the ends have to know of the library's server
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
            const end = await start(scenario, role, server, tellFrom(role));
            ends[role] = end;
            end.result.catch(() => {});
            await Promise.race([end.ready, end.result]);
            isReady[role] = true;
            waiting[role].forEach((value) => end.hear(value));
          }),
        );
        const results = await Promise.allSettled([ends.a.result, ends.b.result]);
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
