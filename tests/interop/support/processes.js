// Children of a test: started here, ended here, by their own id, in bounded time.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { within } from './waiting.js';

const kExitMs = 5000;

/**
 * @param {string} program absolute path
 * @param {string[]} args
 */
export function startProcess(program, args, options = {}) {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: \`npm run setup\` installs what the tests need`);
  }
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  // It may be gone before it has read everything.
  child.stdin.on('error', () => {});
  const exited = once(child, 'exit');
  const ended = async () => {
    try {
      await within(`${program} to exit`, exited, kExitMs);
    } catch (error) {
      child.kill('SIGKILL');
      await exited;
      throw error;
    }
  };
  return {
    child,
    exited,
    /** What it wrote to stderr, the end of it. */
    get complaints() {
      return complaints;
    },
    /** Settles when it has exited by itself; an error when it has to be killed. */
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended();
    },
  };
}
