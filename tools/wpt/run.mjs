// npm run wpt -- --wpt <checkout> [--dir webrtc] [--realm page|node] [--target ours|native|wrtc]
//                [--update] [--gaps] [--verbose] [--stored] [--witness] [pattern ...]
//
// Runs web-platform-tests and compares with tests/wpt/expectations.json. A realm is a page of
// Chromium, or Node.js with jsdom; ours is compared with Chromium's own implementation, and in
// Node.js with @roamhq/wrtc as well. Patterns are parts of file paths. `--gaps` lists what fails on
// ours and passes on Chromium's own (run that first, in the page), `--update` writes the failures
// into the expectations, `--verbose` prints every failure, `--stored` runs nothing and takes the
// results of former runs. Results: build/wpt/.
//
// `--witness` runs the files alone that js/compare/witnesses.js names, on Chromium's implementation and on
// ours, and keeps what their subtests came to in tests/wpt/witnesses.json.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError, runMain, say } from '../lib/run.mjs';
import { startPages } from './browser.mjs';
import { outcomes, readExpectations, surprises, updateExpectations } from './expectations.mjs';
import { findTests, webrtcDirectories } from './files.mjs';
import { startNode } from './node/realm.mjs';
import { gaps, readResults, summaryTable, writeResults } from './report.mjs';
import { keepWitnesses, witnessFiles } from './witness.mjs';

/** @typedef {import('./files.mjs').TestFile} TestFile */
/** @typedef {import('./result.mjs').Results} Results */

const kParallel = 2;

/** Who can be tested where, and what else a run of ours is held against. */
const realms = {
  page: { start: startPages, targets: ['ours', 'native'] },
  node: { start: startNode, targets: ['ours', 'wrtc'] },
};

/**
 * @param {TestFile[]} files
 * @param {import('./result.mjs').Realm} realm
 * @param {boolean} isVerbose
 * @returns {Promise<Results>} in the order of `files`
 */
async function runAll(files, realm, isVerbose) {
  /** @type {Results} */
  const results = new Map();
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const result = await realm.run(file);
      results.set(file.path, result);
      const list = outcomes(result);
      const passed = list.filter((outcome) => outcome.passed).length;
      const count = `${passed} / ${list.length}`.padStart(9);
      say(`${count} ${(result.ms / 1000).toFixed(1).padStart(5)} s  ${file.path}`);
      if (!isVerbose) continue;
      for (const { name, message } of list.filter((outcome) => !outcome.passed)) {
        say(`            ${name}\n                ${message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: kParallel }, work));
  return new Map(files.map(({ path }) => [path, /** @type {any} */ (results.get(path))]));
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      wpt: { type: 'string' },
      dir: { type: 'string', multiple: true },
      target: { type: 'string', default: 'ours' },
      realm: { type: 'string', default: 'page' },
      update: { type: 'boolean', default: false },
      gaps: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      stored: { type: 'boolean', default: false },
      witness: { type: 'boolean', default: false },
    },
  });
  const { target, realm: realmName } = values;
  const known = realms[/** @type {keyof typeof realms} */ (realmName)];
  if (!values.wpt) throw new UserError('--wpt <checkout of web-platform-tests> is needed');
  if (!known) throw new UserError(`--realm is ${Object.keys(realms).join(' or ')}`);
  if (!known.targets.includes(target)) {
    throw new UserError(`--target is ${known.targets.join(' or ')} in the realm ${realmName}`);
  }
  const checkout = resolve(values.wpt);
  if (!existsSync(join(checkout, 'resources/testharness.js'))) {
    throw new UserError(`${checkout} is no checkout of web-platform-tests`);
  }
  const directories = values.dir ?? webrtcDirectories;
  const files = directories
    .filter((directory) => existsSync(join(checkout, directory)))
    .flatMap((directory) => findTests(checkout, directory))
    .filter(({ path }) => positionals.length === 0 || positionals.some((x) => path.includes(x)));
  if (files.length === 0) throw new UserError('no test has such a name');

  if (values.witness) {
    const named = files.filter(({ path }) => witnessFiles.has(path));
    const kinds = /** @type {const} */ (['native', 'ours']);
    for (const kind of values.stored ? [] : kinds) {
      const realm = await startPages(checkout, kind);
      try {
        writeResults('page', kind, await runAll(named, realm, values.verbose));
      } finally {
        await realm.close();
      }
    }
    await keepWitnesses(readResults('page', 'ours'), readResults('page', 'native'));
    return;
  }
  /** @type {Results} */
  let results;
  if (values.stored) {
    const stored = readResults(realmName, target);
    results = new Map(
      files.flatMap(({ path }) => {
        const result = stored.get(path);
        return result ? [[path, result]] : [];
      }),
    );
  } else {
    const realm = await known.start(checkout, /** @type {any} */ (target));
    try {
      results = await runAll(files, realm, values.verbose);
    } finally {
      await realm.close();
    }
  }
  const file = writeResults(realmName, target, results);

  const native = readResults('page', 'native');
  const ours = readResults(realmName, 'ours');
  const [others, other] = target === 'ours' ? [native, 'native'] : [ours, 'ours'];
  say(`\n${summaryTable(results, target, others, other)}\n\nresults: ${file}`);
  if (values.gaps) {
    const lines = gaps(target === 'ours' ? results : ours, target === 'ours' ? native : results);
    say(`\n${lines.length} subtests fail on ours and pass on the other:\n${lines.join('\n')}`);
  }
  if (target !== 'ours') return;
  const expectations = readExpectations();
  if (values.update) await updateExpectations(expectations, realmName, results);
  const unexpected = surprises(expectations, realmName, results);
  if (unexpected.length === 0) return;
  say(`\n${unexpected.length} results are not as tests/wpt/expectations.json has them:`);
  for (const line of unexpected) say(`  ${line}`);
  process.exitCode = 1;
});
