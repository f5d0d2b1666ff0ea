// npm run test:vitest [-- <arguments of Vitest>]
//
// Runs the testing kit's matchers and simulation, and the tutorial's tests, under Vitest (tests/vitest), which is
// among the packages of tests/runtimes.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, run, runMain } from './lib/run.mjs';
import { runtimePackages } from './setup/test-packages.mjs';

/**
 * Runs the tests; dist/ has to be there.
 * @param {readonly string[]} [args]
 * @returns {Promise<import('./lib/native-tests.mjs').Count>}
 */
export async function vitest(args = []) {
  const modules = await runtimePackages();
  const report = inRoot('build/reports/vitest.json');
  rmSync(report, { force: true });
  await run(
    process.execPath,
    [
      join(modules, 'vitest/vitest.mjs'),
      'run',
      '--config',
      inRoot('tests/vitest/vitest.config.js'),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, allowFailure: true },
  );
  if (!existsSync(report)) throw new UserError('Vitest wrote no report');
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot even be loaded has no tests that could fail.
  const unloaded = result.testResults.filter(
    (/** @type {any} */ { status, assertionResults }) =>
      status === 'failed' && assertionResults.length === 0,
  ).length;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + unloaded,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await build();
    const { failed } = await vitest(process.argv.slice(2));
    if (failed > 0) process.exitCode = 1;
  });
}
