// npm run tidy [-- file...]: clang-tidy over the engine (minutes, so not part of npm test).

import { availableParallelism } from 'node:os';
import { cmakeConfigure } from './lib/compile.mjs';
import { root } from './lib/paths.mjs';
import { run, runMain, say } from './lib/run.mjs';
import { cppFiles } from './lint.mjs';
import { ensurePackages } from './setup/debian.mjs';
import * as prepare from './setup/prepare.mjs';

await runMain(async () => {
  await prepare.fuzzTools();
  await ensurePackages('clang-tidy', { 'clang-tidy': 'clang-tidy' });
  const dir = await cmakeConfigure('tidy', ['-DCMAKE_BUILD_TYPE=Debug', '-DWEBRTC_TESTS=OFF'], {
    env: { CC: 'clang', CXX: 'clang++' },
  });
  const asked = process.argv.slice(2);
  const files = asked.length > 0 ? asked : cppFiles().filter((file) => /^cpp\/.*\.cpp$/.test(file));
  const queue = [...files];
  let failed = 0;
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const status = await run('clang-tidy', ['--quiet', '-p', dir, file], {
        cwd: root,
        allowFailure: true,
      });
      if (status !== 0) failed++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  say(`clang-tidy: ${files.length} files, ${failed} with findings`);
  if (failed > 0) process.exitCode = 1;
});
