// npm run fuzz -- [--minutes N] [--fresh] [target]...
// Builds the libFuzzer targets of tests/fuzz with clang and runs each for so long (one minute, unless
// it is said). A target is called "stun_message", "fuzz_stun_message", or by a beginning: "sctp".
// New inputs stay in build/fuzz-corpus (--fresh begins without them), crashing ones in
// fuzz-artifacts: what is mended goes to tests/fuzz/corpus, where every native test run repeats it.
// What was covered is told at the end, and in build/fuzz-corpus/coverage.md.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cmakeBuild, testCompiler } from './lib/compile.mjs';
import { coverageOf, coverageTable } from './lib/fuzz-coverage.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, run, runMain, say } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';

/** Whose words a component's inputs are made of, where that is not the component's own dictionary. */
const DICTIONARIES = /** @type {Record<string, string>} */ ({
  jsep: 'sdp',
  ice: 'stun',
  turn: 'stun',
  media: 'rtp',
  srtp: 'rtp',
  payload: 'rtp',
});

/** @param {string} target */
function dictionaryOf(target) {
  const component = target.split('_')[1];
  const path = inRoot(`tests/fuzz/dictionaries/${DICTIONARIES[component] ?? component}.dict`);
  return existsSync(path) ? [`-dict=${path}`] : [];
}

/**
 * @param {string[]} names
 * @param {string[]} built
 */
function chosen(names, built) {
  const targets = new Set(names.length === 0 ? built : []);
  for (const name of names) {
    const full = name.startsWith('fuzz_') ? name : `fuzz_${name}`;
    const found = built.includes(full) ? [full] : built.filter((one) => one.startsWith(full));
    if (found.length === 0) {
      throw new UserError(`no such target: ${name}; there are ${built.join(' ')}`);
    }
    for (const one of found) targets.add(one);
  }
  return [...targets];
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const seconds = Math.round(Number(values.minutes) * 60);
  if (!(seconds > 0)) throw new UserError('--minutes takes a number above zero');
  await prepare.fuzzTools();
  const compiler = testCompiler();
  const dir = await cmakeBuild(
    'fuzz',
    ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DWEBRTC_FUZZ=ON', '-DWEBRTC_TESTS=OFF'],
    { env: compiler.CXX ? compiler : { CC: 'clang', CXX: 'clang++' } },
  );
  const built = readdirSync(dir).filter((name) => /^fuzz_\w+$/.test(name));
  const targets = chosen(positionals, built);
  const artifacts = inRoot('fuzz-artifacts');
  mkdirSync(artifacts, { recursive: true });
  const failed = [];
  const coverage = [];
  for (const target of targets) {
    const corpus = inRoot('build/fuzz-corpus', target);
    if (values.fresh) rmSync(corpus, { recursive: true, force: true });
    mkdirSync(corpus, { recursive: true });
    const seeds = [target, target.replace(/^fuzz_/, '')]
      .map((name) => inRoot('tests/fuzz/corpus', name))
      .filter((path) => existsSync(path));
    const log = inRoot('build/fuzz-corpus', `${target}.log`);
    say(`* ${target} for ${seconds} s`);
    const status = await run(
      join(dir, target),
      [
        `-max_total_time=${seconds}`,
        '-timeout=20',
        '-print_final_stats=1',
        `-artifact_prefix=${artifacts}/${target}-`,
        ...dictionaryOf(target),
        corpus,
        ...seeds,
      ],
      { allowFailure: true, log },
    );
    say(status === 0 ? '  nothing found' : `  FAILED, see build/fuzz-corpus/${target}.log`);
    if (status !== 0) failed.push(target);
    coverage.push({ target, failed: status !== 0, ...coverageOf(readFileSync(log, 'utf8')) });
  }
  const table = coverageTable(coverage);
  writeFileSync(inRoot('build/fuzz-corpus/coverage.md'), table);
  say(table);
  say(`${targets.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
});
