// npm run build: everything in dist/ that the package ships beside js/.
//
//   webrtc.mjs, webrtc.wasm       the engine as an ES module (js/ imports the first)
//   webrtc-data.mjs, .wasm        the engine without audio and video
//   webrtc-relay.*                the TURN server of the relay, with a loader for Node.js
//   webrtc-wasm.node.mjs          js/index.node.js in one file, which Node.js loads five times as fast; test
//                                 environments make a script of it (js/environment-realm.js)
//   polyfill.node.mjs             js/polyfill.node.js over it
//   testing.node.mjs              js/testing.node.js over it
//   webrtc-wasm.classic.js        one classic script, global `webrtcWasm`, from js/index.classic.js, with the
//                                 engine packed in it; js/index.single.js makes a module of it
//   data.node.mjs                 js/data.node.js in one file
//   webrtc-wasm-data.classic.js   its classic script, from js/data.classic.js
//   webrtc-wasm.inspect.classic.js  the inspector beside it, global `webrtcWasmInspect`
//   webrtc-opus.wasm,            codecs for realms that have none, loaded when a track needs them,
//   webrtc-vp8.wasm              each with its licence
//   codecs.mjs                    where those two are
//   THIRD_PARTY.md                what others wrote of all that, and its licences
//   sizes.json                    what all that weighs, raw and brotli

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { buildWasm } from './lib/compile.mjs';
import { keyOf } from './lib/files.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, runMain, say, step } from './lib/run.mjs';
import { packing } from './build/packing.mjs';
import { thinMap } from './build/source-maps.mjs';
import { codecModules, codecNames } from './setup/codecs.mjs';
import * as prepare from './setup/prepare.mjs';
import { sourceTree } from './setup/sources.mjs';
import { thirdParty } from './third-party.mjs';

const dist = inRoot('dist');

/** What builds have written that is no part of the package any more. */
const kFormer = [
  'inspect.node.mjs',
  'inspect.node.mjs.map',
  'webrtc-sync.d.mts',
  'webrtc-sync.mjs',
  'webrtc-wasm.realm.js',
];

/** Classic scripts by their entries. */
const CLASSIC = {
  'index.classic.js': 'webrtc-wasm.classic.js',
  'data.classic.js': 'webrtc-wasm-data.classic.js',
};

const RELAY_LOADER = `import { readFile } from 'node:fs/promises';
import createWebrtcEngine from './webrtc-relay.mjs';

/** For Node.js: dist/webrtc-relay.mjs with the bytes of webrtc-relay.wasm handed in. */
export default async function createForNode(options = {}) {
  const wasmBinary = await readFile(new URL('./webrtc-relay.wasm', import.meta.url));
  return createWebrtcEngine({ ...options, wasmBinary });
}
`;

/**
 * Here, beside the files: a bundler that leaves such addresses alone resolves all of them against the
 * one file that it writes, and one folder to copy from is enough.
 */
const CODEC_URLS = `export const codecUrls = {
${codecNames.map((name) => `  ${name}: () => new URL('./webrtc-${name}.wasm', import.meta.url),`).join('\n')}
};
`;

const CODEC_URLS_TYPE = `/** Where the codecs' modules are, beside this file. */
export declare const codecUrls: Record<${codecNames.map((name) => `'${name}'`).join(' | ')}, () => URL>;
`;

/** What the type checker reads instead of the engine's glue. */
const FACTORY_TYPE = `/** The engine's module, initialised; js/api/engine-loader.js says what the options are. */
export default function createWebrtcEngine(options?: object): Promise<any>;
`;

// What a bundle for a page leaves out: only the Node.js variants import these.
const NODE_ONLY = ['node:*', 'ws', 'multicast-dns'];

