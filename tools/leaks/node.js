// Life cycles in a Node.js process of their own.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./verdict.js').Sample} Sample */

const script = fileURLToPath(new URL('node-cycles.js', import.meta.url));

/**
 * @param {{ cycles: number, samples: number, onSample?: (sample: Sample) => void, deadlineMs: number }} options
 * @returns {Promise<{ samples: Sample[], problems: string[] }>} a process that does not end by itself,
 *   once its connections are closed, is a problem
 */
export async function runInNode({ cycles, samples: count, onSample, deadlineMs }) {
  const child = spawn(process.execPath, ['--expose-gc', script, String(cycles), String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {Sample[]} */
  const samples = [];
  let errors = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const sample = JSON.parse(line);
      samples.push(sample);
      onSample?.(sample);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (errors += text));
  const problems = [];
  const timer = setTimeout(() => {
    problems.push(`the process had not ended by itself after ${deadlineMs / 1000} s`);
    child.kill('SIGKILL');
  }, deadlineMs);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (code !== 0 && problems.length === 0) problems.push(`the process ended with ${code}`);
  if (errors !== '') problems.push(errors.trim());
  return { samples, problems };
}
