// The package in Node.js, however it is loaded; each program ends by itself.

import { build } from 'esbuild';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, reportRealm } from '../realms/table.js';
import { report, runProgram, stage, stagedModule } from './support/processes.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();
const node = process.execPath;
const env = () => ({ RELAY: JSON.stringify(suite.relay.access) });

test('An ES module connects over UDP and over a relay, with media and encoded frames', async () => {
  const results = await report(node, ['probe.mjs'], { cwd: stage('probe.mjs'), env: env() });
  reportRealm('Node.js', cellsOf(...results));
});

test('A worker thread does the same', async () => {
  const cwd = stage('worker.mjs', 'probe.mjs');
  reportRealm(
    'Node.js: worker thread',
    cellsOf(...(await report(node, ['worker.mjs'], { cwd, env: env() }))),
  );
});

test('require() gives the package', async () => {
  const result = await report(node, ['--no-warnings', 'require.cjs'], {
    cwd: stage('require.cjs'),
  });
  expect(result.features).toEqual(['data']);
});

test('node --test passes, and ends', async () => {
  const { code, out } = await runProgram(node, ['--test', 'node-test.mjs'], {
    cwd: stage('node-test.mjs'),
  });
  expect(out).toMatch(/# pass 2\n# fail 0/);
  expect(code).toBe(0);
});

test('Connections that have not connected, and that nobody closes, keep no process alive', async () => {
  const cwd = stage('abandoned.mjs');
  const overUdp = await report(node, ['abandoned.mjs'], { cwd });
  const overRelay = await report(node, ['abandoned.mjs'], { cwd, env: env() });
  expect([overUdp, overRelay]).toEqual(Array(2).fill(['new', 'new', 'complete']));
});

describe('One file of CommonJS, with the engine and the codecs in it,', () => {
  let cwd;

  beforeAll(async () => {
    cwd = stage('bundled.js');
    const { warnings } = await build({
      absWorkingDir: cwd,
      entryPoints: ['bundled.js'],
      outfile: join(cwd, 'out/app.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      loader: { '.wasm': 'binary' },
      // The package asks for its own address only when it is not given the bytes.
      logOverride: { 'empty-import-meta': 'silent' },
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    cwd = join(cwd, 'out');
  });

  test('runs by itself', async () => {
    const { features } = await report(node, ['app.cjs'], { cwd });
    expect(features).toEqual(['data', 'media']);
  });

  test('runs as an executable of its own', async () => {
    const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
    const config = { main: 'app.cjs', output: 'app.blob', disableExperimentalSEAWarning: true };
    writeFileSync(join(cwd, 'sea.json'), JSON.stringify(config));
    const made = await runProgram(node, ['--experimental-sea-config', 'sea.json'], { cwd });
    expect(made.code).toBe(0);
    const app = join(cwd, 'app');
    copyFileSync(node, app);
    chmodSync(app, 0o755);
    const postject = stagedModule('postject/dist/cli.js');
    const args = [app, 'NODE_SEA_BLOB', 'app.blob', '--sentinel-fuse', fuse];
    const injected = await runProgram(node, [postject, ...args], { cwd });
    expect(injected.code).toBe(0);
    const { features } = await report(app, [], { cwd });
    expect(features).toEqual(['data', 'media']);
  });
});
