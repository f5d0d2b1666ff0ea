// npm run mutations [-- [--list] [pattern ...]]
//
// Plants the bugs of tests/mutations/mutations.js, one at a time, in a copy of the checkout
// (build/mutations/tree), and runs there what is to find each of them: files of the conformance tests in
// Node.js, or scenarios of `npm run compare` in Chromium. What nothing finds makes the exit code 1.
// Patterns choose by id. The findings: build/mutations/report.json, and a table at the end.
//
// The same tests run first on the copy as it is; where they fail there, their failing says nothing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mutations } from '../tests/mutations/mutations.js';
import { build } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, runMain, say, step } from './lib/run.mjs';
import { finders } from './mutations/finders.mjs';
import { mutated } from './mutations/mutate.mjs';
import { openTree } from './mutations/tree.mjs';
import * as prepare from './setup/prepare.mjs';

/** @typedef {import('../tests/mutations/mutations.js').Mutation} Mutation */
/** @typedef {{ mutation: Mutation, foundBy: string[], seconds: number }} Finding */

/** @param {string[]} patterns */
function choose(patterns) {
  const chosen = mutations.filter(
    ({ id }) => patterns.length === 0 || patterns.some((pattern) => id.includes(pattern)),
  );
  if (chosen.length === 0) throw new UserError(`no mutation is called like ${patterns.join(', ')}`);
  return chosen;
}

/**
 * @param {readonly Mutation[]} chosen
 * @param {import('./mutations/tree.mjs').Tree} tree
 */
async function checkWithout(chosen, tree) {
  for (const { findsIn, mergedOf } of finders(tree)) {
    const all = mergedOf(chosen);
    if (!all) continue;
    const failing = await findsIn(all);
    if (failing.length > 0) {
      throw new UserError(`without a mutation these fail already:\n  ${failing.join('\n  ')}`);
    }
  }
}

/**
 * @param {Mutation} mutation
 * @param {import('./mutations/tree.mjs').Tree} tree
 * @returns {Promise<Finding>}
 */
async function tryOne(mutation, tree) {
  const { file } = mutation;
  const begin = Date.now();
  const text = tree.read(file);
  tree.write(file, mutated(mutation, text));
  try {
    await tree.rebuildFor(file);
    /** @type {string[]} */
    const foundBy = [];
    for (const { handles, findsIn } of finders(tree)) {
      if (handles(mutation.by)) foundBy.push(...(await findsIn(mutation.by)));
    }
    return { mutation, foundBy, seconds: Math.round((Date.now() - begin) / 1000) };
  } finally {
    tree.write(file, text);
  }
}

/** @param {readonly Finding[]} findings */
function table(findings) {
  const rows = findings.map(({ mutation: { id, file, breaks }, foundBy }) => {
    const more = foundBy.length > 1 ? ` (and ${foundBy.length - 1} more)` : '';
    return `| \`${id}\` | \`${file}\` | ${breaks} | ${foundBy[0] ?? '**nothing**'}${more} |`;
  });
  return ['| bug | in | what breaks | found by |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { list: { type: 'boolean', default: false } },
  });
  const chosen = choose(positionals);
  if (values.list) {
    for (const { id, file, breaks } of chosen) say(`${id}  ${file}\n    ${breaks}`);
    return;
  }
  await build();
  await prepare.browser();
  const tree = await openTree();
  if (chosen.some(({ file }) => tree.isCompiled(file))) {
    await step('building the copy', () => tree.rebuild());
  }
  await step('the tests without a mutation', () => checkWithout(chosen, tree));
  /** @type {Finding[]} */
  const findings = [];
  for (const mutation of chosen) {
    const { id } = mutation;
    await step(`mutation ${id}`, async () => {
      const finding = await tryOne(mutation, tree);
      findings.push(finding);
      for (const name of finding.foundBy) say(`  found by ${name}`);
    });
    mkdirSync(inRoot('build/mutations'), { recursive: true });
    writeFileSync(inRoot('build/mutations/report.json'), `${JSON.stringify(findings, null, 1)}\n`);
  }
  say(`\n${table(findings)}\n`);
  const missed = findings.filter(({ foundBy }) => foundBy.length === 0);
  say(`${findings.length - missed.length} of ${findings.length} mutations found`);
  if (missed.length > 0) {
    say(`not found: ${missed.map(({ mutation }) => mutation.id).join(', ')}`);
    process.exitCode = 1;
  }
});
