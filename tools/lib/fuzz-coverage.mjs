// What a run of libFuzzer says about itself at its end.

import { markdownTable } from './markdown.mjs';

/**
 * @typedef {object} Coverage
 * @property {number} edges of the control-flow graph that were reached (libFuzzer's "cov")
 * @property {number} features edges with how often, and values of comparisons (its "ft")
 * @property {number} inputs in the corpus that was kept
 * @property {number} runs
 * @property {number} megabytes of memory at most
 */

/**
 * @param {string} log
 * @returns {Coverage}
 */
export function coverageOf(log) {
  const line = log
    .split('\n')
    .filter((one) => /^#\d+\s/.test(one) && / cov: /.test(one))
    .at(-1);
  /** @param {RegExp} pattern @param {string} [text] */
  const number = (pattern, text = log) => Number(pattern.exec(text)?.[1] ?? 0);
  const done = /Done (\d+) runs in \d+ second/.exec(log);
  return {
    edges: number(/ cov: (\d+)/, line),
    features: number(/ ft: (\d+)/, line),
    inputs: number(/ corp: (\d+)/, line),
    runs: done ? Number(done[1]) : number(/stat::number_of_executed_units: (\d+)/),
    megabytes: number(/stat::peak_rss_mb:\s+(\d+)/),
  };
}

/**
 * A target and all that it has run so far.
 * @typedef {Coverage & { target: string, seconds: number, failed: boolean }} TargetCoverage
 */

/**
 * What two ledgers say, where either may have gone on from the other, target by target.
 * @param {readonly TargetCoverage[]} kept
 * @param {readonly TargetCoverage[]} here
 * @returns {Map<string, TargetCoverage>} by target
 */
export function laterRows(kept, here) {
  const rows = new Map(kept.map((row) => [row.target, row]));
  for (const row of here) {
    // Runs only grow; time begins anew behind a finding.
    if (row.runs >= (rows.get(row.target)?.runs ?? 0)) rows.set(row.target, row);
  }
  return rows;
}

/**
 * @param {readonly TargetCoverage[]} rows
 * @returns {string} in Markdown; times in minutes of processor time
 */
export function coverageTable(rows) {
  const head = ['target', 'minutes', 'runs', 'edges', 'features', 'inputs', 'MB'];
  const body = rows.map((row) => [
    row.target.replace(/^fuzz_/, ''),
    row.failed ? 'FAILED' : (row.seconds / 60).toFixed(1),
    ...[row.runs, row.edges, row.features, row.inputs, row.megabytes].map(String),
  ]);
  return markdownTable([head, ...body]);
}
