// npm run fuzz -- [--minutes N] [--until N] [--fresh] [target]...
// npm run fuzz -- --keep [target]...
// npm run fuzz -- --lines [target]...
// Builds the libFuzzer targets of tests/fuzz with clang and runs each for so many minutes of processor
// time (one, unless it is said), as many at once as there are cores. A target is called
// "stun_message", "fuzz_stun_message", or by a beginning: "sctp".
// New inputs stay in build/fuzz-corpus (--fresh begins without them), crashing ones in
// fuzz-artifacts: what is mended goes to tests/fuzz/corpus, where every native test run repeats it.
// How long each target ran in all, and what it has covered, is told at the end and in
// build/fuzz-corpus/coverage.md; --until 60 leaves those out that have had an hour. Interrupted, it
// ends the targets that run and begins no others; what they have run counts.
// --keep runs nothing: it writes that into tests/fuzz/found and docs/hardening.md, and as few of the
// new inputs as reach all that was reached, for other machines to go on from and for the tests.
// --lines runs all inputs once and tells which lines of the engine they reach.

import { availableParallelism } from 'node:os';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpora, fuzzTargets, keepFound, seedsOf } from './fuzz/corpora.mjs';
import { keepLedger, readLedger, writeLedger } from './fuzz/ledger.mjs';
import { reportLines } from './fuzz/lines.mjs';
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
 * @param {string[]} all
 */
function chosen(names, all) {
  const targets = new Set(names.length === 0 ? all : []);
  for (const name of names) {
    const full = name.startsWith('fuzz_') ? name : `fuzz_${name}`;
    const found = all.includes(full) ? [full] : all.filter((one) => one.startsWith(full));
    if (found.length === 0) {
      throw new UserError(`no such target: ${name}; there are ${all.join(' ')}`);
    }
    for (const one of found) targets.add(one);
  }
  return [...targets];
}

/** @typedef {import('./lib/fuzz-coverage.mjs').TargetCoverage} TargetCoverage */

/** libFuzzer's exit code where a terminal's Ctrl-C went to it as well. */
const kInterrupted = 72;

/**
 * Runs a target until it has used so much processor time, or this process is interrupted.
 * @param {string} program
 * @param {string} target
 * @param {number} seconds
 * @param {AbortController} interruption
 * @returns {Promise<TargetCoverage>} of this run alone
 */
async function runTarget(program, target, seconds, interruption) {
  const artifacts = inRoot('fuzz-artifacts');
  const corpus = join(corpora, target);
  for (const dir of [artifacts, corpus]) mkdirSync(dir, { recursive: true });
  const log = join(corpora, `${target}.log`);
  let used = 0;
  let listens = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const begin = Date.now();
  const status = await run(
    program,
    [
      // libFuzzer reads a clock on the wall: it is asked to end by a signal.
      '-handle_usr1=1',
      '-timeout=60',
      '-print_final_stats=1',
      `-artifact_prefix=${artifacts}/${target}-`,
      ...dictionaryOf(target),
      corpus,
      ...seedsOf(target),
    ],
    {
      allowFailure: true,
      // Where each block was allocated took two of twelve seconds of call_peers, and is told when a
      // finding is run again.
      env: { ASAN_OPTIONS: 'malloc_context_size=1' },
      log,
      onLine(line) {
        listens ||= line.startsWith('#');
      },
      onInterrupt: () => interruption.abort(),
      onStart(child) {
        timer = setInterval(() => {
          used = processorSeconds(child.pid) ?? (Date.now() - begin) / 1000;
          const ends = used >= seconds || interruption.signal.aborted;
          if (ends && listens) child.kill('SIGUSR1');
        }, 500);
      },
    },
  ).finally(() => clearInterval(timer));
  const failed = status !== 0 && !(status === kInterrupted && interruption.signal.aborted);
  return { target, failed, seconds: used, ...coverageOf(readFileSync(log, 'utf8')) };
}

/**
 * @param {number | undefined} pid
 * @returns {number | undefined} what the process has used, where the system tells (Linux)
 */
function processorSeconds(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name in parentheses comes the third field; utime and stime are the 14th and 15th,
    // in hundredths of a second.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      until: { type: 'string', default: 'Infinity' },
      fresh: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      lines: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const seconds = Number(values.minutes) * 60;
  if (!(seconds > 0)) throw new UserError('--minutes takes a number above zero');
  const until = Number(values.until) * 60;
  if (!(until > 0)) throw new UserError('--until takes a number above zero');
  await prepare.fuzzTools();
  const targets = chosen(positionals, fuzzTargets());
  if (values.lines) {
    await reportLines(targets);
    return;
  }
  const compiler = testCompiler();
  const dir = await cmakeBuild(
    'fuzz',
    ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DWEBRTC_FUZZ=ON', '-DWEBRTC_TESTS=OFF'],
    { env: compiler.CXX ? compiler : { CC: 'clang', CXX: 'clang++' } },
  );
  mkdirSync(corpora, { recursive: true });
  const rows = readLedger();
  if (values.keep) {
    for (const target of targets.filter((one) => existsSync(join(corpora, one)))) {
      say(`  ${target}: ${await keepFound(join(dir, target), target)} inputs`);
    }
    keepLedger(rows);
    say('  npm run test:native tries other mutations now: run it before they are committed');
    return;
  }
  if (values.fresh) {
    for (const target of targets) {
      rmSync(join(corpora, target), { recursive: true, force: true });
      rows.delete(target);
    }
  }
  const queue = targets
    .map((target) => ({ target, left: until - (rows.get(target)?.seconds ?? 0) }))
    .filter(({ left }) => left > 0);
  let failed = 0;
  const interruption = new AbortController();
  const worker = async () => {
    while (!interruption.signal.aborted) {
      const next = queue.shift();
      if (!next) return;
      const { target } = next;
      const share = Math.min(seconds, next.left);
      say(`* ${target} for ${(share / 60).toFixed(1)} minutes of processor time`);
      const row = await runTarget(join(dir, target), target, share, interruption);
      const before = rows.get(target);
      rows.set(target, {
        ...row,
        // What had not come to an end when it crashed has not told how often it ran.
        runs: row.runs + (before?.runs ?? 0),
        // The hour that is aimed at is one without a finding: it begins anew behind one.
        seconds: row.failed ? 0 : row.seconds + (before?.seconds ?? 0),
      });
      writeLedger(rows);
      if (row.failed) failed += 1;
      say(row.failed ? `  FAILED: build/fuzz-corpus/${target}.log` : `  ${target}: nothing found`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  say(coverageTable(targets.flatMap((target) => rows.get(target) ?? [])));
  say(`${targets.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});
