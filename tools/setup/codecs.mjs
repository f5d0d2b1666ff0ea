// libopus and libvpx's VP8 as WebAssembly modules of their own, for realms without WebCodecs: plain
// exports, no JavaScript beside them (js/media/codecs/module.js instantiates them).

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';
import { ensurePackages } from './debian.mjs';
import { emscripten } from './emscripten.mjs';
import { sourceTree } from './sources.mjs';

/** @typedef {import('./emscripten.mjs').Sdk} Sdk */

/** libvpx leaves its decoder by longjmp. */
const COMPILE = ['-O3', '-msimd128', '-DNDEBUG', '-fvisibility=hidden', '-sSUPPORT_LONGJMP=wasm'];
const LINK = [
  ...COMPILE,
  '--no-entry',
  '-sSTANDALONE_WASM=1',
  '-sALLOW_MEMORY_GROWTH=1',
  '-sINITIAL_MEMORY=2MB',
  '-sSTACK_SIZE=262144',
  '-sMALLOC=emmalloc',
  '-sEXPORTED_FUNCTIONS=_malloc,_free',
];

const OPUS = [
  '-DOPUS_BUILD',
  '-DUSE_ALLOCA',
  '-DHAVE_LRINT',
  '-DHAVE_LRINTF',
  '-DOPUS_VERSION="webrtc-wasm"',
];

const VPX = [
  '--target=generic-gnu',
  '--disable-vp9',
  '--disable-multithread',
  '--enable-realtime-only',
  '--disable-examples',
  '--disable-tools',
  '--disable-docs',
  '--disable-install-docs',
  '--disable-unit-tests',
  '--disable-install-bins',
  '--disable-debug',
];

/** The codecs' modules, by the names of their files in dist/. */
export const codecNames = /** @type {const} */ (['opus', 'vp8']);

/**
 * What dist/ gets: `webrtc-<codec>.wasm` and the licence of each codec, built if the cache has none.
 * @returns {Promise<string[]>}
 */
export async function codecModules() {
  const sdk = await emscripten();
  const [opus, vpx] = [await sourceTree('opus'), await sourceTree('libvpx')];
  const key = keyOf([sdk.version, opus.version, vpx.version, ...COMPILE, ...OPUS, ...VPX], []);
  const libraries = inCache('codecs', key);
  if (!existsSync(libraries)) {
    await ensurePackages('building the codecs', { make: 'make', perl: 'perl' });
    await step(`building libopus ${opus.version} and libvpx ${vpx.version} (wasm)`, () =>
      makeDirOnce(libraries, async (dir) => {
        await buildOpus(sdk, opus.dir, dir);
        await buildVpx(sdk, vpx.dir, dir);
      }),
    );
  }
  // The glue changes more often than what it is linked with.
  const glue = codecNames.map((name) => inRoot(`wasm/codecs/${name}.c`));
  const linked = join(libraries, `linked-${keyOf(LINK, glue)}`);
  if (!existsSync(linked)) {
    await step('linking the codecs', () =>
      makeDirOnce(linked, (dir) =>
        Promise.all(codecNames.map((name, i) => link(sdk, name, glue[i], libraries, dir))),
      ),
    );
  }
  return codecNames.flatMap((name) => [
    join(linked, `webrtc-${name}.wasm`),
    join(libraries, `webrtc-${name}.LICENSE`),
  ]);
}

/** @param {Sdk} sdk @param {string} name @param {string} glue @param {string} libraries @param {string} dir */
async function link(sdk, name, glue, libraries, dir) {
  const wasm = join(dir, `webrtc-${name}.wasm`);
  await run(
    join(sdk.dir, 'emcc'),
    [...LINK, `-I${join(libraries, 'include')}`, glue, join(libraries, `lib${name}.a`), '-o', wasm],
    { log: inCache('log', `link-${name}.log`) },
  );
}

