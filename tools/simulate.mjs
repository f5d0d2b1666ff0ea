// npm run simulate [-- --whole] [--seeds 10000] [--from 1] [--seed K] [--trace]
// Data-channel sessions over bad networks in virtual time, each from its seed: tests/sim/channels.
// With --whole it is engine, relay and network together under a schedule of faults: tests/sim/whole.
// Runs on all cores; --seed runs one alone, and --trace shows all that happens in it. A whole system
// that fails is shrunk to the least schedule that still does.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cmakeBuild, testCompiler } from './lib/compile.mjs';
import { UserError, run, runMain, say, step } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';

/**
 * @param {string} name
 * @param {string} text
 */
function positive(name, text) {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UserError(`--${name} takes a number above zero`);
  return Number(text);
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      whole: { type: 'boolean', default: false },
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const seeds = positive('seeds', values.seeds);
  const from = positive('from', values.from);
  const seed = values.seed && positive('seed', values.seed);
  const target = values.whole ? 'simulate_whole' : 'simulate_channels';
  await prepare.native();
  await prepare.testCompiler();
  const dir = await cmakeBuild(
    'sim',
    ['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_CXX_FLAGS_RELEASE=-O2 -g1'],
    { target, env: testCompiler() },
  );
  const program = join(dir, target);
  if (seed) {
    const args = ['--seed', String(seed), ...(values.trace ? ['--trace'] : [])];
    process.exitCode = await run(program, args, { allowFailure: true });
    return;
  }

  const workers = Math.min(availableParallelism(), seeds);
  /** @type {number[]} */
  const done = Array(workers).fill(0);
  let shown = 0;
  /** @type {string[]} */
  const failures = [];
  /** @type {string[]} */
  const figures = [];
  await step(`${seeds} ${values.whole ? 'systems' : 'sessions'} from seed ${from} on`, () =>
    Promise.all(
      done.map((_, worker) =>
        run(
          program,
          [
            ...['--from', String(from + worker), '--step', String(workers)],
            ...['--seeds', String(Math.ceil((seeds - worker) / workers))],
          ],
          {
            allowFailure: true,
            onLine(line) {
              const progress = /^done (\d+)$/.exec(line);
              if (progress) done[worker] = Number(progress[1]);
              else if (/^seed \d+ FAILED/.test(line)) failures.push(line);
              else figures.push(line);
              const tenth = Math.floor((10 * done.reduce((a, b) => a + b)) / seeds);
              if (tenth > shown) say(`  ${10 * (shown = tenth)} %`);
            },
          },
        ).then((status) => {
          if (status !== 0 && failures.length === 0)
            failures.push(`a process ended with code ${status}`);
        }),
      ),
    ),
  );
  for (const line of figures) say(line);
  for (const line of failures) {
    say(line);
    const failed = /^seed (\d+)/.exec(line)?.[1];
    if (failed)
      say(
        `replay with: npm run simulate -- ${values.whole ? '--whole ' : ''}--seed ${failed} --trace`,
      );
  }
  say(failures.length === 0 ? `${seeds} passed` : 'FAILED');
  if (failures.length > 0) process.exitCode = 1;
});
