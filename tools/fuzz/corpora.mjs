// Where a fuzz target's inputs are: hand-made ones and those that once broke something, in files of
// tests/fuzz/corpus; those that fuzzing found and `--keep` chose, packed in tests/fuzz/found; and all
// that the fuzzer keeps between runs here, in build/fuzz-corpus.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { packInputs, unpackInputs } from '../lib/fuzz-found.mjs';
import { inRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

export const corpora = inRoot('build/fuzz-corpus');
export const found = inRoot('tests/fuzz/found');

/** "fuzz_sdp_parse" and so on. */
export const fuzzTargets = () =>
  readdirSync(inRoot('tests/fuzz')).flatMap((file) => {
    const [, what] = /^(.+)_fuzz\.cpp$/.exec(file) ?? [];
    return what ? [`fuzz_${what}`] : [];
  });

/** What the replays of every test run mutate, too. */
const kLongest = 4096;

/** @param {string} target */
const partOf = (target) => target.replace(/^fuzz_/, '');

/** @param {string} target */
const seedsByHand = (target) => inRoot('tests/fuzz/corpus', partOf(target));

/** @param {string} target */
const foundFile = (target) => join(found, `${partOf(target)}.bin`);

/** @param {string} directory  is empty afterwards */
function renew(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

/**
 * @param {string} target
 * @returns {string[]} folders with inputs that are committed
 */
export function seedsOf(target) {
  const seeds = [seedsByHand(target)].filter((path) => existsSync(path));
  if (!existsSync(foundFile(target))) return seeds;
  const unpacked = inRoot('build/fuzz-found', target);
  renew(unpacked);
  unpackInputs(readFileSync(foundFile(target))).forEach((input, at) =>
    writeFileSync(join(unpacked, String(at)), input),
  );
  return [...seeds, unpacked];
}

/**
 * Chooses few of the inputs that the fuzzer has found which reach all that the others do, and keeps
 * them in tests/fuzz/found, the shortest first.
 * @param {string} program
 * @param {string} target
 * @returns {Promise<number>} how many
 */
export async function keepFound(program, target) {
  const chosen = inRoot('build/fuzz-chosen', target);
  const byHand = seedsByHand(target);
  renew(chosen);
  // What is there reaches what it does by itself.
  if (existsSync(byHand)) cpSync(byHand, chosen, { recursive: true });
  const known = new Set(readdirSync(chosen));
  const options = ['-set_cover_merge=1', '-use_counters=0', '-timeout=60'];
  await run(program, [...options, chosen, join(corpora, target), ...seedsOf(target)], {
    log: join(corpora, `${target}.merge.log`),
  });
  const inputs = readdirSync(chosen)
    .filter((name) => !known.has(name))
    .sort()
    .map((name) => readFileSync(join(chosen, name)))
    .filter((input) => input.length <= kLongest)
    .sort((a, b) => a.length - b.length);
  mkdirSync(found, { recursive: true });
  writeFileSync(foundFile(target), packInputs(inputs));
  return inputs.length;
}