/** @param {Sdk} sdk @param {string} source @param {string} dir */
async function buildOpus(sdk, source, dir) {
  const sources = [
    ['opus_sources.mk', ['OPUS_SOURCES', 'OPUS_SOURCES_FLOAT']],
    ['celt_sources.mk', ['CELT_SOURCES']],
    ['silk_sources.mk', ['SILK_SOURCES', 'SILK_SOURCES_FLOAT']],
  ].flatMap(([file, lists]) => {
    const text = readFileSync(join(source, String(file)), 'utf8').replaceAll('\\\n', ' ');
    return [...lists].flatMap((list) => {
      const found = new RegExp(`^${list} = (.*)$`, 'm').exec(text);
      if (!found) throw new Error(`${file} has no ${list}`);
      return found[1].split(/\s+/).filter((name) => name.endsWith('.c'));
    });
  });
  const work = join(dir, 'work-opus');
  mkdirSync(work);
  const flags = [
    ...COMPILE,
    ...OPUS,
    '-w',
    ...['include', 'celt', 'silk', 'silk/float', '.'].map((sub) => `-I${join(source, sub)}`),
    `-ffile-prefix-map=${source}=opus`,
  ];
  const batches = Array.from({ length: Math.ceil(sources.length / 12) }, (_, i) =>
    sources.slice(12 * i, 12 * i + 12).map((file) => join(source, file)),
  );
  const jobs = Array.from({ length: availableParallelism() }, async (_, job) => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      await run(join(sdk.dir, 'emcc'), ['-c', ...flags, ...batch], {
        cwd: work,
        log: inCache('log', `build-opus-${job}.log`),
      });
    }
  });
  await Promise.all(jobs);
  await run('sh', ['-c', '"$0" rcs ../libopus.a *.o', join(sdk.dir, 'emar')], {
    cwd: work,
    log: inCache('log', 'build-opus-ar.log'),
  });
  mkdirSync(join(dir, 'include'), { recursive: true });
  for (const name of ['opus.h', 'opus_defines.h', 'opus_types.h']) {
    copyFileSync(join(source, 'include', name), join(dir, 'include', name));
  }
  copyFileSync(join(source, 'COPYING'), join(dir, 'webrtc-opus.LICENSE'));
  rmSync(work, { recursive: true });
}

/** @param {Sdk} sdk @param {string} source @param {string} dir */
async function buildVpx(sdk, source, dir) {
  const work = join(dir, 'work-vpx');
  mkdirSync(work);
  const env = {
    CC: join(sdk.dir, 'emcc'),
    CXX: join(sdk.dir, 'em++'),
    LD: join(sdk.dir, 'emcc'),
    AR: join(sdk.dir, 'emar'),
    NM: join(sdk.dir, 'emnm'),
    STRIP: 'true',
    RANLIB: join(sdk.dir, 'emranlib'),
  };
  const cflags = [...COMPILE, '-w', `-ffile-prefix-map=${source}=libvpx`].join(' ');
  await run(join(source, 'configure'), [...VPX, `--extra-cflags=${cflags}`], {
    cwd: work,
    env,
    log: inCache('log', 'configure-vpx.log'),
  });
  await run('make', [`-j${availableParallelism()}`, 'libvpx.a'], {
    cwd: work,
    env,
    log: inCache('log', 'build-vpx.log'),
  });
  copyFileSync(join(work, 'libvpx.a'), join(dir, 'libvp8.a'));
  mkdirSync(join(dir, 'include/vpx'), { recursive: true });
  for (const name of [
    'vp8',
    'vp8cx',
    'vp8dx',
    'vpx_codec',
    'vpx_decoder',
    'vpx_encoder',
    'vpx_image',
    'vpx_integer',
    'vpx_frame_buffer',
    'vpx_ext_ratectrl',
    'vpx_tpl',
  ]) {
    const header = join(source, 'vpx', `${name}.h`);
    if (existsSync(header)) copyFileSync(header, join(dir, 'include/vpx', `${name}.h`));
  }
  copyFileSync(join(source, 'LICENSE'), join(dir, 'webrtc-vp8.LICENSE'));
  rmSync(work, { recursive: true });
}
