// npm run test:ecosystem [-- [--write] [--verbose] [word ...]]
//
// Runs libraries that others wrote on top of this package, unmodified and as npm has them, in Node.js and
// in pages and workers: every cell of tests/ecosystem/cells.js. Words choose libraries, and where both ends may
// be (node page worker native firefox nativefirefox) or are (node-page). Prints the table; a cell that fails makes the exit code 1. The libraries, their
// servers among them, are installed into the cache first. `--write` puts what was run into docs/ecosystem.md, `--verbose` shows Jest's own output.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  chooseCells,
  kCargo,
  kLibraries,
  kRealms,
  kWords,
  listOf,
} from '../tests/ecosystem/cells.js';
import { build } from './build.mjs';
import { markdownTable, writeBetween } from './lib/markdown.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, capture, run, runMain, say, step } from './lib/run.mjs';
import { mediasoupWorker } from './setup/mediasoup.mjs';
import * as prepare from './setup/prepare.mjs';
import { testPackages } from './setup/test-packages.mjs';

/** @typedef {import('../tests/ecosystem/cells.js').Library} Library */
/** @typedef {import('../tests/ecosystem/cells.js').Cell} Cell */

const kDocument = inRoot('docs/ecosystem.md');
const kSuite = inRoot('tests/ecosystem');
const kBuild = inRoot('build/ecosystem');

/**
 * Bundles scenarios and servers. In Node.js the libraries stay where they are; pages get them with the
 * scenario in one file, as an application's bundler would make it.
 * @param {string} modules
 * @param {Library[]} libraries
 * @returns {Promise<object>}  where they are, as tests/ecosystem/support reads it
 */
async function bundle(modules, libraries) {
  const esbuild = await import('esbuild');
  rmSync(kBuild, { recursive: true, force: true });
  mkdirSync(kBuild, { recursive: true });
  // Node.js resolves what the bundles import from here.
  symlinkSync(modules, join(kBuild, 'node_modules'), 'dir');
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    nodePaths: [modules],
  };
  /** @type {import('esbuild').BuildOptions} */
  const forNode = {
    ...common,
    platform: 'node',
    packages: 'external',
    plugins: [asItIs(/\/dist\/[\w.-]+\.mjs$/)],
  };
  for (const { id, alias, nodeAsBrowser } of libraries) {
    const entry = inRoot('tests/ecosystem/scenarios', `${id}.js`);
    /** @type {import('esbuild').BuildOptions} */
    const forPages = {
      ...common,
      platform: 'browser',
      alias,
      define: { global: 'globalThis' },
      mainFields: ['browser', 'module', 'main'],
    };
    const [inNode, inPage] = [nodeAsBrowser ? forPages : forNode, forPages];
    const page = join(kBuild, 'page', `${id}.js`);
    await esbuild.build({ ...inPage, entryPoints: [entry], outfile: page });
    const node = join(kBuild, 'node', `${id}.mjs`);
    await esbuild.build({ ...inNode, entryPoints: [entry], outfile: node });
  }
  /** @type {Record<string, string>} */
  const servers = {};
  for (const file of readdirSync(join(kSuite, 'servers'))) {
    const { name } = parse(file);
    const outfile = join(kBuild, 'servers', `${name}.mjs`);
    await esbuild.build({ ...forNode, entryPoints: [join(kSuite, 'servers', file)], outfile });
    servers[name] = pathToFileURL(outfile).href;
  }
  return { node: join(kBuild, 'node'), page: join(kBuild, 'page'), servers };
}

/**
 * Leaves files out of a bundle, at the place where they are.
 * @param {RegExp} filter
 * @returns {import('esbuild').Plugin}
 */
const asItIs = (filter) => ({
  name: 'as-it-is',
  setup(build) {
    build.onResolve({ filter }, ({ path, resolveDir }) => ({
      path: pathToFileURL(join(resolveDir, path)).href,
      external: true,
    }));
  },
});

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {boolean} isVerbose
 * @returns {Promise<Map<string, string>>} what went wrong, by the names of cells; '' for nothing
 */
async function runCells(environment, isVerbose) {
  const report = inRoot('build/reports/jest-ecosystem.json');
  mkdirSync(inRoot('build/reports'), { recursive: true });
  rmSync(report, { force: true });
  await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      inRoot('node_modules/jest/bin/jest.js'),
      '--selectProjects',
      'ecosystem',
      '--runInBand',
      '--reporters',
      join(kSuite, 'support/progress.js'),
      ...(isVerbose ? ['--reporters', 'default'] : []),
      '--json',
      '--outputFile',
      report,
    ],
    { cwd: root, allowFailure: true, env: environment },
  );
  /** @type {Map<string, string>} */
  const problems = new Map();
  if (!existsSync(report)) return problems;
  const [{ assertionResults, message }] = JSON.parse(readFileSync(report, 'utf8')).testResults;
  for (const { fullName, status, failureMessages } of assertionResults) {
    problems.set(fullName, status === 'passed' ? '' : failureMessages.join('\n') || status);
  }
  if (assertionResults.length === 0) say(message);
  return problems;
}

