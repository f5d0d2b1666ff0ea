// npm run leaks [-- node chromium] [--cycles 10000] [--page-cycles 1000] [--workers 20]
// Connections come and go, in a Node.js process and in a page, and nothing may be left of them: objects
// of the engine, timers, sockets, memory. docs/security.md says what is watched.

import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { runInChromium } from './leaks/chromium.js';
import { runInNode } from './leaks/node.js';
import { judge } from './leaks/verdict.js';
import { UserError, runMain, say, step } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';

/** @typedef {import('./leaks/verdict.js').Sample} Sample */

const kSamples = 20;
/** More than any machine takes; milliseconds. */
const kEachMs = 1000;

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(0)} kB`;

/** @param {Sample} sample */
function show({ cycle, bytes }) {
  const parts = Object.entries(bytes).map(([name, value]) => `${name} ${kilobytes(value)}`);
  say(`  ${cycle}: ${parts.join(', ')}`);
}

/** @param {string} name @param {string} text */
function positive(name, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UserError(`--${name} takes a number above zero`);
  return Number(text);
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cycles: { type: 'string', default: '10000' },
      'page-cycles': { type: 'string', default: '1000' },
      workers: { type: 'string', default: '20' },
    },
  });
  const cycles = positive('cycles', values.cycles);
  const pageCycles = positive('page-cycles', values['page-cycles']);
  const workers = positive('workers', values.workers);
  /** @type {Record<string, () => Promise<{ samples: Sample[], problems: string[] }>>} */
  const realms = {
    node: () =>
      runInNode({
        cycles,
        samples: kSamples,
        onSample: show,
        deadlineMs: 60_000 + cycles * kEachMs,
      }),
    async chromium() {
      await prepare.browser();
      return runInChromium({ cycles: pageCycles, samples: kSamples, workers, onSample: show });
    },
  };
  const wanted = positionals.length > 0 ? positionals : Object.keys(realms);
  for (const name of wanted) if (!(name in realms)) throw new UserError(`no such realm: ${name}`);
  await build();
  let failed = false;
  for (const name of wanted) {
    await step(`life cycles in ${name}`, async () => {
      const { samples, problems } = await realms[name]();
      const verdict = judge(samples);
      for (const { name: what, from, to, allowed } of verdict.growth) {
        const limit = allowed === undefined ? '' : `, ${kilobytes(allowed)} more is allowed`;
        say(`  ${what}: ${kilobytes(from)} after warming up, ${kilobytes(to)} at the end${limit}`);
      }
      for (const problem of [...problems, ...verdict.problems]) {
        failed = true;
        say(`  FAILED: ${problem}`);
      }
    });
  }
  say(failed ? 'something is left behind' : 'nothing is left behind');
  if (failed) process.exitCode = 1;
});
