// The test environments in Jest and Vitest of their own: tests/runtimes/programs has what runs in them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, stage, stagedModule } from './support/processes.js';

const kJest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));

/** @param {object} config */
async function runJest(config, ...files) {
  const cwd = stage(...files);
  writeFileSync(join(cwd, 'jest.config.json'), JSON.stringify({ transform: {}, ...config }));
  const args = [kJest, '--config', 'jest.config.json', '--json', '--runInBand'];
  const { code, out, error } = await runProgram(process.execPath, args, { cwd });
  return { code, error, result: out.includes('{') ? JSON.parse(out) : undefined };
}

describe('webrtc-wasm/jest-environment', () => {
  const testEnvironment = 'webrtc-wasm/jest-environment';

  test('installs the globals in Node.js and takes its connections away', async () => {
    const files = ['environment.test.js', 'environment-after.test.js'];
    const { code, error, result } = await runJest({ testEnvironment }, ...files);
    expect({ code, passed: result?.numPassedTests, error }).toEqual({
      code: 0,
      passed: 6,
      error: expect.any(String),
    });
    // Nor does it keep the process.
    expect(error).not.toMatch(/did not exit|open handle/);
  });

  test('installs the globals in a window of jsdom', async () => {
    const { code, result } = await runJest(
      { testEnvironment, testEnvironmentOptions: { webrtc: { base: 'jsdom' } } },
      'environment.test.js',
      'environment-jsdom.test.js',
    );
    expect({ code, passed: result?.numPassedTests }).toEqual({ code: 0, passed: 6 });
  });
});

test.each([
  ['node', 'forks'],
  ['node', 'threads'],
  ['node', 'vmForks'],
  ['jsdom', 'forks'],
  ['jsdom', 'vmThreads'],
])(
  'webrtc-wasm/vitest-environment installs the globals over %s, in the pool %s',
  async (base, pool) => {
    const files = [
      'environment.test.js',
      `environment-${base === 'node' ? 'after' : base}.test.js`,
    ];
    const cwd = stage(...files, 'vitest.config.js');
    const vitest = stagedModule('vitest/vitest.mjs');
    const args = [vitest, 'run', '--reporter=json', '--outputFile=report.json'];
    const env = { ENVIRONMENT_BASE: base, ENVIRONMENT_POOL: pool };
    const { code, out, error } = await runProgram(process.execPath, args, { cwd, env });
    const result = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'));
    expect({ code, passed: result.numPassedTests, text: out + error }).toEqual({
      code: 0,
      passed: 6,
      text: expect.not.stringMatching(/hanging|close timed out/i),
    });
  },
);
