// Files as build keys: hashes, stamps, locks, and directories that appear whole or not at all.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './run.mjs';

/** @param {string | Uint8Array} data */
export function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

/** @param {string} path */
export function sha256File(path) {
  return sha256(readFileSync(path));
}

/**
 * A short key over strings and the contents of files.
 * @param {readonly string[]} texts
 * @param {readonly string[]} [files]
 */
export function keyOf(texts, files = []) {
  const parts = [...texts, ...files.map((file) => sha256File(file))];
  return sha256(JSON.stringify(parts)).slice(0, 16);
}

/**
 * Makes the directory `path` with `fill(temporary directory)` unless it exists; an interrupted run
 * leaves nothing behind under the final name.
 * @param {string} path
 * @param {(dir: string) => unknown} fill
 */
export async function makeDirOnce(path, fill) {
  if (existsSync(path)) return path;
  await withLock(`${path}.lock`, async () => {
    if (existsSync(path)) return;
    const temporary = mkdtempSync(join(dirname(path), `.${basename(path)}-`));
    try {
      await fill(temporary);
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
  return path;
}

/**
 * Runs `work` while holding the lock directory `path`. A lock whose owner is gone is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const owner = join(path, 'pid');
  for (let told = false; ; told = true) {
    try {
      mkdirSync(path);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (isAbandoned(path, owner)) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`  waiting for another process that is making ${path.replace(/\.lock$/, '')}`);
    await delay(300);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * @param {string} lock
 * @param {string} owner
 */
function isAbandoned(lock, owner) {
  try {
    const pid = Number(readFileSync(owner, 'utf8'));
    if (!(pid > 0)) return Date.now() - statSync(lock).mtimeMs > 10_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ESRCH') return true;
    if (code !== 'ENOENT') return false;
    // Between mkdir and the write of the pid, or released meanwhile.
    try {
      return Date.now() - statSync(lock).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}
