// npm run realms: runs the tests that see what the package does in each realm, and compares the table of
// docs/realms.md with what they say.
//
//   --write   puts what they say into the page
//   --check   runs nothing; looks at what the last run has left

import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, run, runMain, say } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';
import { kFeatures, kPage, kReports, readTable, withTable } from '../tests/realms/table.js';

/** Files of tests that report. */
const REPORTING = 'tests/browser/realms-features|tests/runtimes/';

/** In this order, then by name. */
const GROUPS = [
  /^Node/,
  /^Deno/,
  /^Bun/,
  /^Edge/,
  /^Jest/,
  /^Vitest/,
  /^Chromium: window/,
  /^Chromium/,
  /^Firefox/,
];
const rankOf = (/** @type {string} */ realm) => GROUPS.findIndex((group) => group.test(realm));

/** Forgets what earlier runs have said. */
export function forgetRealms() {
  rmSync(kReports, { recursive: true, force: true });
}

/** @returns {import('../tests/realms/table.js').Table} what tests have said */
function reported() {
  const files = existsSync(kReports) ? readdirSync(kReports) : [];
  const rows = files.map((file) => JSON.parse(readFileSync(join(kReports, file), 'utf8')));
  rows.sort((a, b) => rankOf(a.realm) - rankOf(b.realm) || (a.realm < b.realm ? -1 : 1));
  return Object.fromEntries(rows.map(({ realm, cells }) => [realm, cells]));
}

/**
 * After a whole run: the page and the tests have to name the same realms and say the same of them.
 * @returns {string[]} what differs
 */
export function realmDifferences() {
  const [said, written] = [reported(), readTable()];
  const realms = new Set([...Object.keys(said), ...Object.keys(written)]);
  return [...realms].flatMap((realm) => {
    if (!said[realm]) return [`${realm}: in docs/realms.md, and no test has said anything of it`];
    if (!written[realm]) return [`${realm}: not in docs/realms.md`];
    return kFeatures
      .filter((feature) => said[realm][feature] !== written[realm][feature])
      .map((feature) => `${realm}: ${feature}: tests say ${said[realm][feature]}`);
  });
}

async function realms() {
  const options = process.argv.slice(2);
  if (!options.includes('--check')) {
    await prepare.browser();
    await prepare.runtimes();
    forgetRealms();
    const args = ['--selectProjects', 'browser', 'runtimes', '--runInBand'];
    const code = await run(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings=ExperimentalWarning',
        inRoot('node_modules/jest/bin/jest.js'),
        ...args,
        '--testPathPatterns',
        REPORTING,
      ],
      { cwd: root, env: { REALMS_TABLE: 'write' }, allowFailure: true },
    );
    if (code !== 0) throw new UserError('a test has failed; the table stays as it is');
  }
  if (options.includes('--write')) {
    writeFileSync(kPage, withTable(reported()));
    await run(inRoot('node_modules/.bin/prettier'), ['--log-level', 'warn', '--write', kPage]);
  }
  const differences = realmDifferences();
  for (const difference of differences) say(difference);
  if (differences.length > 0) throw new UserError('npm run realms -- --write writes the table');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(realms);
