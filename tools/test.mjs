// npm test [-- suite...]: lint native js vitest browser package conformance runtimes interop, all of them by default;
// bundlers when it is named (npm run test:package).
//
// Every suite runs even when one before it failed. The last line, alone, is the sum that CI reads:
// "<n> passed, <n> failed", counted from GoogleTest's, CTest's and Jest's own reports; a check, a build or a suite
// that could not run at all counts as one failure.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';
import { lint } from './lint.mjs';
import { buildNative } from './lib/compile.mjs';
import { runNativeTests } from './lib/native-tests.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { UserError, run, say, step } from './lib/run.mjs';
import { forgetRealms, realmDifferences } from './realms.mjs';
import * as prepare from './setup/prepare.mjs';
import { testPackages } from './setup/test-packages.mjs';
import { vitest } from './vitest.mjs';

/** @typedef {import('./lib/native-tests.mjs').Count} Count */

const SUITES = 'lint native js vitest browser package conformance runtimes interop'.split(' ');
/** Its tests wait for most of the time, as those of the others do, which share the machine with it. */
const LONGEST = 'browser';
const BESIDE_IT = ['interop', 'runtimes'];
/** What takes long, and needs much that nothing else needs. */
const NAMED_SUITES = ['bundlers'];

/** @type {Promise<void> | undefined} */
let built;
/** dist/, built once however many suites want it. */
const dist = () => (built ??= build());

/** @type {Promise<void> | undefined} */
let prepared;
/** dist/ and the browsers, which two suites may ask for at once. */
const browsers = () => (prepared ??= dist().then(prepare.browser));

/** @type {Record<string, () => Promise<Count>>} */
const suites = {
  async lint() {
    const failed = await lint();
    return { passed: 0, failed: failed.length, skipped: 0 };
  },
  async native() {
    await prepare.nativeTools();
    await prepare.testCompiler();
    return runNativeTests(await buildNative());
  },
  async js() {
    await dist();
    await prepare.relayPeers();
    await prepare.captureTools();
    return jest('js');
  },
  async vitest() {
    await dist();
    return vitest();
  },
  async browser() {
    await browsers();
    return jest('browser');
  },
  async package() {
    await browsers();
    return jest('package');
  },
  async bundlers() {
    await browsers();
    process.env.WEBRTC_BUNDLERS = await testPackages('tests/package/bundlers', 'bundlers (520 MB)');
    return jest('bundlers');
  },
  async conformance() {
    await browsers();
    // The browser's own implementation is for comparison: npm run test:conformance.
    return jest('conformance', ['conformance-webrtc-wasm', 'conformance-node', 'conformance-data']);
  },
  async runtimes() {
    await dist();
    await prepare.runtimes();
    return jest('runtimes');
  },
  async interop() {
    await browsers();
    await prepare.interop();
    return jest('interop');
  },
};

/**
 * @param {string} suite
 * @param {string[]} [projects] of jest.config.js
 * @returns {Promise<Count>}
 */
async function jest(suite, projects = [suite]) {
  await prepare.npmPackages();
  const report = inRoot(`build/reports/jest-${suite}.json`);
  freshReport(report);
  const log = aside.includes(suite) ? inRoot(`build/reports/jest-${suite}.log`) : undefined;
  const serial = ['browser', 'interop', 'runtimes', 'bundlers'].includes(suite)
    ? ['--runInBand']
    : [];
  await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      inRoot('node_modules/jest/bin/jest.js'),
      '--selectProjects',
      ...projects,
      '--json',
      '--outputFile',
      report,
      ...serial,
    ],
    { cwd: root, allowFailure: true, log },
  );
  if (log) say(readFileSync(log, 'utf8'));
  if (!existsSync(report)) throw new UserError(`Jest found nothing to run in tests/${suite}`);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  if (result.numTotalTestSuites === 0) throw new UserError(`tests/${suite} has no tests`);
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** @param {string} path */
function freshReport(path) {
  mkdirSync(inRoot('build/reports'), { recursive: true });
  rmSync(path, { force: true });
}

const wanted = process.argv.slice(2);
const known = [...SUITES, ...NAMED_SUITES];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  say(`no such suite: ${unknown.join(' ')}; there are ${known.join(' ')}`);
  process.exit(2);
}

const chosen = wanted.length > 0 ? wanted : SUITES;
/** Those that run beside another one, one after the other, each shown when it has ended. */
const aside = chosen.includes(LONGEST) ? BESIDE_IT.filter((name) => chosen.includes(name)) : [];

/** @typedef {[name: string, count: Count]} Outcome */

/**
 * @param {string} name of a suite
 * @returns {Promise<Outcome>}
 */
async function outcome(name) {
  let count = { passed: 0, failed: 1, skipped: 0 };
  try {
    await step(`suite ${name}`, async () => {
      count = await suites[name]();
    });
  } catch (error) {
    if (error instanceof UserError) say(`error: ${error.message}`);
    else say(String(error instanceof Error ? error.stack : error));
  }
  return [name, count];
}

/** @param {string[]} names of suites, which run one after the other */
async function outcomes(names) {
  /** @type {Outcome[]} */
  const all = [];
  for (const name of names) all.push(await outcome(name));
  return all;
}

/** @type {Outcome[]} */
const results = [];
forgetRealms();
for (const name of chosen.filter((one) => !aside.includes(one))) {
  const together = name === LONGEST ? [[name], aside] : [[name]];
  results.push(...(await Promise.all(together.map(outcomes))).flat());
}

// Each row of the table of realms is held against the page by its test; here, that no test is missing.
const ran = results.map(([name]) => name);
if (ran.includes('browser') && ran.includes('runtimes')) {
  const differences = realmDifferences();
  for (const difference of differences) say(difference);
  results.push(['realms', { passed: 0, failed: differences.length > 0 ? 1 : 0, skipped: 0 }]);
}

say('');
for (const [name, { passed, failed, skipped }] of results) {
  const extra = skipped > 0 ? `, ${skipped} skipped` : '';
  say(
    `${name.padEnd(11)} ${failed > 0 ? 'FAILED' : 'ok    '} ${passed} passed, ${failed} failed${extra}`,
  );
}
const sum = (/** @type {keyof Count} */ key) =>
  results.reduce((total, [, count]) => total + count[key], 0);
process.exitCode = sum('failed') > 0 ? 1 : 0;
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
