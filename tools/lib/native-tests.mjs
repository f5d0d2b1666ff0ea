// Runs the native tests through CTest, and counts the single tests in GoogleTest's own reports.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inCache, inRoot } from './paths.mjs';
import { UserError, run, say } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * Runs every test of a build: shards of the GoogleTest executables, and the replays of fuzz targets.
 * @param {string} dir the build directory
 * @returns {Promise<Count>} of single tests; a replay counts as one, and so does a shard that failed
 *   without saying which of its tests did (it crashed, or leaked)
 */
export async function runNativeTests(dir) {
  const report = inRoot('build/reports/ctest.xml');
  const shardReports = join(dir, 'gtest-reports');
  rmSync(report, { force: true });
  rmSync(shardReports, { recursive: true, force: true });
  let shown = 0;
  await run(
    'ctest',
    [
      '--test-dir',
      dir,
      '--output-on-failure',
      '--no-tests=error',
      '--parallel',
      String(availableParallelism()),
      '--output-junit',
      report,
    ],
    {
      allowFailure: true,
      // Leaks fail a test where LeakSanitizer exists (Linux), whatever its default.
      env: {
        UBSAN_OPTIONS: 'print_stacktrace=1',
        ...(process.platform === 'linux' ? { ASAN_OPTIONS: 'detect_leaks=1' } : {}),
      },
      log: inCache('log', 'ctest.log'),
      onLine(line) {
        const progress = /^\s*(\d+)\/(\d+) Test\s+#\d+:.*\bPassed\b/.exec(line);
        if (!progress) {
          if (!/^\s+Start\s+\d+:/.test(line)) say(line);
          return;
        }
        // A line for every tenth of the way.
        const tenth = Math.floor((10 * Number(progress[1])) / Number(progress[2]));
        if (tenth > shown) {
          shown = tenth;
          say(`  [${progress[1]}/${progress[2]}]`);
        }
      },
    },
  );
  if (!existsSync(report)) throw new UserError('CTest wrote no report');
  return countNativeTests(readFileSync(report, 'utf8'), (name) => {
    const path = join(shardReports, `${name}.xml`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
}

/**
 * @param {string} report CTest's, as JUnit XML
 * @param {(name: string) => string | undefined} shardReport GoogleTest's, as XML; undefined for what
 *   is no shard, and for a shard that did not come to its end
 * @returns {Count}
 */
export function countNativeTests(report, shardReport) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [element] of report.matchAll(/<testcase\b[^>]*>/g)) {
    const name = attribute(element, 'name') ?? '';
    const status = attribute(element, 'status');
    const inside = shardReport(name);
    // GoogleTest says "run" of what failed, too.
    const shard = inside === undefined ? undefined : countShard(inside);
    if (shard) {
      count.passed += shard.passed;
      count.failed += shard.failed;
      count.skipped += shard.skipped;
    }
    if (status === 'fail') {
      if (!shard?.failed) count.failed += 1;
    } else if (status !== 'run') {
      count.skipped += 1;
    } else if (!shard) {
      count.passed += 1;
    }
  }
  return count;
}

/**
 * @param {string} report
 * @returns {Count}
 */
function countShard(report) {
  const head = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? '';
  const number = (/** @type {string} */ name) => Number(attribute(head, name) ?? 0);
  const failed = number('failures') + number('errors');
  // Tests that skipped themselves are told one by one only.
  const skipped = (report.match(/\bresult="skipped"/g) ?? []).length + number('disabled');
  return { passed: number('tests') - failed - skipped, failed, skipped };
}

/** @param {string} element @param {string} name */
const attribute = (element, name) => new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1];
