// Node.js processes that speak over IPC: ends of scenarios, and libraries' servers.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const kKeptOutput = 8192;

const kNewerNode = new URL('realm/newer-node.js', import.meta.url).href;

/**
 * @param {URL} program
 * @param {string[]} [args]
 */
export function startChild(program, args = []) {
  const child = fork(fileURLToPath(program), args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--no-warnings', '--expose-gc', '--import', kNewerNode],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-kKeptOutput);
    });
  }
  const exited = once(child, 'exit');
  let isWanted = true;
  const died = exited.then(([code, signal]) => {
    if (isWanted) throw new Error(`${program} ended (${signal ?? code}): ${output}`);
  });
  died.catch(() => {});
  return {
    child,
    /** Rejects when it ends before it is stopped. */
    died,
    get output() {
      return output;
    },
    async stop() {
      isWanted = false;
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
