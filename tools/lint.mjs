// npm run lint: layers, layout and types. Each check is a name and a command; all of them run.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { inRoot, root } from './lib/paths.mjs';
import { capture, run, runMain, say } from './lib/run.mjs';
import * as prepare from './setup/prepare.mjs';

/** The C++ files that git knows or would take. */
export function cppFiles() {
  const out = capture(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.h', '*.cpp'],
    { cwd: root },
  );
  return (out ?? '').split('\0').filter((file) => file && existsSync(inRoot(file)));
}

/** @param {string} name */
const bin = (name) => inRoot('node_modules/.bin', name);

/**
 * Runs every check.
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function lint() {
  await prepare.npmPackages();
  await prepare.formatTools();
  const cpp = cppFiles();
  /** @type {[string, string, string[]][]} */
  const checks = [
    ['layers', process.execPath, ['tools/check-layers.mjs']],
    ['idl', process.execPath, ['tools/idl/generate.mjs', '--check']],
    [
      'prettier',
      bin('prettier'),
      ['--check', '--cache', '--cache-strategy', 'content', '--log-level', 'warn', '.'],
    ],
    [
      'eslint',
      bin('eslint'),
      [
        '--max-warnings',
        '0',
        '--cache',
        '--cache-strategy',
        'content',
        '--cache-location',
        'node_modules/.cache/eslint/',
        '.',
      ],
    ],
    [
      'types',
      bin('tsc'),
      [
        '-p',
        'tsconfig.json',
        '--incremental',
        '--tsBuildInfoFile',
        'node_modules/.cache/tsc.tsbuildinfo',
      ],
    ],
  ];
  if (cpp.length > 0) {
    checks.push(['clang-format', 'clang-format', ['--dry-run', '--Werror', '-style=file', ...cpp]]);
  }
  /** @type {string[]} */
  const failed = [];
  // Each takes one core, and most are over in seconds: the slow ones go first.
  const slowFirst = ['types', 'eslint', 'prettier'];
  const rank = (/** @type {string} */ name) => (slowFirst.indexOf(name) + 4) % 4;
  checks.sort(([a], [b]) => rank(a) - rank(b));
  const worker = async () => {
    for (let check = checks.shift(); check; check = checks.shift()) {
      const [name, command, args] = check;
      /** @type {string[]} */
      const lines = [];
      const status = await run(command, args, {
        cwd: root,
        allowFailure: true,
        onLine: (line) => lines.push(line),
      });
      for (const line of lines) say(line);
      say(`  ${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
      if (status !== 0) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return failed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const failed = await lint();
    if (failed.length > 0) {
      say(`lint: ${failed.join(', ')} failed (npm run format repairs layout)`);
      process.exitCode = 1;
    }
  });
}
