// The package in the versions of Node.js after 20, the oldest that it is for; each program ends by itself.

import { cellsOf, reportRealm } from '../realms/table.js';
import { report, runProgram, stage, stagedModule } from './support/processes.js';
import { useDeafRelay } from './support/deaf-relay.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();
const deafRelay = useDeafRelay();

const kVersions = [22, 24, 26];
const nodeOf = (version) => stagedModule(`node-${version}-${process.arch}/bin/node`);

describe.each(kVersions)('Node.js %i', (version) => {
  const node = nodeOf(version);

  test('connects an ES module over UDP and over a relay, with media and encoded frames', async () => {
    const env = { RELAY: JSON.stringify(suite.relay.access) };
    const results = await report(node, ['probe.mjs'], { cwd: stage('probe.mjs'), env });
    reportRealm(`Node.js ${version}`, cellsOf(...results));
  });

  test('gives the package to require()', async () => {
    const result = await report(node, ['require.cjs'], { cwd: stage('require.cjs') });
    expect(result.features).toEqual(['data']);
  });

  test('passes node --test, which ends', async () => {
    const args = ['--test', '--test-reporter=tap', 'node-test.mjs'];
    const { code, out } = await runProgram(node, args, { cwd: stage('node-test.mjs') });
    expect(out).toMatch(/# pass 2\n# fail 0/);
    expect(code).toBe(0);
  });
});

// All at once, the one that runs this among them: each waits for some seconds.
test('No version is kept by a relay that does not answer the end of its WebSocket', async () => {
  const env = { RELAY_URL: deafRelay.url };
  const cwd = stage('deaf-relay.mjs');
  const nodes = [process.execPath, ...kVersions.map(nodeOf)];
  const run = (node) => report(node, ['deaf-relay.mjs'], { cwd, env });
  const reports = await Promise.all(nodes.map(run));
  expect(reports).toEqual(nodes.map(() => ['connecting', 'open']));
});
