import { countNativeTests } from '../../../tools/lib/native-tests.mjs';

/** @param {Record<string, 'run' | 'fail' | 'disabled'>} tests */
const ctestReport = (tests) =>
  `<testsuite name="(empty)" tests="${Object.keys(tests).length}">\n${Object.entries(tests)
    .map(
      ([name, status]) =>
        `\t<testcase name="${name}" classname="${name}" time="0.1" status="${status}">\n\t</testcase>`,
    )
    .join('\n')}\n</testsuite>\n`;

const shard = (/** @type {{ tests: number, failures?: number, skipped?: number }} */ of) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="${of.tests}" failures="${of.failures ?? 0}" disabled="0" errors="0" time="1." name="AllTests">
  <testsuite name="Suite" tests="${of.tests}" failures="0" disabled="0" errors="0">
${'    <testcase name="Skips" status="run" result="skipped" classname="Suite" />\n'.repeat(of.skipped ?? 0)}
  </testsuite>
</testsuites>
`;

/** @param {Record<string, string>} reports */
const from = (reports) => (/** @type {string} */ name) => reports[name];

describe('the count of native tests', () => {
  test('is of the tests within the shards, and of replays', () => {
    const report = ctestReport({ 'test_ice.1': 'run', 'test_ice.2': 'run', fuzz_ice_tcp: 'run' });
    const shards = { 'test_ice.1': shard({ tests: 20 }), 'test_ice.2': shard({ tests: 19 }) };
    expect(countNativeTests(report, from(shards))).toEqual({ passed: 40, failed: 0, skipped: 0 });
  });

  test('has each failed test of a shard once', () => {
    const report = ctestReport({ 'test_ice.1': 'fail', fuzz_ice_tcp: 'fail' });
    const shards = { 'test_ice.1': shard({ tests: 20, failures: 2 }) };
    expect(countNativeTests(report, from(shards))).toEqual({ passed: 18, failed: 3, skipped: 0 });
  });

  test('has a failure for a shard that crashed before it could report', () => {
    expect(countNativeTests(ctestReport({ 'test_ice.1': 'fail' }), from({}))).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  test('has a failure for a shard that leaked when all its tests had passed', () => {
    const shards = { 'test_ice.1': shard({ tests: 5 }) };
    expect(countNativeTests(ctestReport({ 'test_ice.1': 'fail' }), from(shards))).toEqual({
      passed: 5,
      failed: 1,
      skipped: 0,
    });
  });

  test('does not take what was skipped for passed', () => {
    const report = ctestReport({ 'test_ice.1': 'run', fuzz_ice_tcp: 'disabled' });
    const shards = { 'test_ice.1': shard({ tests: 5, skipped: 2 }) };
    expect(countNativeTests(report, from(shards))).toEqual({ passed: 3, failed: 0, skipped: 3 });
  });
});
