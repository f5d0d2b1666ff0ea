// npm run bench: this package and others for Node.js, measured in one run, in turns. Absolute figures
// belong to the machine and its load; the ratios, taken round by round, are what to look at.

import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { loadMeasure } from './measures/index.js';
import { parseOptions, usage } from './options.js';
import { formatSizes, formatSummary, summarizeOutcome } from './report.js';
import { runMeasure } from './runner.js';

const options = parseCommandLine();
if (options) await main(options);

function parseCommandLine() {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (!parsed.help) return parsed;
    process.stdout.write(usage);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main({ measures, json, ...run }) {
  const report = { machine: machine(), rounds: run.rounds, quick: run.quick, measures: [] };
  process.stdout.write(`${describe(report.machine)}; ${run.rounds} rounds\n\n`);
  for (const name of measures) {
    const { inspect } = await loadMeasure(name);
    if (inspect) {
      report.sizes = await inspect();
      process.stdout.write(`${formatSizes(report.sizes)}\n`);
      continue;
    }
    const outcome = await runMeasure(name, { ...run, progress: showProgress });
    showProgress('');
    const summary = await summarizeOutcome(outcome);
    report.measures.push(summary);
    process.stdout.write(`${await formatSummary(summary)}\n`);
    // Peers may fail, and that is a finding; without a figure of ours there is none.
    if (outcome.failures.ours) process.exitCode = 1;
  }
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

function machine() {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load: loadavg()[0],
  };
}

function describe({ node, cpu, cores, load }) {
  return `Node.js ${node}, ${cores} cores of ${cpu}, load ${load.toFixed(1)} at the start`;
}

/** @param {string} text */
function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
