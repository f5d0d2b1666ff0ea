// Running other programs and telling the user about it. Everything goes to stderr, so that a tool
// whose stdout is read by another program (setup --deps) stays readable.

import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An error whose message is meant for the user; no stack trace is shown for it. */
export class UserError extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs `work`, printing what it does before and how long it took after.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = Date.now();
  say(`* ${what} ...`);
  const result = await work();
  say(`  done: ${what} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}

/** @type {Map<import('node:child_process').ChildProcess, (() => void) | undefined>} */
const children = new Map();
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

// Only while there are children: a server that a tool starts in this process has its own handlers.
/** @param {NodeJS.Signals} signal */
function endChildren(signal) {
  let leaving = true;
  for (const [child, onInterrupt] of children) {
    if (!onInterrupt) {
      child.kill(signal);
      continue;
    }
    leaving = false;
    onInterrupt();
    // The next signal is meant for all.
    children.set(child, undefined);
  }
  if (leaving) process.exit(130);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {(() => void) | undefined} onInterrupt
 */
function adopt(child, onInterrupt) {
  if (children.size === 0) for (const signal of SIGNALS) process.on(signal, endChildren);
  children.set(child, onInterrupt);
}

/** @param {import('node:child_process').ChildProcess} child */
function release(child) {
  children.delete(child);
  if (children.size === 0) for (const signal of SIGNALS) process.off(signal, endChildren);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {string} [log] write the output there instead of to the terminal; its end is shown when the program fails
 * @property {boolean} [allowFailure] resolve with the exit code instead of rejecting
 * @property {(line: string) => void} [onLine] called with each line of output
 * @property {(child: import('node:child_process').ChildProcess) => void} [onStart]
 * @property {() => void} [onInterrupt] called for the first signal that asks this process to end, which then goes on until the program has ended
 */

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} the exit code
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const piped = Boolean(options.log || options.onLine);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      // stdout of a child is never this process's stdout: see the head of this file.
      stdio: ['ignore', piped ? 'pipe' : 2, piped ? 'pipe' : 2],
    });
    adopt(child, options.onInterrupt);
    options.onStart?.(child);
    /** @type {import('node:fs').WriteStream | undefined} */
    let log;
    if (options.log) {
      mkdirSync(dirname(options.log), { recursive: true });
      log = createWriteStream(options.log);
      log.write(`$ ${command} ${args.join(' ')}\n`);
    }
    let rest = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (/** @type {string} */ text) => {
        if (log) log.write(text);
        if (!options.onLine) return;
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLine(line);
      });
    }
    child.on('error', (error) => {
      release(child);
      reject(new UserError(`cannot run ${command}: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      release(child);
      if (rest && options.onLine) options.onLine(rest);
      const finish = () => {
        const status = code ?? 128;
        if (status === 0 || options.allowFailure) {
          resolve(status);
          return;
        }
        let shown = '';
        if (options.log) {
          const lines = readFileSync(options.log, 'utf8').trimEnd().split('\n');
          shown = `\n${lines.slice(-30).join('\n')}\n(all of it: ${options.log})`;
        }
        const how = signal ? `was ended by ${signal}` : `failed with code ${status}`;
        reject(new UserError(`${command} ${args.join(' ').slice(0, 200)} ${how}${shown}`));
      };
      if (log) log.end(finish);
      else finish();
    });
  });
}

/**
 * The standard output of a program, or undefined when it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {string | undefined}
 */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return result.status === 0 ? result.stdout : undefined;
}

/**
 * Whether a program is on PATH.
 * @param {string} command
 */
export function has(command) {
  return (
    spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { stdio: 'ignore' }).status === 0
  );
}

/**
 * The entry point of a tool: prints a UserError plainly, anything else with its stack.
 * @param {() => unknown} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (error instanceof UserError) say(`\nerror: ${error.message}`);
    else say(String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
}
