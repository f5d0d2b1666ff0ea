// What a run comes to: a table per directory, and comparisons of two runs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { outcomes } from './expectations.mjs';

/** @typedef {import('./result.mjs').Results} Results */

/** @param {string} realm @param {string} target */
const resultsFile = (realm, target) => inRoot('build/wpt', `${realm}-${target}.json`);

/**
 * Results of former runs, of which a later run of some files replaces those files alone.
 * @param {string} realm
 * @param {string} target
 * @returns {Results}
 */
export function readResults(realm, target) {
  const file = resultsFile(realm, target);
  return new Map(existsSync(file) ? Object.entries(JSON.parse(readFileSync(file, 'utf8'))) : []);
}

/**
 * @param {string} realm
 * @param {string} target
 * @param {Results} results
 */
export function writeResults(realm, target, results) {
  mkdirSync(inRoot('build/wpt'), { recursive: true });
  const all = new Map([...readResults(realm, target), ...results].sort());
  const file = resultsFile(realm, target);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all), null, 1)}\n`);
  return file;
}

/** @param {string} path */
const directoryOf = (path) => path.slice(0, path.indexOf('/'));

/**
 * Subtests passed and run, per directory; those of the other run in the same files beside it.
 * @param {Results} results
 * @param {string} target
 * @param {Results} others
 * @param {string} otherTarget
 */
export function summaryTable(results, target, others, otherTarget) {
  /** @type {Map<string, { files: number, passed: number, total: number, other: number, otherTotal: number }>} */
  const rows = new Map();
  const total = { files: 0, passed: 0, total: 0, other: 0, otherTotal: 0 };
  for (const [path, result] of results) {
    const directory = directoryOf(path);
    const row = rows.get(directory) ?? { files: 0, passed: 0, total: 0, other: 0, otherTotal: 0 };
    rows.set(directory, row);
    const other = others.get(path)?.tests ?? [];
    for (const sum of [row, total]) {
      sum.files++;
      sum.passed += result.tests.filter(({ status }) => status === 'PASS').length;
      sum.total += result.tests.length;
      sum.other += other.filter(({ status }) => status === 'PASS').length;
      sum.otherTotal += other.length;
    }
  }
  const lines = [
    `${'directory'.padEnd(28)}${'files'.padStart(6)}${target.padStart(14)}${otherTarget.padStart(14)}`,
  ];
  for (const [name, row] of [...rows, /** @type {const} */ (['all', total])]) {
    const other = row.otherTotal > 0 ? `${row.other} / ${row.otherTotal}` : '';
    lines.push(
      name.padEnd(28) +
        String(row.files).padStart(6) +
        `${row.passed} / ${row.total}`.padStart(14) +
        other.padStart(14),
    );
  }
  return lines.join('\n');
}

/**
 * Subtests that fail here and pass in the other run, as lines.
 * @param {Results} results
 * @param {Results} others
 */
export function gaps(results, others) {
  /** @type {string[]} */
  const lines = [];
  for (const [path, result] of results) {
    const passing = new Set(
      others.get(path)?.tests.flatMap(({ name, status }) => (status === 'PASS' ? [name] : [])),
    );
    const failed = new Map(
      outcomes(result).flatMap(({ name, passed, message }) => (passed ? [] : [[name, message]])),
    );
    const reported = new Set(result.tests.map(({ name }) => name));
    for (const name of passing) {
      if (failed.has(name)) lines.push(`${path}: ${name}: ${failed.get(name)}`);
      else if (!reported.has(name)) lines.push(`${path}: ${name}: never reported`);
    }
  }
  return lines;
}
