// What is in the tarball, and what must never be.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { cacheDir } from '../../tools/lib/paths.mjs';
import { installedParts } from '../../tools/third-party.mjs';
import { checkout, pack } from './support/tarball.js';

let directory;
let packed;
/** @type {string[]} */
let paths;
const read = (path) => readFileSync(join(directory, 'package', path));

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-pack-'));
  packed = pack(directory);
  paths = packed.files.map(({ path }) => path);
  execFileSync('tar', ['-xzf', packed.file, '-C', directory]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const kExpected = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/THIRD_PARTY.md',
  'dist/codecs.mjs',
  'dist/polyfill.node.mjs',
  'dist/testing.node.mjs',
  'dist/webrtc-opus.LICENSE',
  'dist/webrtc-opus.wasm',
  'dist/webrtc-relay.mjs',
  'dist/webrtc-relay.wasm',
  'dist/webrtc-vp8.LICENSE',
  'dist/webrtc-vp8.wasm',
  'dist/webrtc-wasm.classic.js',
  'dist/webrtc-wasm.classic.js.map',
  'dist/webrtc-wasm.inspect.classic.js',
  'dist/webrtc-wasm.node.mjs',
  'dist/webrtc-wasm.node.mjs.map',
  'dist/webrtc.mjs',
  'dist/webrtc.wasm',
  'js/index.js',
  'js/index.single.js',
  'js/index.workerd.js',
  'js/inspect.js',
  'js/polyfill.js',
  'js/relay/cli.js',
  'package.json',
  'types/index.d.ts',
  'types/webrtc.d.ts',
];

