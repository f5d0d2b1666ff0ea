// npm run wpt: builds, then runs web-platform-tests (tools/wpt/run.mjs, where its options are).

import { build } from './build.mjs';
import { run, runMain } from './lib/run.mjs';
import { inRoot } from './lib/paths.mjs';
import * as prepare from './setup/prepare.mjs';

await runMain(async () => {
  await build();
  await prepare.browser();
  const status = await run(
    process.execPath,
    [inRoot('tools/wpt/run.mjs'), ...process.argv.slice(2)],
    { allowFailure: true },
  );
  process.exitCode = status;
});
