// Starts servers, and reads what they cost from /proc.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Linux counts process time in hundredths of a second for all programs. */
const kTicksPerSecond = 100;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {RegExp} ready  what it writes once it serves
 * @returns {Promise<{pid: number, output: string, stop: () => Promise<void>}>}
 */
export async function startServer(command, args, ready) {
  // Whatever ends us, a turn that took too long included, ends the server as well.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let output = '';
  await new Promise((resolve, reject) => {
    const read = (data) => {
      output = `${output}${data}`.slice(-20_000);
      if (ready.test(output)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid, output, stop };
}

/** A port on which nothing listens. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Seconds that the processes have run, user and system. @param {number[]} pids */
export function cpuSeconds(pids) {
  const ticks = pids.map((pid) => {
    // The name in parentheses may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((a, b) => a + b, 0) / kTicksPerSecond;
}

/** Bytes of memory that they hold. @param {number[]} pids */
export function residentBytes(pids) {
  const sizes = pids.map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  });
  return sizes.reduce((a, b) => a + b, 0);
}
