// npm packages that one suite needs: a directory of the tests has a package.json and a lock file of its own.
// They are installed in the cache, once for all checkouts.

import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';

const FILES = ['package.json', 'package-lock.json', '.npmrc'];

/**
 * @param {string} directory  of the checkout, with package.json and package-lock.json
 * @param {string} what  for people
 * @returns {Promise<string>} the node_modules
 * @throws {UserError} when npm cannot install them
 */
export async function testPackages(directory, what) {
  const files = FILES.filter((file) => existsSync(inRoot(directory, file)));
  const sources = files.map((file) => inRoot(directory, file));
  const key = keyOf([process.platform, process.arch, process.version], sources);
  const name = directory.replaceAll('/', '-');
  const installed = await makeDirOnce(inCache('npm', `${name}-${key}`), async (temporary) => {
    for (const file of files) copyFileSync(inRoot(directory, file), join(temporary, file));
    // No package's own script is run: binaries come in packages of their own.
    await step(`installing ${what} from npm into the cache`, () =>
      run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
        cwd: temporary,
        log: inCache('log', `npm-ci-${name}.log`),
      }),
    );
  });
  return join(installed, 'node_modules');
}

/** Deno, Bun, workerd, later versions of Node.js and the test frameworks that tests/runtimes and tests/vitest run the package in. */
export const runtimePackages = () =>
  testPackages('tests/runtimes/packages', 'runtimes and test frameworks (1.2 GB)');
