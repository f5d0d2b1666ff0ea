// web-platform-tests as a third witness of what js/compare finds: the subtests that
// js/compare/witnesses.js names, and what they came to on Chromium and on ours.

import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import { witnesses } from '../../js/compare/witnesses.js';
import { inRoot } from '../lib/paths.mjs';

/** @typedef {import('./result.mjs').Results} Results */
/** @typedef {{ ours: string, chromium: string }} Testimony */

const file = inRoot('tests/wpt/witnesses.json');

const subtests = [...new Set(Object.values(witnesses).flat())].sort();

/** @param {string} subtest `file: name` */
const fileOf = (subtest) => subtest.slice(0, subtest.indexOf(': '));

/** Test files that have one of them. */
export const witnessFiles = new Set(subtests.map(fileOf));

/** @returns {Record<string, Testimony>} by subtest */
export const readWitnesses = () => JSON.parse(readFileSync(file, 'utf8'));

/**
 * @param {Results} results
 * @param {string} subtest
 */
function outcomeOf(results, subtest) {
  const path = fileOf(subtest);
  const name = subtest.slice(path.length + 2);
  const found = results.get(path)?.tests.find((test) => test.name === name);
  return found === undefined ? 'is not there' : found.status === 'PASS' ? 'passes' : 'fails';
}

/**
 * @param {Results} ours
 * @param {Results} native
 */
export async function keepWitnesses(ours, native) {
  const all = Object.fromEntries(
    subtests.map((subtest) => [
      subtest,
      { ours: outcomeOf(ours, subtest), chromium: outcomeOf(native, subtest) },
    ]),
  );
  const options = await prettier.resolveConfig(file);
  const text = await prettier.format(JSON.stringify(all), { ...options, filepath: file });
  writeFileSync(file, text);
}
