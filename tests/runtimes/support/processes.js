// Programs in runtimes of their own.

import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inCheckout = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Where node_modules has the runtimes and the package. */
const kStage = inCheckout('build/runtimes');

/** What is hung ends some time; frameworks and executables take theirs on a machine that is busy. */
const kDeadlineMs = 280_000;
jest.setTimeout(300_000);

/** The programs of tests/runtimes/programs, and the probe, as an application that has the package installed. */
export function stage(...files) {
  mkdirSync(kStage, { recursive: true });
  const directory = mkdtempSync(join(kStage, 'app-'));
  // Of its own, or bundlers would take it for a part of the package.
  const description = { private: true, type: 'module' };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(description));
  copyFileSync(inCheckout('tests/realms/probe.js'), join(directory, 'probe.cjs'));
  for (const file of files) {
    copyFileSync(inCheckout(`tests/runtimes/programs/${file}`), join(directory, file));
  }
  return directory;
}

/** A file of an installed package. */
export const stagedModule = (path) => join(kStage, 'node_modules', path);

/** The executable of a package whose name tells platform and architecture. */
export function binaryOf(scope, pattern, path) {
  const directory = join(kStage, 'node_modules', scope);
  const [name] = readdirSync(directory).filter((name) => pattern.test(name));
  if (!name) throw new Error(`${scope} has no package for ${process.platform} ${process.arch}`);
  return join(directory, name, path);
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options
 * @returns {Promise<{ code: number | null, out: string, error: string }>}
 */
export function runProgram(command, args, { cwd, env }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: kDeadlineMs,
  });
  const result = { code: null, out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (result.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (result.error += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
  });
}

/** What a program prints as its last line, as JSON, once it has ended by itself without a complaint. */
export async function report(command, args, options) {
  const { code, out, error } = await runProgram(command, args, options);
  if (code !== 0) throw new Error(`exit code ${code}\n${legible(out)}\n${legible(error)}`);
  return JSON.parse(out.trim().split('\n').at(-1));
}

/** The end of what a program printed; a line of a bundle may be a megabyte. */
const legible = (text) =>
  text
    .split('\n')
    .slice(-40)
    .map((line) => line.slice(0, 200))
    .join('\n');
