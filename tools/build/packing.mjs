// How a single file carries the engine: packed by LZMA, and written in characters that neither a script nor
// a page has to escape. js/api/unpack.js has it unpacked, by wasm/packing/unpack.c.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { ensurePackages } from '../setup/debian.mjs';
import { emscripten } from '../setup/emscripten.mjs';

/** As the unpacker knows them. */
const XZ = ['--format=lzma', '--lzma1=preset=9e,lc=3,lp=0,pb=2', '--stdout'];
/** What `xz` writes before the packed bytes: properties, the dictionary's size, the length or none. */
const kHeaderBytes = 13;

const LINK = [
  '-Os',
  '--no-entry',
  '-sSTANDALONE_WASM=1',
  '-sALLOW_MEMORY_GROWTH=1',
  '-sINITIAL_MEMORY=128KB',
  '-sSTACK_SIZE=4KB',
];

/**
 * Bytes in base 85: five digits for four bytes, most significant first, the last four filled up with 0.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toText(bytes) {
  const padded = Buffer.alloc(4 * Math.ceil(bytes.length / 4));
  padded.set(bytes);
  const text = Buffer.alloc((5 * padded.length) / 4);
  for (let at = 0, end = 5; at < padded.length; at += 4, end += 5) {
    let word = padded.readUInt32BE(at);
    for (let i = 1; i <= 5; i++, word = Math.floor(word / 85)) {
      text[end - i] = '('.charCodeAt(0) + (word % 85);
    }
  }
  return text.toString('latin1').replaceAll('<', '!').replaceAll('\\', '#').replaceAll('`', '~');
}

/**
 * @param {string} file
 * @returns {{ text: string, size: number }}
 */
export function pack(file) {
  const bytes = readFileSync(file);
  const key = keyOf([bytes.toString('latin1'), ...XZ]);
  const kept = inRoot('build/packed', `${key}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const packed = execFileSync('xz', [...XZ, file], { maxBuffer: 2 ** 26 });
  const result = { text: toText(packed.subarray(kHeaderBytes)), size: bytes.length };
  mkdirSync(inRoot('build/packed'), { recursive: true });
  writeFileSync(kept, JSON.stringify(result));
  return result;
}

/** @returns {Promise<string>} the unpacker's module, compiled if the cache has none */
export async function unpackerModule() {
  const sdk = await emscripten();
  const source = inRoot('wasm/packing/unpack.c');
  const dir = inCache('packing', keyOf([sdk.version, ...LINK], [source]));
  mkdirSync(inCache('packing'), { recursive: true });
  await makeDirOnce(dir, (into) =>
    run(join(sdk.dir, 'emcc'), [...LINK, source, '-o', join(into, 'unpack.wasm')], {
      log: inCache('log', 'link-unpack.log'),
    }),
  );
  return join(dir, 'unpack.wasm');
}

/**
 * For esbuild: an imported `dist/….wasm` is what unpack() takes.
 * @type {import('esbuild').Plugin}
 */
export const packing = {
  name: 'packing',
  setup(build) {
    build.onResolve({ filter: /\/webrtc-unpack\.wasm$/ }, async () => ({
      path: await unpackerModule(),
      namespace: 'unpacker',
    }));
    build.onLoad({ filter: /./, namespace: 'unpacker' }, ({ path }) => ({
      contents: readFileSync(path),
      loader: 'binary',
    }));
    build.onLoad({ filter: /\/dist\/[\w-]+\.wasm$/ }, async ({ path }) => {
      await ensurePackages('packing the engine', { 'xz-utils': 'xz' });
      return { contents: JSON.stringify(pack(path)), loader: 'json' };
    });
  },
};