/** Builds dist/. */
export async function build() {
  await prepare.npmPackages();
  const tools = await prepare.wasm();
  const compiled = join(await buildWasm(tools), 'wasm');
  if (!existsSync(join(compiled, 'webrtc.wasm'))) {
    throw new UserError('the WebAssembly module was not built: a part of the engine is missing');
  }
  const codecs = await codecModules();
  mkdirSync(dist, { recursive: true });
  await step('writing dist', async () => {
    const esbuild = await import('esbuild');
    for (const name of ['webrtc', 'webrtc-data', 'webrtc-relay']) {
      copyChanged(join(compiled, `${name}.wasm`), join(dist, `${name}.wasm`));
    }
    for (const file of codecs) copyChanged(file, join(dist, basename(file)));
    writeChanged(join(dist, 'webrtc-relay.node.mjs'), RELAY_LOADER);
    writeChanged(join(dist, 'codecs.mjs'), CODEC_URLS);
    writeChanged(join(dist, 'codecs.d.mts'), CODEC_URLS_TYPE);
    writeChanged(join(dist, 'THIRD_PARTY.md'), await renderThirdParty(tools.sdk.version));
    for (const name of ['webrtc.mjs', 'webrtc-data.mjs', 'webrtc-relay.mjs']) {
      const { code } = await esbuild.transform(readFileSync(join(compiled, name), 'utf8'), {
        format: 'esm',
        minify: true,
        target: 'es2022',
      });
      writeChanged(join(dist, name), code);
    }
    for (const name of ['webrtc', 'webrtc-data', 'webrtc-relay', 'webrtc-relay.node']) {
      writeChanged(join(dist, `${name}.d.mts`), FACTORY_TYPE);
    }
    // index.single.js runs it; that it exports nothing is all there is to check.
    writeChanged(join(dist, 'webrtc-wasm.classic.d.ts'), 'export {};\n');
    await bundleNode(esbuild);
    await bundleClassic(esbuild);
    // Of earlier builds.
    for (const name of kFormer) rmSync(join(dist, name), { force: true });
    for (const name of readdirSync(dist)) if (name.endsWith('.map')) thinMap(join(dist, name));
    await writeSizes(esbuild);
  });
}

/**
 * One file for Node.js: it takes a millisecond to find and link each module. Names stay as they are, for
 * stack traces; the map leads to js/, which the package has as well.
 * @param {typeof import('esbuild')} esbuild
 */
async function bundleNode(esbuild) {
  const bundle = 'webrtc-wasm.node.mjs';
  /** @param {string} entry @param {string} name @param {import('esbuild').Plugin[]} plugins */
  const write = (entry, name, plugins) =>
    esbuild.build({
      absWorkingDir: root,
      entryPoints: [inRoot('js', entry)],
      outfile: join(dist, name),
      bundle: true,
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: 120,
      legalComments: 'none',
      sourcemap: 'linked',
      sourcesContent: false,
      format: 'esm',
      target: 'node20',
      platform: 'node',
      packages: 'external',
      plugins,
      logLevel: 'warning',
    });
  await write('index.node.js', bundle, []);
  await write('data.node.js', 'data.node.mjs', []);
  // Of the same instance: what the one installs is what the other exports.
  const sameInstance = {
    name: 'same-instance',
    setup(/** @type {import('esbuild').PluginBuild} */ build) {
      build.onResolve({ filter: /index\.node\.js$/ }, ({ kind }) =>
        kind === 'entry-point' ? null : { path: `./${bundle}`, external: true },
      );
    },
  };
  await write('polyfill.node.js', 'polyfill.node.mjs', [sameInstance]);
  await write('testing.node.js', 'testing.node.mjs', [sameInstance, await hooksOf(bundle)]);
}

/**
 * The testing kit takes what it needs of the inside from the bundle as well.
 * @param {string} bundle
 * @returns {Promise<import('esbuild').Plugin>}
 */
async function hooksOf(bundle) {
  const names = Object.keys(await import('../js/api/testing-hooks.js'));
  const external = { path: `./${bundle}`, external: true };
  return {
    name: 'hooks',
    setup(build) {
      build.onResolve({ filter: /testing-hooks\.js$/ }, () => ({
        path: 'hooks',
        namespace: 'hooks',
      }));
      build.onResolve({ filter: /./, namespace: 'hooks' }, () => external);
      build.onLoad({ filter: /./, namespace: 'hooks' }, () => ({
        contents: `import { internals } from '${bundle}';\nexport const { ${names.join(', ')} } = internals;`,
      }));
      build.onResolve({ filter: /\/dist\/[\w.-]+$/ }, ({ path }) => ({
        path: `./${basename(path)}`,
        external: true,
      }));
    },
  };
}

/**
 * How esbuild makes the classic script.
 * @type {import('esbuild').BuildOptions}
 */
