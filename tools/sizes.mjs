// npm run sizes [-- --write]: where the engine's bytes go, by component.
//
// The engine is linked once more, with the functions' names in it and a map of its data. What a function is for,
// its name says: the namespace, that of a template's arguments, or the library that it is from. --write
// puts the table into docs/performance.md.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { buildWasm } from './lib/compile.mjs';
import { writeBetween } from './lib/markdown.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, capture, runMain, say } from './lib/run.mjs';
import { readWasm } from './lib/wasm-file.mjs';
import * as prepare from './setup/prepare.mjs';
import { pins } from './setup/sources.mjs';

/** Components whose namespace is not `rtc::<name>`. */
const kBase = 'base';
const kBinding = 'wasm (binding)';
const kEmbind = 'Embind';
const kCpp = 'libc++';
const kC = 'C library, compiler-rt, allocator';

/** @type {import('./lib/markdown.mjs').Marks} */
const kMarks = ['<!-- npm run sizes -- --write -->', '<!-- end of sizes -->'];

/**
 * What a symbol belongs to.
 * @param {string} name  demangled
 * @param {Map<string, string>} libraries  C symbols of third parties
 * @returns {string}
 */
export function componentOf(name, libraries) {
  const plain = name.replace(/\.\d+$/, '');
  const library = libraries.get(plain);
  if (library) return library;
  const inner = /\brtc::([a-z]+)::/.exec(name)?.[1];
  if (inner === 'wasm') return kBinding;
  if (inner) return `cpp/${inner}`;
  if (/\brtc::/.test(name)) return `cpp/${kBase}`;
  if (/\bemscripten::|^_?embind|_embind_/.test(name)) return kEmbind;
  if (/\bstd::|__cxx|^operator (new|delete)/.test(name)) return kCpp;
  return kC;
}

/**
 * @param {string} archive
 * @param {string} nm
 * @returns {string[]} the symbols that it defines, local ones included
 */
function symbolsOf(archive, nm) {
  const listed = capture(nm, ['--defined-only', '--format=posix', archive]);
  if (listed === undefined) throw new UserError(`${nm} does not run`);
  return listed
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((name) => name && !name.endsWith(':'));
}

/**
 * Bytes of data by symbol, from the linker's map.
 * @param {string} map
 * @returns {[symbol: string, size: number][]}
 */
export function dataSymbols(map) {
  /** @type {[string, number][]} */
  const found = [];
  for (const line of map.split('\n')) {
    const parsed =
      /^\s*[0-9a-f-]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+.*:\(\.(?:rodata|data)(?:\.rel\.ro)?\.?(.*)\)$/.exec(
        line,
      );
    if (parsed) found.push([parsed[2], Number.parseInt(parsed[1], 16)]);
  }
  return found;
}

/**
 * @param {Uint8Array[]} parts
 * @returns {number}
 */
const compressed = (parts) =>
  parts.length > 0 ? brotliCompressSync(Buffer.concat(parts)).length : 0;

async function main() {
  const tools = await prepare.wasm();
  const built = join(await buildWasm(tools, 'webrtc_wasm_named'), 'sizes');
  const { llvm } = pins.emscripten.debian;
  /** @type {Map<string, string>} */
  const libraries = new Map();
  for (const [archive, name] of [
    ['libmbedtls.a', 'mbedTLS'],
    ['libsrtp.a', 'libsrtp'],
  ]) {
    for (const symbol of symbolsOf(join(tools.prefix, 'lib', archive), `llvm-nm-${llvm}`)) {
      libraries.set(symbol, name);
    }
  }
  const wasm = readWasm(readFileSync(join(built, 'webrtc.wasm')));

  /** @type {Map<string, { functions: number, code: number, data: number, bodies: Uint8Array[] }>} */
  const rows = new Map();
  /** @param {string} name */
  const row = (name) => {
    const known = rows.get(name);
    if (known) return known;
    const made = { functions: 0, code: 0, data: 0, bodies: [] };
    rows.set(name, made);
    return made;
  };
  for (const { name, bytes } of wasm.functions) {
    const one = row(componentOf(name, libraries));
    one.functions++;
    one.code += bytes.length;
    one.bodies.push(bytes);
  }
  const symbols = dataSymbols(readFileSync(join(built, 'webrtc.map'), 'utf8'));
  const demangled = (
    capture('sh', [
      '-c',
      'printf "%s" "$1" | "$0"',
      `llvm-cxxfilt-${llvm}`,
      symbols.map(([name]) => name).join('\n'),
    ]) ?? ''
  ).split('\n');
  symbols.forEach(([name, size], i) => {
    // What the linker has merged has no name of its own.
    const isText = name === '' || /^\.L\.str/.test(name);
    row(isText ? 'texts' : componentOf(demangled[i] || name, libraries)).data += size;
  });

  const shipped = JSON.parse(readFileSync(inRoot('dist/sizes.json'), 'utf8'))['webrtc.wasm'];
  const sections = [...wasm.sections].filter(([name]) => name !== 'name');
  const named = sections.reduce((sum, [, size]) => sum + size, 0);
  if (Math.abs(named / shipped.raw - 1) > 0.02) {
    throw new UserError(
      `what is counted has ${named} bytes and dist/webrtc.wasm ${shipped.raw}: they are not of the same parts`,
    );
  }
  const ordered = [...rows].sort(([, a], [, b]) => b.code + b.data - a.code - a.data);
  const alone = new Map(ordered.map(([name, { bodies }]) => [name, compressed(bodies)]));
  const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
  const lines = [
    '| component | functions | code, kB | of it compressed by itself, kB | data, kB |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...ordered.map(
      ([name, { functions, code, data }]) =>
        `| ${name} | ${functions} | ${kilobytes(code)} | ${kilobytes(alone.get(name) ?? 0)} | ${kilobytes(data)} |`,
    ),
  ];
  const rest = [...wasm.sections]
    .filter(([name]) => !['code', 'data', 'name'].includes(name))
    .reduce((sum, [, size]) => sum + size, 0);
  const text = [
    ...lines,
    '',
    `The file as it ships has ${kilobytes(shipped.raw)} kB, ${kilobytes(shipped.brotli)} kB compressed (brotli): ` +
      `${kilobytes(wasm.sections.get('code') ?? 0)} kB of code, ${kilobytes(wasm.sections.get('data') ?? 0)} kB of data, ` +
      `${kilobytes(rest)} kB of types, tables and exports.`,
  ].join('\n');
  say(text);
  if (process.argv.includes('--write')) {
    writeBetween(inRoot('docs/performance.md'), () => text, kMarks);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(main);
