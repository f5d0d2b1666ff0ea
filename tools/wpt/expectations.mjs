// Known failures. tests/wpt/expectations.json says why each one fails; a failure that is not there
// and a pass that is there both fail the run.
//
//   { "reasons": { "media": { "text": "…", "messages": ["regular expression", …] }, … },
//     "page": { "webrtc/file.html": { "subtest name": "media", … }, "webrtc/other.html": "media" } }
//
// A reason in place of a file's subtests stands for all of them: none passes. A subtest's name may
// hold `*`. A reason whose `flaky` is true lets both happen. `messages` serve `--update` alone,
// which gives new failures the first reason that matches what they report.

import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import { inRoot } from '../lib/paths.mjs';

/** @typedef {import('./result.mjs').FileResult} FileResult */
/** @typedef {import('./result.mjs').Results} Results */
/** @typedef {{ text: string, messages?: string[], flaky?: boolean }} Reason */
/** @typedef {Record<string, string>} SubtestReasons */
/** @typedef {{ reasons: Record<string, Reason>, [realm: string]: any }} Expectations */

const file = inRoot('tests/wpt/expectations.json');

/** The harness itself counts as a subtest when it does not come to a proper end. */
export const kWholeFile = '(the file as a whole)';
const kUnexplained = 'unexplained';

/** @returns {Expectations} */
export const readExpectations = () => JSON.parse(readFileSync(file, 'utf8'));

/**
 * @param {FileResult} result
 * @returns {{ name: string, passed: boolean, message: string }[]}
 */
export function outcomes({ status, message, tests }) {
  const list = tests.map((test) => ({
    name: test.name,
    passed: test.status === 'PASS',
    message: test.message ?? test.status,
  }));
  // A harness that timed out has subtests that say so.
  const isExplained = status === 'OK' || (status === 'TIMEOUT' && list.some((x) => !x.passed));
  if (!isExplained) list.push({ name: kWholeFile, passed: false, message: message ?? status });
  return list;
}

/**
 * @param {string | SubtestReasons | undefined} rules of one file
 * @param {string} name of a subtest
 * @returns {string | undefined} the key of the reason
 */
function reasonFor(rules, name) {
  if (rules === undefined || typeof rules === 'string') return rules;
  if (rules[name] !== undefined) return rules[name];
  return Object.entries(rules).find(([pattern]) => matches(pattern, name))?.[1];
}

/** @param {string} pattern @param {string} name */
function matches(pattern, name) {
  if (!pattern.includes('*')) return false;
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 's').test(name);
}

/**
 * What came out other than expected, as lines for people.
 * @param {Expectations} expectations
 * @param {string} realm
 * @param {Results} results
 * @returns {string[]}
 */
export function surprises(expectations, realm, results) {
  /** @type {string[]} */
  const lines = [];
  for (const [path, result] of results) {
    const rules = expectations[realm]?.[path];
    const found = outcomes(result);
    for (const { name, passed, message } of found) {
      const key = reasonFor(rules, name);
      const reason = key === undefined ? undefined : expectations.reasons[key];
      if (key !== undefined && !reason) lines.push(`no such reason: ${key} (${path})`);
      if (reason?.flaky) continue;
      if (passed && reason) lines.push(`unexpected pass: ${path}: ${name} (${reason.text})`);
      if (!passed && !reason) lines.push(`unexpected failure: ${path}: ${name}: ${message}`);
    }
    if (typeof rules !== 'object') continue;
    for (const pattern of Object.keys(rules)) {
      const isThere = found.some(({ name }) => name === pattern || matches(pattern, name));
      const isFlaky = expectations.reasons[rules[pattern]]?.flaky;
      if (!isThere && !isFlaky) lines.push(`expected failure is gone: ${path}: ${pattern}`);
    }
  }
  if (expectations.reasons[kUnexplained]) lines.push('some failures have no reason yet');
  for (const key of unusedReasons(expectations))
    lines.push(`nothing fails for this reason: ${key}`);
  return lines;
}

/**
 * @param {Expectations} expectations
 * @returns {string[]} keys of reasons that no realm needs
 */
function unusedReasons({ reasons, ...realms }) {
  const used = new Set(
    Object.values(realms).flatMap((files) =>
      Object.values(files).flatMap((rules) =>
        typeof rules === 'string' ? rules : Object.values(rules),
      ),
    ),
  );
  return Object.keys(reasons).filter((key) => !used.has(key));
}

/**
 * Rewrites the expectations of the files that were run. Reasons that people gave are kept, those
 * that nothing fails for any more are dropped.
 * @param {Expectations} expectations
 * @param {string} realm
 * @param {Results} results
 */
export async function updateExpectations(expectations, realm, results) {
  const { reasons } = expectations;
  const known = { ...expectations[realm] };
  for (const [path, result] of results) {
    const rules = known[path];
    const found = outcomes(result);
    /** @type {SubtestReasons} */
    const subtests = {};
    for (const { name, passed, message } of found) {
      const old = reasonFor(rules, name);
      const isFlaky = old !== undefined && reasons[old]?.flaky;
      if (passed && !isFlaky) continue;
      const kept = old === kUnexplained ? undefined : old;
      subtests[name] = kept ?? explain(reasons, message);
    }
    const used = new Set(Object.values(subtests));
    const [only] = used;
    if (used.size === 0) delete known[path];
    else if (used.size === 1 && found.every(({ passed }) => !passed)) known[path] = only;
    else known[path] = subtests;
  }
  expectations[realm] = Object.fromEntries(Object.entries(known).sort());
  reasons[kUnexplained] = { text: 'nobody has looked at it yet' };
  for (const key of unusedReasons(expectations)) delete reasons[key];
  const options = await prettier.resolveConfig(file);
  writeFileSync(
    file,
    await prettier.format(JSON.stringify(expectations), { ...options, filepath: file }),
  );
}

/**
 * @param {Expectations['reasons']} reasons
 * @param {string} message what a failure reported
 */
function explain(reasons, message) {
  for (const [key, { messages = [] }] of Object.entries(reasons)) {
    if (messages.some((pattern) => new RegExp(pattern).test(message))) return key;
  }
  return kUnexplained;
}
