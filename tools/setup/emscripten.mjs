// The Emscripten compiler: one on PATH if it is new enough, Debian's own package where the suite
// has a new one, and on older Debian the newer suite's package unpacked into the cache.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirOnce } from '../lib/files.mjs';
import { inCache } from '../lib/paths.mjs';
import { UserError, capture, has, run, say, step } from '../lib/run.mjs';
import { PrivateApt, ensurePackages, isDebian, systemName } from './debian.mjs';
import { compareNumbers, pins } from './sources.mjs';

/**
 * @typedef {object} Sdk
 * @property {string} dir where emcc, emcmake and cmake/Modules are
 * @property {string} version
 */

/** @type {Promise<Sdk> | undefined} */
let found;

/** The SDK, installed if need be. @returns {Promise<Sdk>} */
export function emscripten() {
  found ??= locate().then((sdk) => {
    rememberPython();
    return sdk;
  });
  return found;
}

/**
 * Each emcc looks for Python by itself. Where a version manager stands in its place (pyenv), that
 * takes longer than to compile; so all are told which interpreter it comes to.
 */
function rememberPython() {
  if (process.env.EMSDK_PYTHON) return;
  const path = capture('python3', ['-c', 'import sys; print(sys.executable)'])?.trim();
  if (path) process.env.EMSDK_PYTHON = path;
}

/** @returns {Promise<Sdk>} */
async function locate() {
  const onPath = sdkOnPath();
  if (onPath) return onPath;
  const { minimum } = pins.emscripten;
  if (!isDebian()) {
    throw new UserError(
      `emcc >= ${minimum} is not on PATH. On ${systemName()} install the Emscripten SDK ` +
        `(https://emscripten.org/docs/getting_started/downloads.html) and activate it first.`,
    );
  }
  if (suiteHasOne(minimum)) {
    await ensurePackages('compiling to WebAssembly', { emscripten: 'emcc' });
    const installed = sdkOnPath();
    if (installed) return installed;
  }
  return unpackFromNewerSuite();
}

/** @returns {Sdk | undefined} */
function sdkOnPath() {
  if (!has('emcc')) return undefined;
  const version = versionOf('emcc');
  if (!version || compareNumbers(version, pins.emscripten.minimum) < 0) return undefined;
  const path = capture('sh', ['-c', 'command -v emcc'])?.trim();
  return path ? { dir: dirname(realpathSync(path)), version } : undefined;
}

/** @param {string} emcc */
const versionOf = (emcc) => /\b(\d+\.\d+\.\d+)/.exec(capture(emcc, ['--version']) ?? '')?.[1];

/** @param {string} minimum */
function suiteHasOne(minimum) {
  const policy = capture('apt-cache', ['policy', 'emscripten']) ?? '';
  const candidate = /Candidate: (\d+\.\d+\.\d+)/.exec(policy)?.[1];
  return candidate !== undefined && compareNumbers(candidate, minimum) >= 0;
}

// What a browser engine without threads, GL emulation or memory checks never links.
const LEFT_OUT = [
  '*/lib/wasm64-emscripten',
  '*libGL-*emu*',
  '*libGL-mt*',
  '*libGL-ww*',
  '*-mt*.a',
  '*-ww*.a',
  '*/thinlto',
  '*/emscripten/test',
  '*memvalidate*',
  '*-tracing*',
  '*/emscripten/docs',
];

/** @returns {Promise<Sdk>} */
async function unpackFromNewerSuite() {
  const { suite, llvm, packages } = pins.emscripten.debian;
  const wanted = packages.emscripten;
  await ensurePackages('compiling to WebAssembly', {
    [`clang-${llvm}`]: '',
    [`lld-${llvm}`]: '',
    [`llvm-${llvm}`]: '',
    'node-acorn': '',
    python3: '',
    'xz-utils': '',
  });
  const dir = inCache('emscripten', wanted);
  const current = inCache('emscripten', 'current');
  /** @param {string} at @returns {Sdk} */
  const sdk = (at) => ({
    dir: join(at, 'usr/share/emscripten'),
    version: readFileSync(join(at, 'version'), 'utf8').trim(),
  });
  if (existsSync(dir)) return sdk(dir);
  if (existsSync(`${current}.replaced-${wanted}`)) {
    const replacement = readFileSync(`${current}.replaced-${wanted}`, 'utf8').trim();
    if (existsSync(replacement)) return sdk(replacement);
  }

  const apt = new PrivateApt(`deb-${suite}`, [suite], 'deb');
  await apt.update();
  const versions = Object.fromEntries(
    Object.entries(packages).map(([name, version]) => [
      name,
      chooseBinary(apt, name, String(version), suite),
    ]),
  );
  const target = inCache('emscripten', versions.emscripten);
  await step(`installing Emscripten ${versions.emscripten} from ${suite} into the cache`, () =>
    makeDirOnce(target, (temporary) => install(apt, versions, temporary, target)),
  );
  if (target !== dir) writeFileSync(`${current}.replaced-${wanted}`, target);
  return sdk(target);
}