export const classicBundleOptions = {
  absWorkingDir: root,
  entryPoints: [inRoot('js/index.classic.js')],
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'webrtcWasm',
  target: 'es2022',
  platform: 'browser',
  external: NODE_ONLY,
  plugins: [packing],
  // The engine's glue names its own address, which a classic script cannot.
  define: { 'import.meta.url': '""' },
  logLevel: 'warning',
};

/** Where js/index.single.js looks for what the script exports. */
const FOR_SINGLE = { js: 'globalThis[Symbol.for("webrtc-wasm.classic")]=webrtcWasm;' };

/** @param {typeof import('esbuild')} esbuild */
async function bundleClassic(esbuild) {
  /** @type {import('esbuild').BuildOptions} */
  const common = { ...classicBundleOptions, sourcemap: 'linked', sourcesContent: false };
  for (const [entry, name] of Object.entries(CLASSIC)) {
    await esbuild.build({
      ...common,
      entryPoints: [inRoot('js', entry)],
      outfile: join(dist, name),
      ...(entry === 'index.classic.js' && { footer: FOR_SINGLE }),
    });
  }
  await esbuild.build({
    ...common,
    entryPoints: [inRoot('js/inspect.classic.js')],
    globalName: 'webrtcWasmInspect',
    outfile: join(dist, 'webrtc-wasm.inspect.classic.js'),
  });
}

/** @param {string} emscripten its version */
async function renderThirdParty(emscripten) {
  const sources = {
    mbedtls: await sourceTree('mbedtls'),
    libsrtp: await sourceTree('libsrtp'),
    opus: await sourceTree('opus'),
    libvpx: await sourceTree('libvpx'),
  };
  return thirdParty({ sources, emscripten });
}

/** @param {typeof import('esbuild')} esbuild */
async function writeSizes(esbuild) {
  /** @type {Record<string, { raw: number, brotli: number }>} */
  const sizes = {};
  /** @param {string} name @param {Uint8Array} bytes */
  const add = (name, bytes) => {
    sizes[name] = { raw: bytes.byteLength, brotli: brotliSize(bytes) };
  };
  const files = ['webrtc.wasm', 'webrtc.mjs', 'webrtc-wasm.classic.js', 'webrtc-relay.wasm'];
  files.push('webrtc-data.wasm', 'webrtc-data.mjs', 'webrtc-wasm-data.classic.js');
  for (const name of [...files, ...codecNames.map((codec) => `webrtc-${codec}.wasm`)]) {
    if (existsSync(join(dist, name))) add(name, readFileSync(join(dist, name)));
  }
  /** @param {string} prefix @param {string} entry @param {string} wasm */
  const addPage = async (prefix, entry, wasm) => {
    const bundle = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [inRoot('js', entry)],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      external: NODE_ONLY,
      logLevel: 'warning',
    });
    // With the engine's glue inside; the .wasm comes on top.
    add(`${prefix}js`, bundle.outputFiles[0].contents);
    const total = (/** @type {'raw' | 'brotli'} */ kind) =>
      sizes[wasm][kind] + sizes[`${prefix}js`][kind];
    sizes[`${prefix}total`] = { raw: total('raw'), brotli: total('brotli') };
  };
  // All that a page loads.
  await addPage('', 'index.js', 'webrtc.wasm');
  await addPage('data-', 'data.js', 'webrtc-data.wasm');
  writeFileSync(join(dist, 'sizes.json'), `${JSON.stringify(sizes, null, 2)}\n`);
  for (const [name, { raw, brotli }] of Object.entries(sizes)) {
    say(`  ${name.padEnd(24)} ${kilobytes(raw)} kB, brotli ${kilobytes(brotli)} kB`);
  }
}

/** @param {number} bytes */
const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

/**
 * Brotli at its best takes a second for the engine, so its results are kept.
 * @param {Uint8Array} bytes
 */
function brotliSize(bytes) {
  const file = inRoot('build/brotli-sizes.json');
  /** @type {Record<string, number>} */
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const key = keyOf([Buffer.from(bytes).toString('latin1')]);
  if (!(key in known)) {
    known[key] = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength },
    }).byteLength;
    writeFileSync(file, JSON.stringify(known));
  }
  return known[key];
}

/** @param {string} from @param {string} to */
function copyChanged(from, to) {
  if (existsSync(to) && statSync(to).size === statSync(from).size) {
    if (readFileSync(to).equals(readFileSync(from))) return;
  }
  copyFileSync(from, to);
}

/** @param {string} path @param {string} text */
function writeChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(build);
