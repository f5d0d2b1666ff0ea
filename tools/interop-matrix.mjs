// npm run interop-matrix [-- [--write] [--verbose] [word ...]]
//
// Connects ours with every peer that others wrote, in every way of tests/interop/matrix/cells.js, and
// prints the table; a cell that fails makes the exit code 1. Words choose peers (chromium pion …),
// sockets of ours (relay udp), who offers (they-offer we-offer), and how (trickle complete restart); of
// what no word names all is run. Peers that are missing are installed first. `--write` puts the table into
// docs/interop.md, `--verbose` shows Jest's own output.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chooseCells, kOfferers, kPeers, kSockets, kWords } from '../tests/interop/matrix/cells.js';
import { build } from './build.mjs';
import { markdownTable, writeBetween } from './lib/markdown.mjs';
import { inCache, inRoot, root } from './lib/paths.mjs';
import { UserError, capture, run, runMain, say, step } from './lib/run.mjs';
import { upstreamVersion } from './setup/debian.mjs';
import { buildPionProgram, pionVersion } from './setup/pion.mjs';
import * as prepare from './setup/prepare.mjs';

/** @typedef {import('../tests/interop/matrix/cells.js').Cell} Cell */

const kPurpose = 'the interop matrix';
const kDocument = inRoot('docs/interop.md');

/** @param {string} name */
const npmVersion = (name) =>
  JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version;

/** @param {string} program */
const programVersion = (program) => /\d[\w.]*/.exec(capture(program, ['--version']) ?? '')?.[0];

/** @param {string} expression */
const pythonVersion = (expression) =>
  capture('/usr/bin/python3', ['-c', `import ${expression.split('.')[0]}; print(${expression})`]);

/**
 * How each peer gets here, what its tests have to know, and what it says its version is.
 * @type {Record<string, { install?: () => Promise<NodeJS.ProcessEnv | void>, version: () => string | undefined }>}
 */
const peers = {
  chromium: { install: prepare.browser, version: () => programVersion('chromium') },
  firefox: { install: prepare.browser, version: () => programVersion('firefox-esr') },
  aiortc: { install: prepare.interop, version: () => pythonVersion('aiortc.__version__') },
  pion: {
    install: async () => ({
      INTEROP_PION: await buildPionProgram(kPurpose, inRoot('tests/interop/peers/pion')),
    }),
    version: pionVersion,
  },
  werift: { version: () => npmVersion('werift') },
  wrtc: { version: () => npmVersion('@roamhq/wrtc') },
  'node-datachannel': { version: () => npmVersion('node-datachannel') },
  gstreamer: {
    install: () => prepare.gstreamer(kPurpose),
    version: () => upstreamVersion('gstreamer1.0-plugins-bad'),
  },
};

/**
 * Runs the cells of one peer.
 * @param {string} id
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} environment
 * @param {boolean} isVerbose
 * @returns {Promise<Map<string, string>>} what went wrong, by the names of cells; '' for nothing. Under
 *          the peer's name stands what is no cell's: a process that did not end, say
 */
async function runPeer(id, words, environment, isVerbose) {
  const report = inRoot(`build/reports/interop-matrix-${id}.json`);
  mkdirSync(inRoot('build/reports'), { recursive: true });
  rmSync(report, { force: true });
  await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      inRoot('node_modules/jest/bin/jest.js'),
      '--selectProjects',
      'interop-matrix',
      '--runInBand',
      '--json',
      '--outputFile',
      report,
    ],
    {
      cwd: root,
      allowFailure: true,
      env: { ...environment, INTEROP_MATRIX: words.join(' ') },
      ...(isVerbose ? {} : { log: inCache('log', `interop-matrix-${id}.log`) }),
    },
  );
  if (!existsSync(report)) return new Map();
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  /** @type {{ status: string, message: string, assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }} */
  const { status, message, assertionResults } = testResults[0];
  /** @type {Map<string, string>} */
  const problems = new Map();
  for (const { fullName, status, failureMessages } of assertionResults) {
    problems.set(fullName, status === 'passed' ? '' : failureMessages.join('\n') || status);
  }
  const isCells = [...problems.values()].some(Boolean);
  if (status !== 'passed' && !isCells) problems.set(id, message || status);
  return problems;
}

/** @param {number} number */
const superscript = (number) =>
  [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

/**
 * @param {Cell[]} cells
 * @param {Map<string, string>} results
 */
function makeTable(cells, results) {
  /** @type {string[]} */
  const footnotes = [];
  const mark = (/** @type {string | undefined} */ text) => {
    if (!text) return '';
    if (!footnotes.includes(text)) footnotes.push(text);
    return ` ${superscript(footnotes.indexOf(text) + 1)}`;
  };
  const show = (/** @type {Cell} */ { name, lack, note }) => {
    if (lack) return `–${mark(lack)}`;
    return `${results.get(name) === '' ? 'ok' : 'FAIL'}${mark(note)}`;
  };
  const of = (/** @type {(cell: Cell) => string} */ key) => [...new Set(cells.map(key))];
  const ways = of(({ offerer, mode }) => `${offerer} ${mode}`);
  const heads = ways.map((way) => {
    const [offerer, mode] = /** @type {[keyof typeof kOfferers, string]} */ (way.split(' '));
    return `${kOfferers[offerer]}: ${mode}`;
  });
  const rows = of(({ peer, socket }) => `${peer.id} ${socket}`).map((row) => {
    const own = cells.filter(({ peer, socket }) => row === `${peer.id} ${socket}`);
    const { peer, socket } = own[0];
    const title = `${peer.title} ${peers[peer.id].version()?.trim() ?? ''}`;
    return [title, kSockets[socket].replace(/^over (the )?/, ''), ...own.map(show)];
  });
  return { table: markdownTable([['peer', 'our socket', ...heads], ...rows]), footnotes };
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
  if (values.write && words.length > 0) throw new UserError('--write wants all cells to be run');
  const ways = words.filter((word) => !(word in peers));
  const cells = chooseCells(words);
  const runnable = cells.filter(({ lack }) => !lack);
  const chosen = kPeers.filter(({ id }) => runnable.some(({ peer }) => peer.id === id));
  await build();
  /** @type {NodeJS.ProcessEnv} */
  const environment = {};
  for (const { id } of chosen) Object.assign(environment, await peers[id].install?.());

  /** @type {Map<string, string>} */
  const results = new Map();
  const note = (/** @type {string} */ name, /** @type {string} */ problem) => {
    results.set(name, problem);
    if (problem) say(`  FAIL ${name}\n${problem.replace(/^/gm, '       ')}`);
  };
  for (const { id, title } of chosen) {
    await step(title, async () => {
      const problems = await runPeer(id, [id, ...ways], environment, values.verbose);
      for (const { peer, name } of runnable) {
        if (peer.id !== id) continue;
        note(name, problems.get(name) ?? 'its test did not come to an end');
      }
      if (problems.has(id)) note(title, problems.get(id) ?? '');
    });
  }

  const { table, footnotes } = makeTable(cells, results);
  const notes = footnotes.map((text, at) => `${at + 1}. ${text}`);
  process.stdout.write(`\n${[table, ...notes].join('\n')}\n`);
  const failed = [...results.values()].filter(Boolean).length;
  const passed = runnable.filter(({ name }) => results.get(name) === '').length;
  process.stdout.write(`${passed} cells passed, ${failed} failed\n`);
  if (values.write) writeBetween(kDocument, () => [table, '', ...notes].join('\n'));
  if (failed > 0) process.exitCode = 1;
});
