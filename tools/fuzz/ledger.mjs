// How long each fuzz target has run in all, and what it has covered: in build/fuzz-corpus, and as it
// was when `--keep` was last asked for, in tests/fuzz/found and docs/hardening.md.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverageTable, laterRows } from '../lib/fuzz-coverage.mjs';
import { writeBetween } from '../lib/markdown.mjs';
import { inRoot } from '../lib/paths.mjs';
import { corpora, found } from './corpora.mjs';

/** @typedef {import('../lib/fuzz-coverage.mjs').TargetCoverage} TargetCoverage */
/** @typedef {Map<string, TargetCoverage>} Ledger by target */

const kHere = join(corpora, 'coverage.json');
const kKept = join(found, 'coverage.json');

/** @param {string} file @returns {TargetCoverage[]} */
const rowsIn = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);

/** @param {Ledger} ledger */
const sorted = (ledger) => [...ledger.values()].sort((a, b) => (a.target < b.target ? -1 : 1));

/** @param {string} file @param {TargetCoverage[]} rows */
const write = (file, rows) => writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);

/** @returns {Ledger} what was run before, here or elsewhere */
export const readLedger = () => laterRows(rowsIn(kKept), rowsIn(kHere));

/** @param {Ledger} ledger */
export function writeLedger(ledger) {
  mkdirSync(corpora, { recursive: true });
  write(kHere, sorted(ledger));
  writeFileSync(join(corpora, 'coverage.md'), `${coverageTable(sorted(ledger))}\n`);
}

/** @param {Ledger} ledger */
export function keepLedger(ledger) {
  mkdirSync(found, { recursive: true });
  write(kKept, sorted(ledger));
  writeBetween(inRoot('docs/hardening.md'), () => coverageTable(sorted(ledger)));
}
