// npm run bench: builds, then measures ours and other implementations in one run (bench/index.js).

import { existsSync } from 'node:fs';
import { build } from './build.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, run, runMain } from './lib/run.mjs';

await runMain(async () => {
  await build();
  const entry = inRoot('bench/index.js');
  if (!existsSync(entry)) throw new UserError('bench/index.js is missing');
  // A process of its own, so that nothing of the build weighs on the figures.
  await run(process.execPath, ['--expose-gc', entry, ...process.argv.slice(2)], { cwd: root });
});
