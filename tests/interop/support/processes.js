// Children of a test: started here, ended here, by their own id, in bounded time.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { EventEmitter, once } from 'node:events';
import { deferred, within } from './waiting.js';

const kExitMs = 5000;
const kKeptOutput = 16_384;

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
  let output = '';
  const heard = new EventEmitter();
  const hear = (text) => {
    output = (output + text).slice(-kKeptOutput);
    heard.emit('text');
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-kKeptOutput);
    hear(text);
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
    /**
     * Settles once it has written this, to stdout or stderr.
     * @param {RegExp} pattern
     */
    async says(pattern) {
      const found = deferred();
      const look = () => {
        if (pattern.test(output)) found.resolve();
      };
      heard.on('text', look);
      exited.then(() => found.reject(new Error(`${program} has ended: ${output}`)));
      look();
      try {
        await within(`${program} to say ${pattern}`, found.promise);
      } finally {
        heard.off('text', look);
      }
    },
    /** Settles when it has exited by itself; an error when it has to be killed. */
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended();
    },
  };
}
