// Which lines of the engine the fuzz targets reach: their inputs are run again by programs that
// clang has instrumented for coverage by source, without sanitizers.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cmakeBuild, testCompiler } from '../lib/compile.mjs';
import { addTracefile, linesNotRun, linesTable } from '../lib/lcov.mjs';
import { inRoot } from '../lib/paths.mjs';
import { UserError, capture, run, say } from '../lib/run.mjs';
import { ensurePackages } from '../setup/debian.mjs';
import { pins } from '../setup/sources.mjs';
import { corpora, seedsOf } from './corpora.mjs';

/**
 * Says how many lines of each component are reached, and writes those that are not to
 * build/fuzz-lines/not-reached.txt.
 * @param {readonly string[]} targets
 */
export async function reportLines(targets) {
  const { llvm } = pins.emscripten.debian;
  await ensurePackages('reading coverage', { [`llvm-${llvm}`]: `llvm-cov-${llvm}` });
  const env = testCompiler();
  // The tools read what the compiler of their own version writes.
  if (!env.CXX) throw new UserError(`coverage by source takes clang-${llvm}, and CXX not set`);
  const options = '-fprofile-instr-generate -fcoverage-mapping';
  const out = inRoot('build/fuzz-lines');
  mkdirSync(out, { recursive: true });
  const lines = new Map();
  for (const target of targets) {
    const dir = await cmakeBuild(
      'lines',
      [
        '-DCMAKE_BUILD_TYPE=Debug',
        `-DCMAKE_C_FLAGS=${options}`,
        `-DCMAKE_CXX_FLAGS_DEBUG=-O1 ${options}`,
        '-DCMAKE_EXE_LINKER_FLAGS=-fprofile-instr-generate',
      ],
      { env, target },
    );
    const raw = join(out, `${target}.profraw`);
    const profile = join(out, `${target}.profdata`);
    const inputs = [join(corpora, target), ...seedsOf(target)].filter((path) => existsSync(path));
    await run(join(dir, target), ['--runs=0', '--truncate=0', ...inputs], {
      env: { LLVM_PROFILE_FILE: raw },
      log: join(out, `${target}.log`),
    });
    await run(`llvm-profdata-${llvm}`, ['merge', '-o', profile, raw]);
    const tracefile = capture(`llvm-cov-${llvm}`, [
      'export',
      '-format=lcov',
      `-instr-profile=${profile}`,
      join(dir, target),
    ]);
    if (tracefile === undefined) throw new UserError(`llvm-cov-${llvm} cannot read ${profile}`);
    addTracefile(lines, tracefile, (path) => {
      const name = relative(inRoot('.'), path);
      return name.startsWith('cpp/') ? name : undefined;
    });
  }
  const missed = join(out, 'not-reached.txt');
  writeFileSync(missed, linesNotRun(lines).join('\n') + '\n');
  say(linesTable(lines));
  say(`what is not reached: ${relative(inRoot('.'), missed)}`);
}
