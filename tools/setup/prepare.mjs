// What each command needs on the machine. Every function is quick when there is nothing to do.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { keyOf } from '../lib/files.mjs';
import { inCache, inRoot, root } from '../lib/paths.mjs';
import { UserError, has, run, step } from '../lib/run.mjs';
import { ensurePackages, isDebian } from './debian.mjs';
import { depsPrefix } from './deps.mjs';
import { emscripten } from './emscripten.mjs';
import { pins } from './sources.mjs';
import { runtimePackages } from './test-packages.mjs';

/** The npm packages of package-lock.json. */
export async function npmPackages() {
  requireNode();
  const stamp = inRoot('node_modules/.webrtc-wasm-stamp');
  const key = keyOf([process.version, process.arch], [inRoot('package-lock.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  if (!has('npm')) throw new UserError('npm is not on PATH');
  // None of the packages needs its install script, and which scripts run differs between npm versions.
  await step('installing npm packages', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
      cwd: root,
      log: inCache('log', 'npm-ci.log'),
    }),
  );
  writeFileSync(stamp, key);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new UserError(`Node.js ${process.version} is too old; 20.19 or newer is needed`);
  }
}

/** Compiler, CMake and test libraries for the native build. */
export async function nativeTools() {
  await ensurePackages('the native build', {
    'build-essential': 'c++',
    cmake: 'cmake',
    'ninja-build': 'ninja',
    'libgtest-dev': '/usr/include/gtest/gtest.h',
    'libgmock-dev': '/usr/include/gmock/gmock.h',
    // DTLS is tested against it; the engine does not use it.
    'libssl-dev': '/usr/include/openssl/ssl.h',
  });
}

/**
 * clang with its sanitizers, which compiles the tests in two thirds of the time that GCC takes; the
 * WebAssembly build needs the same one. Elsewhere than on Debian the tests are built with what is there.
 */
export async function testCompiler() {
  const { llvm } = pins.emscripten.debian;
  if (!isDebian()) return;
  await ensurePackages('the native tests', {
    [`clang-${llvm}`]: '',
    [`libclang-rt-${llvm}-dev`]: '',
  });
}

/** The native build's tools and third parties; gives the prefix. */
export async function native() {
  await nativeTools();
  return depsPrefix('native');
}

/** Emscripten and the third parties for it. */
export async function wasm() {
  await ensurePackages('the WebAssembly build', { cmake: 'cmake', 'ninja-build': 'ninja' });
  const sdk = await emscripten();
  return { sdk, prefix: await depsPrefix('wasm') };
}

/** clang with libFuzzer: the one of `testCompiler`, since Debian's own is too old for the engine. */
export async function fuzzTools() {
  const tools = { cmake: 'cmake', 'ninja-build': 'ninja' };
  await ensurePackages('fuzzing', isDebian() ? tools : { clang: 'clang++', ...tools });
  await testCompiler();
}

/** clang-format. */
export async function formatTools() {
  await ensurePackages('checking the layout of C++', { 'clang-format': 'clang-format' });
}

/** The browsers that tests/browser drives. */
export async function browser() {
  await ensurePackages('the browser tests', { chromium: 'chromium', 'firefox-esr': 'firefox-esr' });
}

/** The TURN server and client that tests/js/relay holds the relay against. */
export async function relayPeers() {
  await ensurePackages("the relay's tests", { coturn: 'turnserver' });
}

/** Deno, Bun, workerd and the test frameworks that tests/runtimes runs the package in. */
export async function runtimes() {
  await npmPackages();
  await runtimePackages();
}

/** What reads capture files, for tests/js/inspect. */
export async function captureTools() {
  await ensurePackages("the inspector's tests", { tshark: 'tshark' });
}

/** Peers that others wrote, for tests/interop. */
export async function interop() {
  await ensurePackages('the interop tests', {
    'python3-aiortc': 'python:aiortc',
    coturn: 'turnserver',
    websockify: 'websockify',
  });
}

/**
 * GStreamer's webrtcbin, what it plays, and its Python bindings.
 * @param {string} purpose
 */
export async function gstreamer(purpose) {
  await ensurePackages(purpose, {
    'gstreamer1.0-plugins-base': '',
    'gstreamer1.0-plugins-good': '',
    'gstreamer1.0-plugins-bad': '',
    'gstreamer1.0-nice': '',
    'gir1.2-gst-plugins-bad-1.0': '',
    'python3-gi': 'python:gi',
  });
}

/** Everything that `npm test` needs. */
export async function all() {
  await npmPackages();
  await native();
  await testCompiler();
  await formatTools();
  await wasm();
  await relayPeers();
  await captureTools();
  await browser();
  await runtimes();
  await interop();
}
