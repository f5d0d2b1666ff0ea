// npm packages that one suite needs: a directory of the tests has a package.json and a lock file of its own.
// They are installed in the cache, once for all checkouts.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';

const FILES = ['package.json', 'package-lock.json'];

/**
 * @param {string} name  for people
 * @param {string} directory  of the checkout, with package.json and package-lock.json
 * @returns {Promise<string>} where node_modules is
 */
export async function testPackages(name, directory) {
  const files = FILES.map((file) => inRoot(directory, file));
  const key = keyOf([process.platform, process.arch], files);
  return makeDirOnce(inCache('npm', `${name}-${key}`), async (temporary) => {
    for (const [i, file] of files.entries()) copyFileSync(file, join(temporary, FILES[i]));
    // No package's own script is run: binaries come in packages of their own.
    await step(`installing the npm packages of ${directory}`, () =>
      run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
        cwd: temporary,
        log: inCache('log', `npm-ci-${name}.log`),
      }),
    );
  });
}
