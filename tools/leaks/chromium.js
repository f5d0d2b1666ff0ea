// Life cycles in a page of Chromium, and in workers that are ended while they are connected.

import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createRelay } from '../../js/relay/index.js';
import { loadEngine } from '../../js/relay/engine.js';

/** @typedef {import('./verdict.js').Sample} Sample */

const kUser = { username: 'leaks', password: 'none, if you please' };
const kPatienceMs = 90_000;

const directory = (/** @type {string} */ path) => {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
};

async function startRelay(/** @type {any} */ engine) {
  const relay = await createRelay(
    {
      httpPort: 0,
      turnPort: 0,
      users: [kUser],
      allowInterfaces: true,
      allowPeers: ['127.0.0.0/8', '::1/128'],
      limits: { maxAllocationsPerUser: 1000 },
      mounts: ['js', 'dist', 'bench', 'tools/leaks'].map((path) => ({
        prefix: `/${path}/`,
        directory: directory(path),
      })),
      logLevel: 'silent',
    },
    { engine },
  );
  const access = { url: relay.url, username: kUser.username, credential: kUser.password };
  return { ...relay, access };
}

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @returns {Promise<boolean>} whether it came true in time
 */
async function soon(condition) {
  for (const end = Date.now() + kPatienceMs; ;) {
    if (await condition()) return true;
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * @param {{ cycles: number, samples: number, workers: number, onSample?: (sample: Sample) => void }} options
 * @returns {Promise<{ samples: Sample[], problems: string[] }>}
 */
export async function runInChromium({ cycles, samples: count, workers, onSample }) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Sample[]} */
  const samples = [];
  const engine = await loadEngine();
  const relay = await startRelay(engine);
  const held = () => {
    const { websockets, turn } = /** @type {any} */ (relay.stats());
    return websockets + Number(turn?.allocations ?? 0);
  };
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    timeout: kPatienceMs,
    args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    page.on('pageerror', (error) => problems.push(`the page: ${error.message}`));
    await page.goto(new URL('tools/leaks/page.html', relay.httpUrl).href);
    const call = (/** @type {string} */ name, /** @type {any} */ argument) =>
      page.evaluate(
        ([name, argument]) => /** @type {any} */ (globalThis).leaks[name](argument),
        [name, argument],
      );
    await page.waitForFunction(() => 'leaks' in globalThis);
    await call('configure', { relay: relay.access });
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Performance.enable');
    const collect = () => devTools.send('HeapProfiler.collectGarbage');

    const step = Math.max(1, Math.floor(cycles / count));
    for (let first = 0; first < cycles; first += step) {
      await call('live', { first, count: Math.min(step, cycles - first) });
      await soon(async () => {
        await collect();
        return call('isClean', null);
      });
      await collect();
      // The relay hears of the last WebSockets a little later.
      await soon(() => held() === 0);
      const { metrics } = await devTools.send('Performance.getMetrics');
      const metric = (/** @type {string} */ name) =>
        metrics.find((/** @type {any} */ one) => one.name === name)?.value ?? NaN;
      const { counts, bytes } = await call('look', null);
      const sample = {
        cycle: Math.min(first + step, cycles),
        counts: {
          ...counts,
          'sockets and allocations at the relay': held(),
        },
        bytes: { ...bytes, 'JavaScript heap': metric('JSHeapUsedSize') },
      };
      samples.push(sample);
      onSample?.(sample);
    }

    for (let worker = 0; worker < workers; worker++) {
      await call('inWorker', relay.access);
      if (!(await soon(() => held() === 0))) {
        problems.push(`worker ${worker + 1} was ended, and its sockets are still there`);
        break;
      }
    }
  } finally {
    await browser.close();
    await relay.close();
  }
  if (engine.liveHandles() > 0) problems.push(`${engine.liveHandles()} objects left in the relay`);
  return { samples, problems };
}