/**
 * @param {PrivateApt} apt
 * @param {string} name
 * @param {string} version
 * @param {string} suite
 */
function chooseBinary(apt, name, version, suite) {
  const versions = apt.versions(name);
  if (versions.includes(version)) return version;
  const newest = versions[0];
  if (!newest) throw new UserError(`${name} is not in the index of ${suite}`);
  say(
    `  note: ${name} ${version} is gone from the mirror; taking ${newest}, which the signed index ` +
      `of ${suite} vouches for. Update tools/setup/sources.json.`,
  );
  return newest;
}

/**
 * @param {PrivateApt} apt
 * @param {Record<string, string>} versions
 * @param {string} dir being filled, later renamed to `target`
 * @param {string} target
 */
async function install(apt, versions, dir, target) {
  const { llvm, runtime } = pins.emscripten.debian;
  const debs = mkdtempSync(inCache('emscripten', '.debs-'));
  try {
    say('  downloading (about 240 MB)');
    await apt.download(
      [...Object.entries(versions).map(([name, version]) => `${name}=${version}`), ...runtime],
      debs,
    );
    say('  unpacking');
    for (const file of readdirSync(debs)) {
      const name = file.split('_')[0];
      const into =
        name === 'emscripten' ? dir : join(dir, name === 'binaryen' ? 'binaryen' : 'run');
      mkdirSync(into, { recursive: true });
      const exclude = name === 'emscripten' ? LEFT_OUT.map((glob) => `--exclude=${glob}`) : [];
      await run('sh', [
        '-c',
        'deb=$1; into=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$into" --no-same-owner "$@"',
        'sh',
        join(debs, file),
        into,
        ...exclude,
      ]);
    }
  } finally {
    rmSync(debs, { recursive: true, force: true });
  }

  // binaryen wants a newer C library than this system's, so its tools run through that library's
  // own loader.
  const loader = capture('sh', [
    '-c',
    'find "$1" -name "ld-linux-*.so.*" | head -1',
    'sh',
    join(dir, 'run'),
  ])?.trim();
  if (!loader) throw new UserError('the unpacked C library has no loader');
  const libraries = [
    ...new Set(
      (
        capture('sh', [
          '-c',
          'find "$1" "$2" -name "*.so*" -printf "%h\\n" | sort -u',
          'sh',
          join(dir, 'run'),
          join(dir, 'binaryen'),
        ]) ?? ''
      )
        .trim()
        .split('\n')
        .filter((path) => !path.includes('gconv')),
    ),
  ];
  /** @param {string} path */
  const final = (path) => path.replace(dir, target);
  const tools = join(dir, 'binaryen/bin');
  mkdirSync(tools);
  for (const tool of readdirSync(join(dir, 'binaryen/usr/bin'))) {
    const wrapper = join(tools, tool);
    const real = join(dir, 'binaryen/usr/bin', tool);
    writeFileSync(
      wrapper,
      `#!/bin/sh\nexec ${final(loader)} --library-path ${libraries.map(final).join(':')} ${final(real)} "$@"\n`,
    );
    chmodSync(wrapper, 0o755);
  }

  const sdk = join(dir, 'usr/share/emscripten');
  // ES modules do not look at NODE_PATH.
  if (!existsSync(join(sdk, 'node_modules'))) {
    symlinkSync('/usr/share/nodejs', join(sdk, 'node_modules'));
  }
  // The configuration in the tree itself: one named in the environment is lost under ninja.
  rmSync(join(sdk, '.emscripten'), { force: true });
  writeFileSync(
    join(sdk, '.emscripten'),
    [
      'import shutil',
      `EMSCRIPTEN_ROOT = '${final(sdk)}'`,
      `LLVM_ROOT = '/usr/bin'`,
      `BINARYEN_ROOT = '${final(join(dir, 'binaryen'))}'`,
      `NODE_JS = shutil.which('node') or '${process.execPath}'`,
      `CACHE = '${final(join(sdk, 'cache'))}'`,
      `FROZEN_CACHE = True`,
      `LLVM_ADD_VERSION = '${llvm}'`,
      `CLANG_ADD_VERSION = '${llvm}'`,
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(dir, 'version'),
    `${/^\d+\.\d+\.\d+/.exec(versions.emscripten)?.[0] ?? versions.emscripten}\n`,
  );
}
