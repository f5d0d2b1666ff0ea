// Scenarios in a program of another language: a JSON object per line in, and one per line out.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * In: `{"scenario"}`, or `{"scenario", "offers"}` for answers. Out: `{"version"}` once, then for
 * each `{"said": [sdp]}` or `{"error"}`. The program ends with its input.
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<import('./record.mjs').OpenPeer>}
 */
export async function startPeer(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // It may be gone before it has read everything; the next line tells.
  child.stdin.on('error', () => {});
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} has ended`);
    return JSON.parse(value);
  };
  const ask = async (/** @type {object} */ request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { said, error } = await next();
    if (error !== undefined) throw new Error(error);
    return said;
  };
  return {
    version: (await next()).version,
    offers: (scenario) => ask({ scenario }),
    answers: (scenario, offers) => ask({ scenario, offers }),
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}