/** By folder, the endings of files that may be there. */
const kAllowed = [
  [/^js\//, /\.(js|d\.ts)$|^js\/compare\/report\/report\.css$/],
  [/^types\//, /\.d\.ts$/],
  [/^dist\//, /\.(mjs|js|map|wasm|d\.m?ts|LICENSE|md)$/],
  [/^docs\//, /\.md$/],
  [/^[^/]+$/, /^(CHANGELOG\.md|LICENSE|README\.md|SECURITY\.md|package\.json)$/],
];

test('All that the package is made of is in it', () => {
  expect(kExpected.filter((path) => !paths.includes(path))).toEqual([]);
});

test('Nothing else is: no test, no tool, no source of the engine, no figures of a build', () => {
  const isAllowed = (path) =>
    kAllowed.some(([folder, ending]) => folder.test(path) && ending.test(path));
  expect(paths.filter((path) => !isAllowed(path))).toEqual([]);
  expect(paths.filter((path) => /(^|\/)tests?\/|\.test\.|sizes\.json/.test(path))).toEqual([]);
});

test('No file tells where it was built', () => {
  const places = [checkout.replace(/\/$/, ''), homedir(), cacheDir, '/usr/share/emscripten'];
  const telling = paths.filter((path) => {
    const bytes = read(path);
    return places.some((place) => bytes.includes(place));
  });
  expect(telling).toEqual([]);
});

test('Source maps lead to files of the package, and carry none along', () => {
  const maps = paths.filter((path) => path.endsWith('.map'));
  expect(maps.length).toBeGreaterThanOrEqual(4);
  for (const map of maps) {
    const { sources, sourcesContent } = JSON.parse(read(map).toString());
    expect(sourcesContent).toBeUndefined();
    const missing = sources
      .map((/** @type {string} */ source) => posix.join(dirname(map), source))
      // What esbuild writes itself has names of another form.
      .filter((/** @type {string} */ source) => !/(^|\/)hooks:/.test(source))
      // What others wrote stays where npm has it.
      .filter((/** @type {string} */ source) => !source.startsWith('node_modules/fflate/'))
      .filter((/** @type {string} */ source) => !paths.includes(source));
    expect([map, missing]).toEqual([map, []]);
  }
});

test('What README and docs link to within the package is in it, or in the repository alone', () => {
  const documents = paths.filter((path) => path.endsWith('.md') && !path.startsWith('dist/'));
  /** Pictures, folders that stay in the repository, and how it is made. */
  const elsewhere =
    /^(docs\/images|demo|examples|bench|tests|tools|cpp|wasm|CONTRIBUTING\.md|docs\/(ARCHITECTURE|congestion-control|ecosystem|engine|hardening|interop|media-congestion|performance)\.md$)/;
  for (const document of documents) {
    const links = [
      ...read(document)
        .toString()
        .matchAll(/\]\((?!https?:|#)([^)#\s]+)/g),
    ];
    const missing = links
      .map(([, link]) => posix.join(dirname(document), link))
      .filter((link) => !elsewhere.test(link) && !paths.includes(link));
    expect([document, missing]).toEqual([document, []]);
  }
});

test('It is no larger than it has to be', () => {
  const budget = JSON.parse(readFileSync(join(checkout, 'tools/size-budget.json'), 'utf8'));
  const sizes = { packed: packed.size, installed: packed.unpackedSize };
  for (const [what, limit] of Object.entries(budget.package)) {
    expect([what, sizes[what] <= limit]).toEqual([what, true]);
    // Nor is the limit so wide that nobody would notice.
    expect([what, sizes[what] > 0.9 * limit]).toEqual([what, true]);
  }
});

test('It has each engine once as a file, and once at most in a script', () => {
  const scripts = paths.filter((path) => /^dist\/.*js$/.test(path) && read(path).length > 350_000);
  expect(scripts.sort()).toEqual([
    'dist/webrtc-wasm-data.classic.js',
    'dist/webrtc-wasm.classic.js',
  ]);
});

test('Each part that others wrote is listed with its version, its hash and its licence', () => {
  const text = read('dist/THIRD_PARTY.md').toString();
  const { dependencies } = JSON.parse(read('package.json').toString());
  const { mbedtls, libsrtp, opus, libvpx } = JSON.parse(
    readFileSync(join(checkout, 'tools/setup/sources.json'), 'utf8'),
  );
  for (const [name, pin] of Object.entries({ mbedTLS: mbedtls, libsrtp, libopus: opus, libvpx })) {
    expect(text).toMatch(new RegExp(`\\| ${name} \\| ${pin.version.replaceAll('.', '\\.')}`));
    expect(text).toContain(`sha256 ${pin.archive.sha256}`);
    expect(text).toMatch(new RegExp(`^## ${name} \\(`, 'm'));
  }
  const installed = installedParts();
  expect(installed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(Object.keys(dependencies)),
  );
  for (const { name, version, licence, hash } of installed) {
    expect(text).toContain(`| ${name} | ${version} | ${licence} |`);
    expect(hash).toMatch(/^sha512-/);
    expect(text).toContain(hash);
  }
});

test('Every module that does something when it is loaded is among the side effects', () => {
  const { sideEffects } = JSON.parse(read('package.json').toString());
  const patterns = sideEffects.map(
    (/** @type {string} */ glob) =>
      new RegExp(`^${glob.replace(/^\.\//, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`),
  );
  const declared = (/** @type {string} */ path) => patterns.some((pattern) => pattern.test(path));
  const effective = paths.filter((path) => {
    if (!/^js\/.*\.js$/.test(path)) return false;
    const { ScriptTarget, SyntaxKind } = ts;
    const file = ts.createSourceFile(path, read(path).toString(), ScriptTarget.Latest);
    const declares = [
      SyntaxKind.ImportDeclaration,
      SyntaxKind.ExportDeclaration,
      SyntaxKind.ExportAssignment,
      SyntaxKind.VariableStatement,
      SyntaxKind.FunctionDeclaration,
      SyntaxKind.ClassDeclaration,
    ];
    return file.statements.some(({ kind }) => !declares.includes(kind));
  });
  expect(effective.length).toBeGreaterThan(5);
  expect(effective.filter((path) => !declared(path))).toEqual([]);
  // And a module that is only there to be used can be left out when it is not.
  expect(paths.filter((path) => declared(path) && /^js\/(api|net)\//.test(path))).toEqual([]);
});
