// Runs tests in Node.js: each file in a process of its own, in a window of jsdom that has our
// implementation on real UDP sockets, or another one for comparison.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classicBundleOptions } from '../../build.mjs';
import { inRoot } from '../../lib/paths.mjs';
import { timeoutOf } from '../files.mjs';
import { fromReport } from '../result.mjs';
import { startServer } from '../server.mjs';

/**
 * @param {string} checkout
 * @param {'ours' | 'wrtc'} target
 * @returns {Promise<import('../result.mjs').Realm>}
 */
export async function startNode(checkout, target) {
  const server = await startServer(checkout);
  const script = target === 'ours' ? await bundleForWindow() : '';
  return {
    async run(file) {
      const started = performance.now();
      const args = [`${server.origin}${file.url}`, script, target];
      const report = await runProcess(args, timeoutOf(file));
      return { ...report, ms: Math.round(performance.now() - started) };
    },
    close: () => server.close(),
  };
}

/**
 * @param {string[]} args
 * @param {number} timeoutMs
 * @returns {Promise<Omit<import('../result.mjs').FileResult, 'ms'>>}
 */
async function runProcess(args, timeoutMs) {
  const child = fork(join(import.meta.dirname, 'page.mjs'), args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (data) => (complaint = `${complaint}${data}`.slice(-2000)));
  const gone = once(child, 'close');
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await Promise.race([
      once(child, 'message', { signal: timeout }).then(([report]) => fromReport(report)),
      gone.then(() => ({ status: /** @type {const} */ ('CRASH'), message: complaint, tests: [] })),
    ]);
  } catch (error) {
    if (!timeout.aborted) throw error;
    return { status: 'TIMEOUT', message: 'the window reported nothing', tests: [] };
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

/** The script that a window runs before any other: the package and the fake devices. */
async function bundleForWindow() {
  const { build } = await import('esbuild');
  const directory = inRoot('build/wpt');
  mkdirSync(directory, { recursive: true });
  const { outputFiles } = await build({
    ...classicBundleOptions,
    entryPoints: [join(import.meta.dirname, 'window-entry.js')],
    platform: 'node',
    minify: false,
    write: false,
  });
  const file = join(directory, 'window.js');
  writeFileSync(file, outputFiles[0].text);
  return file;
}
