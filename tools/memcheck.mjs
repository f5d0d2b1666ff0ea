// npm run memcheck [-- [--filter 'Suite.*'] [--runs N] [test]...]
// Native tests under valgrind, which sees what AddressSanitizer does not: values that were never
// set, in the libraries below as well. A test is called "sctp" or "test_sctp"; without a name all
// run. It takes some fifty times as long as the tests alone.
//
// "fuzz_sdp_parse" runs that fuzz target over its corpus and N generated inputs (100), "fuzz" all of them.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzTargets } from './fuzz/corpora.mjs';
import { cmakeBuild, testCompiler } from './lib/compile.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, run, runMain, say } from './lib/run.mjs';
import { ensurePackages } from './setup/debian.mjs';
import * as prepare from './setup/prepare.mjs';

const ALL = [
  ...['base', 'stun', 'sdp', 'rtp', 'payload', 'srtp', 'sctp', 'turn', 'congestion', 'datachannel'],
  ...['dtls', 'ice', 'jsep', 'media', 'peer', 'cost', 'sim', 'whole'],
];

/** They search for keys in all that is given back, whether it was ever set or not. */
const READS_ALL = '*KeyZeroisation.*';

/** @param {string} name of a test, or "fuzz" */
function targetsOf(name) {
  if (name === 'fuzz') return fuzzTargets();
  return [/^(test|fuzz)_/.test(name) ? name : `test_${name}`];
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: {
      filter: { type: 'string', default: '*' },
      runs: { type: 'string', default: '100' },
    },
    allowPositionals: true,
  });
  await ensurePackages('checking memory', { valgrind: 'valgrind' });
  await prepare.native();
  await prepare.testCompiler();
  const names = positionals.length > 0 ? positionals : ALL;
  const targets = names.flatMap(targetsOf);
  const gtest = [
    '--gtest_brief=1',
    `--gtest_filter=${values.filter}${values.filter.includes('-') ? ':' : '-'}${READS_ALL}`,
  ];
  // Every truncation as well is for `npm test`.
  const replay = (/** @type {string} */ target) => [
    `--runs=${values.runs}`,
    '--truncate=0',
    `--found=${inRoot('tests/fuzz/found', `${target.replace(/^fuzz_/, '')}.bin`)}`,
    inRoot('tests/fuzz/corpus', target.replace(/^fuzz_/, '')),
  ];
  const failed = [];
  for (const target of targets) {
    const dir = await cmakeBuild(
      'memcheck',
      // valgrind does not read what clang has to say about lines; functions have their names all the same.
      [
        '-DCMAKE_BUILD_TYPE=Release',
        '-DCMAKE_CXX_FLAGS_RELEASE=-O1',
        '-DCMAKE_EXE_LINKER_FLAGS=-Wl,--strip-debug',
      ],
      { target, env: testCompiler() },
    );
    say(`* ${target}`);
    const status = await run(
      'valgrind',
      [
        '--quiet',
        '--error-exitcode=9',
        '--leak-check=full',
        '--errors-for-leak-kinds=definite',
        // What a test puts in the place of operator new stays: where that is inlined, it does anyway.
        '--soname-synonyms=somalloc=nouserintercepts',
        join(dir, target),
        ...(target.startsWith('fuzz_') ? replay(target) : gtest),
      ],
      { allowFailure: true, cwd: root },
    );
    if (status !== 0) failed.push(target);
  }
  if (failed.length > 0) throw new UserError(`failed under valgrind: ${failed.join(' ')}`);
});
