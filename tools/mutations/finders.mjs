// What finds bugs: each runs in the copy and says which of its tests fail.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError, run } from '../lib/run.mjs';

/** @typedef {import('./tree.mjs').Tree} Tree */
/** @typedef {import('../../tests/mutations/mutations.js').Mutation} Mutation */
/** @typedef {import('../../tests/mutations/mutations.js').Finder} Finder */

/**
 * @typedef {object} Runner
 * @property {(by: Finder) => boolean} handles
 * @property {(chosen: readonly Mutation[]) => Finder | undefined} mergedOf all that it is to run for these
 * @property {(by: any) => Promise<string[]>} findsIn names of the tests that fail
 */

/**
 * @param {Tree} tree
 * @returns {Runner[]}
 */
export const finders = (tree) => [conformance(tree), compare(tree)];

/** @param {Tree} tree @returns {Runner} */
function conformance(tree) {
  const report = join(tree.dir, 'build/mutation-jest.json');
  const namesOf = (/** @type {Finder} */ by) => ('conformance' in by ? by.conformance : []);
  return {
    handles: (by) => 'conformance' in by,
    mergedOf(chosen) {
      const names = new Set(chosen.flatMap(({ by }) => namesOf(by)));
      return names.size > 0 ? { conformance: [...names] } : undefined;
    },
    async findsIn(by) {
      rmSync(report, { force: true });
      await run(
        process.execPath,
        [
          '--experimental-vm-modules',
          '--no-warnings=ExperimentalWarning',
          join(tree.dir, 'node_modules/jest/bin/jest.js'),
          '--selectProjects',
          'conformance-node',
          '--forceExit',
          '--json',
          '--outputFile',
          report,
          '--testPathPatterns',
          `/(${namesOf(by).join('|')})\\.test\\.js$`,
        ],
        { cwd: tree.dir, allowFailure: true, log: join(tree.dir, 'build/mutation-jest.log') },
      );
      if (!existsSync(report)) throw new UserError('Jest wrote no report');
      /** @type {any[]} */
      const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
      if (files.length === 0) throw new UserError(`no such files: ${namesOf(by).join(', ')}`);
      return files.flatMap(({ name, message, assertionResults }) => {
        const file = basename(name, '.test.js');
        const failed = assertionResults
          .filter((/** @type {any} */ { status }) => status === 'failed')
          .map((/** @type {any} */ { fullName }) => `${file}: ${fullName}`);
        // A file that cannot even begin has no tests.
        return assertionResults.length === 0 ? [`${file}: ${message.split('\n')[0]}`] : failed;
      });
    },
  };
}

/** @param {Tree} tree @returns {Runner} */
function compare(tree) {
  const report = join(tree.dir, 'build/compare/chromium.json');
  return {
    handles: (by) => 'compare' in by,
    mergedOf(chosen) {
      const patterns = chosen.flatMap(({ by }) => ('compare' in by ? [by.compare] : []));
      return patterns.length > 0 ? { compare: patterns.join('|') } : undefined;
    },
    async findsIn(by) {
      rmSync(report, { force: true });
      await run(
        process.execPath,
        [
          join(tree.dir, 'tools/compare.mjs'),
          '--no-build',
          '--browser',
          'chromium',
          '--only',
          by.compare,
        ],
        { cwd: tree.dir, allowFailure: true, log: join(tree.dir, 'build/mutation-compare.log') },
      );
      if (!existsSync(report)) throw new UserError('the comparison wrote no report');
      /** @type {any[]} */
      const results = JSON.parse(readFileSync(report, 'utf8')).results;
      return results
        .filter(({ verdict }) => verdict === 'unexplained')
        .map(({ scenario }) => `compare: ${scenario}`);
    },
  };
}
