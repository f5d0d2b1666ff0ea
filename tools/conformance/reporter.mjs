// Jest's reporter for `npm run test:conformance`: each test with its outcome on every target that
// was run, and what to think of those that fail.

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { say } from '../lib/run.mjs';
import { knownFailures, targets } from './expectations.mjs';

/**
 * @typedef {object} Outcome
 * @property {'ok' | 'known' | 'FAIL'} mark  `known`: tests/conformance/expectations.json lists it, and it failed
 *   or, where that says so, may have passed
 * @property {string} text  why it failed
 *
 * @typedef {Map<string, Map<string, Partial<Record<string, Outcome>>>>} Outcomes  by file, test, target
 */

const report = inRoot('build/conformance/report.txt');

export default class ConformanceReporter {
  /** @type {Outcomes} */
  outcomes = new Map();
  /** @type {Set<string>} */
  targets = new Set();

  /**
   * @param {import('@jest/reporters').Test} test
   * @param {import('@jest/reporters').TestResult} result
   */
  onTestResult(test, result) {
    const { displayName } = test.context.config;
    const target = String(displayName?.name).replace(/^conformance-/, '');
    const file = basename(test.path, '.test.js');
    const known = knownFailures(target, file);
    this.targets.add(target);
    const tests = this.outcomes.get(file) ?? new Map();
    this.outcomes.set(file, tests);
    const note = (/** @type {string} */ name, /** @type {Outcome} */ outcome) =>
      tests.set(name, { ...tests.get(name), [target]: outcome });
    for (const { title, status, failureMessages } of result.testResults) {
      if (status === 'failed') note(title, { mark: 'FAIL', text: failureMessages.join('\n') });
      else if (known[title]) note(title, { mark: 'known', text: known[title].reason });
      else note(title, { mark: 'ok', text: '' });
    }
    if (result.testExecError) {
      note('(the file as a whole)', { mark: 'FAIL', text: result.testExecError.message });
    } else if (result.failureMessage && !result.testResults.some((x) => x.status === 'failed')) {
      note('(the file as a whole)', { mark: 'FAIL', text: result.failureMessage });
    }
  }

  onRunComplete() {
    const ran = targets.filter((target) => this.targets.has(target));
    const lines = [...table(this.outcomes, ran), ...details(this.outcomes, ran)];
    const text = lines.join('\n');
    mkdirSync(inRoot('build/conformance'), { recursive: true });
    writeFileSync(report, `${text}\n`);
    say(`\n${text}\n\nreport: ${report}`);
  }
}

/** @param {Outcomes} outcomes @param {string[]} ran */
function table(outcomes, ran) {
  const row = (/** @type {string[]} */ cells) =>
    cells.map((cell, at) => cell.padEnd(ran[at].length + 2)).join('');
  const lines = [];
  for (const [file, tests] of [...outcomes].sort()) {
    lines.push('', `${row(ran)}${file}`);
    for (const [name, byTarget] of tests) {
      lines.push(`${row(ran.map((target) => byTarget[target]?.mark ?? '-'))}  ${name}`);
    }
  }
  const all = [...outcomes.values()].flatMap((tests) => [...tests.values()]);
  const count = (/** @type {string} */ target, /** @type {Outcome['mark']} */ mark) =>
    all.filter((byTarget) => byTarget[target]?.mark === mark).length;
  lines.push('');
  for (const target of ran) {
    const known = count(target, 'known');
    lines.push(
      `${target.padEnd(12)}${count(target, 'ok')} passed, ${count(target, 'FAIL')} failed` +
        (known > 0 ? `, ${known} failed as known` : ''),
    );
  }
  return lines;
}

/** @param {Outcomes} outcomes @param {string[]} ran */
function details(outcomes, ran) {
  const lines = [];
  for (const [file, tests] of [...outcomes].sort()) {
    for (const [name, byTarget] of tests) {
      const failed = ran.filter((target) => byTarget[target]?.mark === 'FAIL');
      if (failed.length === 0) continue;
      lines.push('', `${file}: ${name}`);
      if (byTarget.native && byTarget.native.mark !== 'ok') {
        lines.push(
          byTarget.native.mark === 'known'
            ? `    native fails too, as known: ${byTarget.native.text}`
            : '    SUSPECT: native fails too, and nothing says why; is the test right?',
        );
      }
      for (const target of failed) {
        lines.push(`    ${target}: ${indented(byTarget[target]?.text ?? '')}`);
      }
    }
  }
  if (lines.length > 0) lines.unshift('', 'Failures:');
  return lines;
}

/** Enough for what was expected; the rest is a stack. */
const kDetailLines = 12;

/** @param {string} text */
const indented = (text) =>
  text
    .replace(/^ +at .*\n?/gm, '')
    .trim()
    .split('\n')
    .slice(0, kDetailLines)
    .join('\n        ');
