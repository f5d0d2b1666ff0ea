// What a run found, as JSON and as tables for a terminal.

import { loadMeasure } from './measures/index.js';
import { loadPeer } from './peers/index.js';
import { advantage, summarize } from './statistics.js';

/**
 * @param {import('./runner.js').Outcome} outcome
 */
export async function summarizeOutcome({ name, values, failures }) {
  const { title, metrics } = await loadMeasure(name);
  const summary = { name, title, metrics: {}, failures };
  for (const [metric, { title: what, unit, better }] of Object.entries(metrics)) {
    const peers = {};
    for (const peer of Object.keys(values)) {
      const rounds = values[peer][metric];
      peers[peer] = { ...summarize(rounds), rounds };
      if (peer === 'ours' || !values.ours) continue;
      peers[peer].oursIsBetterBy = advantage(values.ours[metric], rounds, better);
    }
    summary.metrics[metric] = { title: what, unit, better, peers };
  }
  return summary;
}

/** @param {Awaited<ReturnType<typeof summarizeOutcome>>} summary */
export async function formatSummary({ name: measure, title, metrics, failures }) {
  const { loadPeer: load = loadPeer } = await loadMeasure(measure);
  const lines = [title];
  for (const { title: what, unit, better, peers } of Object.values(metrics)) {
    const rows = [['', `median, ${unit}`, 'fastest to slowest round', 'ours is better by']];
    if (better === 'higher') rows[0][2] = 'slowest to fastest round';
    for (const [peer, { median, min, max, oursIsBetterBy }] of Object.entries(peers)) {
      const name = (await load(peer)).title;
      if (median === undefined) rows.push([name, 'failed', '', '']);
      else rows.push([name, short(median), `${short(min)} – ${short(max)}`, times(oursIsBetterBy)]);
    }
    lines.push(`  ${what} (${better} is better)`, ...layOut(rows));
  }
  for (const [peer, why] of Object.entries(failures)) lines.push(`  ${peer} failed: ${why}`);
  return `${lines.join('\n')}\n`;
}

/** @param {{ what: string, raw: number, brotli?: number }[]} rows */
export function formatSizes(rows) {
  const kilobytes = (bytes) => (bytes === undefined ? '' : (bytes / 1000).toFixed(1));
  const table = [['', 'kB', 'brotli, kB']];
  for (const { what, raw, brotli } of rows) table.push([what, kilobytes(raw), kilobytes(brotli)]);
  return `Sizes\n${layOut(table).join('\n')}\n`;
}

/** @param {ReturnType<typeof advantage> | undefined} ratio */
function times(ratio) {
  if (!ratio) return '';
  const { median, min, max, isClear } = ratio;
  const text = `${short(median)}× (${short(min)} – ${short(max)})`;
  return isClear ? text : `${text}, not clear`;
}

/** Three figures that mean something. @param {number} value */
function short(value) {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Number(value.toPrecision(3)).toString();
}

/** @param {string[][]} rows the first column to the left, the others to the right */
function layOut(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
    );
    return `    ${cells.join('  ')}`.trimEnd();
  });
}
