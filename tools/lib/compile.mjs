// The CMake builds: native (for tests) and WebAssembly. Both are configured once and then left to
// ninja, which sees by itself what changed.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from './files.mjs';
import { inCache, inRoot, root } from './paths.mjs';
import { pins } from '../setup/sources.mjs';
import { capture, run, say, step } from './run.mjs';

/**
 * Configures `build/<name>` if its arguments changed.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} the build directory
 */
export async function cmakeConfigure(name, args, { env } = {}) {
  const dir = inRoot('build', name);
  const all = [
    ...args,
    // Work in progress only: a component that is missing is an error in a whole build.
    `-DWEBRTC_ALLOW_MISSING=${process.env.WEBRTC_ALLOW_MISSING ? 'ON' : 'OFF'}`,
  ];
  const stamp = join(dir, '.configured-with');
  const key = keyOf([root, ...all, JSON.stringify(env ?? {})]);
  const configured = existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
  if (!configured || !existsSync(join(dir, 'build.ninja'))) {
    rmSync(join(dir, 'CMakeCache.txt'), { force: true });
    await step(`configuring build/${name}`, () =>
      run('cmake', ['-S', root, '-B', dir, '-G', 'Ninja', ...all], {
        env,
        log: inCache('log', `configure-${name}.log`),
      }),
    );
    writeFileSync(stamp, key);
  }
  return dir;
}

/**
 * Configures `build/<name>` if its arguments changed, and builds it.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, target?: string }} [options] `target`: that alone
 * @returns {Promise<string>} the build directory
 */
export async function cmakeBuild(name, args, { env, target } = {}) {
  const dir = await cmakeConfigure(name, args, { env });
  await step(`building build/${name}`, async () => {
    let shown = 0;
    await run('cmake', ['--build', dir, ...(target ? ['--target', target] : [])], {
      env,
      log: inCache('log', `build-${name}.log`),
      onLine(line) {
        if (/\b(?:error|warning|FAILED):/.test(line)) say(`  ${line}`);
        const progress = /^\[(\d+)\/(\d+)\]/.exec(line);
        if (!progress) return;
        // A line for every tenth of the way.
        const tenth = Math.floor((10 * Number(progress[1])) / Number(progress[2]));
        if (tenth > shown) {
          shown = tenth;
          say(`  ${progress[0]}`);
        }
      },
    });
  });
  return dir;
}

/** The instrumented native build that `npm test` runs. */
export function buildNative() {
  return cmakeBuild(
    'test',
    ['-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1', '-DWEBRTC_SANITIZE=ON'],
    { env: testCompiler() },
  );
}

/**
 * CMake's names for the compiler of the native tests: $CC and $CXX where they are set, or clang (see
 * tools/setup/prepare.mjs) where it is there with its sanitizers.
 * @returns {NodeJS.ProcessEnv}
 */
export function testCompiler() {
  const { llvm } = pins.emscripten.debian;
  const compilers = { CC: `clang-${llvm}`, CXX: `clang++-${llvm}` };
  if (process.env.CC || process.env.CXX) return {};
  const links = `echo 'int main() {}' | ${compilers.CXX} -fsanitize=address,undefined -x c++ - -o /dev/null`;
  return capture('sh', ['-c', links]) === undefined ? {} : compilers;
}

/**
 * CMake's arguments for the WebAssembly build.
 * @param {{ sdk: { dir: string }, prefix: string }} tools
 */
export function wasmSettings({ sdk, prefix }) {
  return [
    '-DCMAKE_BUILD_TYPE=Release',
    `-DCMAKE_TOOLCHAIN_FILE=${join(sdk.dir, 'cmake/Modules/Platform/Emscripten.cmake')}`,
    `-DWEBRTC_DEPS_DIR=${prefix}`,
  ];
}

/**
 * The WebAssembly build.
 * @param {{ sdk: { dir: string }, prefix: string }} tools
 * @param {string} [target] that alone
 * @param {readonly string[]} [options] of CMake, besides
 */
export function buildWasm(tools, target, options = []) {
  return cmakeBuild('wasm', [...wasmSettings(tools), ...options], { target });
}
