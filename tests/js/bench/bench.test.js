import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureNames, loadMeasure, selectMeasures } from '../../../bench/measures/index.js';
import { parseOptions } from '../../../bench/options.js';
import { loadPeer, peerNames } from '../../../bench/peers/index.js';
import { formatSummary, summarizeOutcome } from '../../../bench/report.js';
import { runMeasure } from '../../../bench/runner.js';
import { advantage, median, percentile, summarize } from '../../../bench/statistics.js';

const entry = fileURLToPath(new URL('../../../bench/index.js', import.meta.url));

describe('A quick run of ours alone', () => {
  let dir;
  let names;
  let report;
  let output;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'webrtc-bench-'));
    const json = join(dir, 'report.json');
    // What needs a browser is in tests/browser.
    names = [];
    for (const name of measureNames) {
      if (!(await loadMeasure(name)).needsBrowser) names.push(name);
    }
    const args = [entry, ...names, '--quick', '--peers', 'ours', '--json', json];
    output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    report = JSON.parse(readFileSync(json, 'utf8'));
  }, 60_000);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('gives a figure for every metric of every measure', async () => {
    const measured = names.filter((name) => name !== 'sizes');
    expect(report.measures.map(({ name }) => name)).toEqual(measured);
    for (const { name, metrics, failures } of report.measures) {
      expect(failures).toEqual({});
      expect(Object.keys(metrics)).toEqual(Object.keys((await loadMeasure(name)).metrics));
      for (const { peers } of Object.values(metrics)) expect(peers.ours.median).toBeGreaterThan(0);
    }
  });

  test('says what the build and each package weigh', () => {
    const rows = Object.fromEntries(report.sizes.map((row) => [row.what, row]));
    const wasm = rows['engine, webrtc.wasm'];
    expect(wasm.brotli).toBeLessThan(wasm.raw);
    for (const row of report.sizes) expect(row.raw).toBeGreaterThan(0);
  });

  test('prints a table for each', () => {
    for (const { title } of report.measures) expect(output).toContain(title);
  });
});

test('Every peer has an adapter', async () => {
  for (const name of peerNames) {
    const { title, packageName, load } = await loadPeer(name);
    expect([typeof title, typeof packageName, typeof load]).toEqual([
      'string',
      'string',
      'function',
    ]);
  }
});

test('Measures are selected by name or by how it begins', () => {
  expect(selectMeasures([])).toEqual(measureNames);
  expect(selectMeasures(['rtt', 'connect'])).toEqual([
    'connect-trickle',
    'connect-non-trickle',
    'rtt',
  ]);
  expect(() => selectMeasures(['speed'])).toThrow('there is no measure "speed"');
});

test('Measures of media leave out who has none', async () => {
  for (const name of ['media-offer', 'answer']) {
    expect((await loadMeasure(name)).needsMedia).toBe(true);
  }
  const nothing = { peers: ['node-datachannel'], rounds: 1, quick: true, timeout: 1000 };
  expect((await runMeasure('media-offer', nothing)).values).toEqual({});
});

test('Options that make no sense are refused', () => {
  expect(parseOptions(['--peers', 'ours,wrtc']).peers).toEqual(['ours', 'wrtc']);
  expect(() => parseOptions(['--peers', 'pion'])).toThrow('there is no peer "pion"');
  expect(() => parseOptions(['--rounds', '0'])).toThrow('--rounds takes a whole number');
  const { status, stderr } = spawnSync(process.execPath, [entry, 'speed'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('there is no measure "speed"');
});

test('Medians and percentiles lie between the closest ranks', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(percentile([10, 20, 30, 40, 50], 75)).toBe(40);
  expect(percentile([], 50)).toBeNaN();
  expect(summarize([null, 2, 4])).toEqual({ median: 3, min: 2, max: 4 });
  expect(summarize([null])).toBeNull();
});

test('An advantage compares within a round, and is clear when every round agrees', () => {
  const faster = advantage([1, 2, 4], [2, 4, 8], 'lower');
  expect(faster).toMatchObject({ median: 2, min: 2, max: 2, isClear: true });
  expect(advantage([1, 2], [2, 1], 'lower')).toMatchObject({ min: 0.5, max: 2, isClear: false });
  expect(advantage([30, null], [10, 10], 'higher')).toMatchObject({ median: 3, ratios: [3, null] });
  expect(advantage([null], [1], 'lower')).toBeNull();
});

test('A peer that failed is shown with its reason, and the others with their figures', async () => {
  const summary = await summarizeOutcome({
    name: 'rtt',
    values: {
      ours: { p50: [50, 60], p99: [90, 95] },
      werift: { p50: [null, 120], p99: [null, 190] },
      wrtc: { p50: [null, null], p99: [null, null] },
    },
    failures: { wrtc: 'no result within 60 s' },
  });
  expect(summary.metrics.p50.peers.werift.oursIsBetterBy.median).toBe(2);
  const text = await formatSummary(summary);
  expect(text).toMatch(/@roamhq\/wrtc +failed/);
  expect(text).toContain('wrtc failed: no result within 60 s');
  expect(text).toMatch(/werift +120 +120 – 120 +2× \(2 – 2\)/);
});
