// npm run format: lays out every file as .clang-format and .prettierrc say.

import { inRoot, root } from './lib/paths.mjs';
import { run, runMain } from './lib/run.mjs';
import { cppFiles } from './lint.mjs';
import * as prepare from './setup/prepare.mjs';

await runMain(async () => {
  await prepare.npmPackages();
  await prepare.formatTools();
  const cpp = cppFiles();
  if (cpp.length > 0) await run('clang-format', ['-i', '-style=file', ...cpp], { cwd: root });
  await run(inRoot('node_modules/.bin/prettier'), ['--write', '--log-level', 'warn', '.'], {
    cwd: root,
  });
});
