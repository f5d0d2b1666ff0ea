// npm run test:conformance -- [--target native|webrtc-wasm|node|data]... [name ...]
//
// Runs tests/conformance on the browser's own implementation (native), on ours in its place in the
// same browser (webrtc-wasm), on ours in Node.js (node), and on webrtc-wasm/data there (data, the files
// that have to do with it); on all of them without a target. Names are parts of file names. Prints each test with its outcome on every target: build/conformance/report.txt.

import { parseArgs } from 'node:util';
import { build } from '../build.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { UserError, run, runMain } from '../lib/run.mjs';
import * as prepare from '../setup/prepare.mjs';
import { targets } from './expectations.mjs';

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { target: { type: 'string', multiple: true, default: [...targets] } },
  });
  for (const target of values.target) {
    if (!targets.includes(target)) throw new UserError(`--target is ${targets.join(', ')}`);
  }
  await build();
  await prepare.browser();
  process.exitCode = await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      inRoot('node_modules/jest/bin/jest.js'),
      '--runInBand',
      '--reporters',
      inRoot('tools/conformance/reporter.mjs'),
      '--selectProjects',
      ...values.target.map((target) => `conformance-${target}`),
      '--',
      ...positionals.map((name) => `tests/conformance/[^/]*${name}`),
    ],
    { cwd: root, allowFailure: true },
  );
});
