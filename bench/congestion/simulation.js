// Compiles a program that simulates in virtual time, and gives what it prints.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {string} program its source
 * @param {string[]} folders of the sources that it needs
 * @returns {any} the JSON that it prints
 */
export function simulate(program, folders) {
  const directory = mkdtempSync(join(tmpdir(), 'curves-'));
  try {
    const binary = join(directory, 'curves');
    const sources = folders.flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.cpp'))
        .map((name) => join(folder, name)),
    );
    const flags = ['-O2', '-std=c++20', '-I.', '-o', binary];
    execute(process.env.CXX ?? 'c++', [...flags, program, ...sources]);
    return JSON.parse(execute(binary, []));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function execute(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
