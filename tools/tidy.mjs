// npm run tidy [-- --changed [<commit>] | <file>...]: what the compilers of npm test do not see, and too
// long for it. clang-tidy and cppcheck over the C++ of the engine, its binding and its tests, and an
// optimised build by GCC, whose warnings differ from clang's and from those of a debug build.
// `--changed`: only the files that differ from a commit (HEAD, unless it is given), without the build.
//
// What was read without a finding is not read again unless it changed, or a header, a setting or a tool
// did; build/tidy/clean remembers it, and can be removed.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CleanBefore, Sources } from './lib/clean-before.mjs';
import { cmakeBuild, cmakeConfigure, testCompiler, wasmSettings } from './lib/compile.mjs';
import { inCache, inRoot, root } from './lib/paths.mjs';
import { UserError, capture, run, runMain, say, step } from './lib/run.mjs';
import { cppFiles } from './lint.mjs';
import { ensurePackages } from './setup/debian.mjs';
import * as prepare from './setup/prepare.mjs';
import { pins } from './setup/sources.mjs';

const { llvm } = pins.emscripten.debian;

/** @param {readonly string[]} args of the command line */
function chosenFiles(args) {
  const all = cppFiles().filter((file) => /^(?:cpp|tests|wasm)\/.*\.cpp$/.test(file));
  if (args.length === 0) return all;
  if (args[0] !== '--changed') return [...args];
  const out = capture('git', ['diff', '--name-only', args[1] ?? 'HEAD'], { cwd: root });
  if (out === undefined) throw new UserError(`git knows no ${args[1]}`);
  const changed = new Set(out.split('\n'));
  return all.filter((file) => changed.has(file));
}

/**
 * Runs a command for each file that it was not clean for before, as many at a time as there are cores.
 * @param {readonly string[]} files
 * @param {(file: string) => [string, string[]]} command
 * @param {(file: string) => readonly string[]} settings what else its outcome depends on
 * @returns {Promise<string[]>} the files that it failed for
 */
async function forEach(files, command, settings) {
  const clean = new CleanBefore(inRoot('build/tidy/clean'));
  const sources = new Sources(root);
  /** @param {string} file */
  const key = (file) => sources.key(file, [...command(file).flat(), ...settings(file)]);
  const queue = files.filter((file) => !clean.has(key(file)));
  if (queue.length < files.length) say(`  ${files.length - queue.length} were clean before`);
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      /** @type {string[]} */
      const lines = [];
      const status = await run(...command(file), {
        cwd: root,
        allowFailure: true,
        onLine: (line) => lines.push(line),
      });
      // "n warnings generated" counts those of the system's headers.
      for (const line of lines) if (!/^\d+ warnings? generated\.$/.test(line)) say(line);
      if (status === 0) clean.add(key(file));
      else failed.push(file);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return failed;
}

/** @param {readonly string[]} files */
async function clangTidy(files) {
  const native = await nativeArguments();
  const binding = files.some(isBinding) ? await bindingArguments() : native;
  /** @param {string} file */
  const build = (file) => (isBinding(file) ? binding : native);
  const settings = [
    capture(`clang-tidy-${llvm}`, ['--version']) ?? '',
    readFileSync(inRoot('.clang-tidy'), 'utf8'),
    readFileSync(inRoot('tests/.clang-tidy'), 'utf8'),
  ];
  return forEach(
    files,
    (file) => [`clang-tidy-${llvm}`, ['--quiet', ...build(file).args, file]],
    (file) => [...settings, build(file).commands.get(inRoot(file)) ?? ''],
  );
}

/** @param {string} file */
function isBinding(file) {
  return file.startsWith('wasm/');
}

async function nativeArguments() {
  const dir = await cmakeConfigure(
    'tidy',
    ['-DCMAKE_BUILD_TYPE=Debug', '-DWEBRTC_PRECOMPILE=OFF'],
    { env: testCompiler() },
  );
  return { args: ['-p', dir], commands: await compileCommands(dir) };
}

/** em++ calls clang with more arguments than it is called with: for its target and its headers. */
async function bindingArguments() {
  const tools = await prepare.wasm();
  const dir = await cmakeConfigure('wasm', wasmSettings(tools));
  const cache = capture(join(tools.sdk.dir, 'em-config'), ['CACHE'])?.trim();
  if (!cache) throw new UserError('em-config does not say where its cache is');
  const more = [
    '--target=wasm32-unknown-emscripten',
    `--sysroot=${join(cache, 'sysroot')}`,
    '-iwithsysroot/include/compat',
    '-DEMSCRIPTEN',
  ];
  return {
    args: ['-p', dir, ...more.map((argument) => `--extra-arg=${argument}`)],
    commands: await compileCommands(dir),
  };
}

/**
 * @param {string} dir of a build
 * @returns {Promise<Map<string, string>>} by the files' whole paths, files that are new among them
 */
async function compileCommands(dir) {
  await run('ninja', ['-C', dir, 'build.ninja'], { log: inCache('log', 'configure-tidy.log') });
  /** @type {{ file: string, command: string }[]} */
  const entries = JSON.parse(readFileSync(join(dir, 'compile_commands.json'), 'utf8'));
  return new Map(entries.map(({ file, command }) => [file, command]));
}

/** @param {readonly string[]} files */
function cppcheck(files) {
  const settings = [
    capture('cppcheck', ['--version']) ?? '',
    readFileSync(inRoot('.cppcheck'), 'utf8'),
  ];
  return forEach(
    files,
    (file) => [
      'cppcheck',
      [
        '--quiet',
        '--std=c++20',
        '--language=c++',
        '--enable=warning,performance,portability',
        '--library=googletest',
        '--inline-suppr',
        `--suppressions-list=${inRoot('.cppcheck')}`,
        '--error-exitcode=1',
        // The suppressions name headers from here.
        '-I',
        '.',
        // Which has JavaScript for its argument.
        ...(isBinding(file) ? ['-DEM_JS(...)='] : []),
        file,
      ],
    ],
    () => settings,
  );
}

await runMain(async () => {
  await prepare.native();
  await prepare.testCompiler();
  await ensurePackages('npm run tidy', {
    [`clang-tidy-${llvm}`]: `clang-tidy-${llvm}`,
    cppcheck: 'cppcheck',
    'g++': 'g++',
  });
  const args = process.argv.slice(2);
  const files = chosenFiles(args);
  const failed = [
    ...(await step(`clang-tidy, ${files.length} files`, () => clangTidy(files))),
    ...(await step(`cppcheck, ${files.length} files`, () => cppcheck(files))),
  ];
  if (args.length === 0) {
    await cmakeBuild(
      'release-gcc',
      ['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_CXX_FLAGS_RELEASE=-O2'],
      {
        env: { CC: 'gcc', CXX: 'g++' },
      },
    );
  }
  for (const file of new Set(failed)) say(`  findings in ${file}`);
  say(`tidy: ${files.length} files, ${failed.length} with findings; logs in ${inCache('log')}`);
  if (failed.length > 0) process.exitCode = 1;
});
