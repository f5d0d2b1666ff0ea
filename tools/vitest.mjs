// npm run test:vitest [-- <arguments of Vitest>]
//
// Runs the testing kit's matchers and simulation, and the tutorial's tests, under Vitest: what of them is
// in tests/vitest. Vitest is installed into the cache, by tests/vitest/package-lock.json.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { keyOf, makeDirOnce } from './lib/files.mjs';
import { inCache, inRoot, root } from './lib/paths.mjs';
import { run, runMain, step } from './lib/run.mjs';

const kManifest = ['package.json', 'package-lock.json'];

/** @returns {Promise<string>} the directory that has Vitest in its node_modules */
async function vitest() {
  const files = kManifest.map((name) => inRoot('tests/vitest', name));
  const key = keyOf([process.version, process.arch], files);
  return makeDirOnce(inCache(`vitest-${key}`), (dir) =>
    step('installing Vitest', async () => {
      for (const name of kManifest) copyFileSync(inRoot('tests/vitest', name), join(dir, name));
      await run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
        cwd: dir,
        log: inCache('log', 'npm-ci-vitest.log'),
      });
    }),
  );
}

await runMain(async () => {
  await build();
  const dir = await vitest();
  process.exitCode = await run(
    process.execPath,
    [
      join(dir, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      inRoot('tests/vitest/vitest.config.js'),
      ...process.argv.slice(2),
    ],
    { cwd: root, allowFailure: true },
  );
});
