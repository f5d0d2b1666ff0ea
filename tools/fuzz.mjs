// npm run fuzz -- [seconds per target, default 60] [target]...
// Builds the libFuzzer targets of tests/fuzz with clang and runs each; new inputs stay in
// build/fuzz-corpus, crashing ones in fuzz-artifacts.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cmakeBuild } from './lib/compile.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, run, runMain, say } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const seconds = /^\d+$/.test(args[0] ?? '') ? Number(args.shift()) : 60;
  await prepare.fuzzTools();
  const dir = await cmakeBuild(
    'fuzz',
    ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DWEBRTC_FUZZ=ON', '-DWEBRTC_TESTS=OFF'],
    { env: { CC: 'clang', CXX: 'clang++' } },
  );
  const built = readdirSync(dir).filter((name) => /^fuzz_\w+$/.test(name));
  const targets = args.length > 0 ? args : built;
  const unknown = targets.filter((name) => !built.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`no such target: ${unknown.join(' ')}; there are ${built.join(' ')}`);
  }
  const artifacts = inRoot('fuzz-artifacts');
  mkdirSync(artifacts, { recursive: true });
  const failed = [];
  for (const target of targets) {
    const corpus = inRoot('build/fuzz-corpus', target);
    mkdirSync(corpus, { recursive: true });
    const seeds = [target, target.replace(/^fuzz_/, '')]
      .map((name) => inRoot('tests/fuzz/corpus', name))
      .filter((path) => existsSync(path));
    say(`* ${target} for ${seconds} s`);
    const status = await run(
      join(dir, target),
      [
        `-max_total_time=${seconds}`,
        '-timeout=20',
        '-print_final_stats=1',
        `-artifact_prefix=${artifacts}/${target}-`,
        corpus,
        ...seeds,
      ],
      { allowFailure: true, log: inRoot('build/fuzz-corpus', `${target}.log`) },
    );
    say(status === 0 ? '  nothing found' : `  FAILED, see build/fuzz-corpus/${target}.log`);
    if (status !== 0) failed.push(target);
  }
  say(`${targets.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
});
