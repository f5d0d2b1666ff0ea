// The test environments in Jest and Vitest of their own: tests/runtimes/programs has what runs in them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cellsOf, reportRealm } from '../realms/table.js';
import { runProgram, stage, stagedModule } from './support/processes.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();

const kJest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));

/** For each base: what runs beside environment.test.js, and how many tests there are with the probe. */
const kFiles = {
  node: ['environment.test.js', 'environment-after.test.js', 'environment-probe.test.js'],
  jsdom: ['environment.test.js', 'environment-jsdom.test.js', 'environment-probe.test.js'],
};
const kTests = 7;

/**
 * Runs a framework's command, which has to end by itself.
 * @param {string} cwd  where its report.json is to be
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
async function run(cwd, args, env) {
  const probe = {
    RELAY: JSON.stringify(suite.relay.access),
    PROBE_RESULT: join(cwd, 'probe.json'),
  };
  const { code, out, error } = await runProgram(process.execPath, args, {
    cwd,
    env: { ...probe, ...env },
  });
  const read = (file) => JSON.parse(readFileSync(join(cwd, file), 'utf8'));
  const text = out + error;
  if (code !== 0) throw new Error(`exit code ${code}\n${text}`);
  expect(text).not.toMatch(/did not exit|open handle|hanging|close timed out/i);
  expect(read('report.json').numPassedTests).toBe(kTests);
  return cellsOf(...read('probe.json'));
}

test.each(['node', 'jsdom'])(
  'webrtc-wasm/jest-environment installs the globals over %s, and takes its connections away',
  async (base) => {
    const cwd = stage(...kFiles[base]);
    const config = {
      transform: {},
      testTimeout: 200_000,
      setupFiles: ['./probe.cjs'],
      testEnvironment: 'webrtc-wasm/jest-environment',
      testEnvironmentOptions: { webrtc: { base } },
    };
    writeFileSync(join(cwd, 'jest.config.json'), JSON.stringify(config));
    const args = [
      '--config',
      'jest.config.json',
      '--runInBand',
      '--json',
      '--outputFile=report.json',
    ];
    reportRealm(`Jest, ${base}`, await run(cwd, [kJest, ...args]));
  },
);

test.each([
  ['node', 'forks'],
  ['node', 'threads'],
  ['jsdom', 'forks'],
  ['jsdom', 'vmThreads'],
])(
  'webrtc-wasm/vitest-environment installs the globals over %s, in the pool %s',
  async (base, pool) => {
    const cwd = stage(...kFiles[base], 'vitest.config.js');
    const vitest = stagedModule('vitest/vitest.mjs');
    const args = [vitest, 'run', '--reporter=json', '--outputFile=report.json'];
    const cells = await run(cwd, args, { ENVIRONMENT_BASE: base, ENVIRONMENT_POOL: pool });
    reportRealm(`Vitest, ${base}, pool ${pool}`, cells);
  },
);