/** @param {string} modules @param {string} name */
const versionOf = (modules, name) =>
  JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version;

const kHead = ['library', 'one end in', 'the other in', 'between them', 'went through, both ways'];

/**
 * What identifies a cell's row, whatever the library's version.
 * @param {Cell} cell
 */
const keyOfCell = ({ library: { packages, how }, places }) =>
  [packages[0], ...places.map((realm) => kRealms[realm]), how].join(' | ');

/**
 * @param {string} modules
 * @param {Cell[]} cells
 * @param {Map<string, string>} results
 * @returns {Map<string, string[]>}  rows by their cells' keys
 */
function makeRows(modules, cells, results) {
  return new Map(
    cells.map((cell) => {
      const { library, places, carries, name } = cell;
      const [main] = library.packages;
      const what = listOf(carries.map((cargo) => kCargo[/** @type {keyof kCargo} */ (cargo)]));
      return [
        keyOfCell(cell),
        [
          `${main} ${versionOf(modules, main)}`,
          ...places.map((realm) => kRealms[realm]),
          library.how,
          results.get(name) === '' ? what : 'FAIL',
        ],
      ];
    }),
  );
}

/**
 * Puts rows between the document's marks; those of cells that have not been run stay.
 * @param {Map<string, string[]>} rows
 * @param {string} measured  what with
 */
function writeDocument(rows, measured) {
  writeBetween(kDocument, (before) => {
    /** @type {Map<string, string[]>} */
    const known = new Map();
    for (const line of before.split('\n').filter((line) => line.startsWith('| '))) {
      const row = line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim());
      const [library, ...rest] = row;
      known.set([library.replace(/ [^ ]+$/, ''), ...rest.slice(0, -1)].join(' | '), row);
    }
    const all = chooseCells().flatMap((cell) => {
      const row = rows.get(keyOfCell(cell)) ?? known.get(keyOfCell(cell));
      return row ? [row] : [];
    });
    return `${markdownTable([kHead, ...all])}\n\n${measured}`;
  });
}

await runMain(async () => {
  const { values, positionals: words } = parseArgs({
    allowPositionals: true,
    options: {
      write: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const unknown = words.filter((word) => !kWords.includes(word));
  if (unknown.length > 0) {
    throw new UserError(`nothing is called ${unknown.join(' ')}; there are ${kWords.join(' ')}`);
  }
  await build();
  await prepare.browser();
  const modules = await testPackages('tests/ecosystem', 'libraries (190 MB)');
  const cells = chooseCells(words);
  const libraries = kLibraries.filter(({ id }) => cells.some(({ library }) => library.id === id));
  const needsMediasoup = libraries.some(({ server }) => server === 'mediasoup');
  const worker = needsMediasoup ? await mediasoupWorker(modules) : '';
  const bundles = await step('bundling the scenarios', () => bundle(modules, libraries));

  /** @type {Map<string, string>} */
  let results = new Map();
  await step(`running ${cells.length} pairs of ends, one after the other`, async () => {
    const environment = {
      ECOSYSTEM_BUNDLES: JSON.stringify(bundles),
      ECOSYSTEM_WORDS: words.join(' '),
      ...(worker && { MEDIASOUP_WORKER_BIN: worker }),
    };
    results = await runCells(environment, values.verbose);
  });
  for (const { name } of cells) {
    if (!results.has(name)) say(`  FAIL ${name}\n       its test did not come to an end`);
  }

  const rows = makeRows(modules, cells, results);
  const browser = /\d[\w.]*/.exec(capture('chromium', ['--version']) ?? '')?.[0];
  const firefox = /\d[\w.]*/.exec(capture('firefox-esr', ['--version']) ?? '')?.[0];
  const measured = `Node.js ${process.version}, Chromium ${browser}, Firefox ${firefox}.`;
  process.stdout.write(`\n${markdownTable([kHead, ...rows.values()])}\n\n${measured}\n`);
  const passed = cells.filter(({ name }) => results.get(name) === '').length;
  process.stdout.write(`${passed} passed, ${cells.length - passed} failed\n`);
  if (values.write) writeDocument(rows, measured);
  if (passed < cells.length) process.exitCode = 1;
});
