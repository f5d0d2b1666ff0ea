// The package in Deno and Bun, which take the Node.js entry and have UDP.

import { cellsOf, reportRealm } from '../realms/table.js';
import { echoThrough } from './support/peer-process.js';
import { binaryOf, report, stage } from './support/processes.js';
import { useDeafRelay } from './support/deaf-relay.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();
const deafRelay = useDeafRelay();
const { platform, arch } = process;

describe.each([
  [
    'Deno',
    '@deno',
    new RegExp(`^${platform}-${arch}(-glibc)?$`),
    'deno',
    ['run', '--allow-all', '--quiet'],
  ],
  [
    'Bun',
    '@oven',
    new RegExp(`^bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}$`),
    'bin/bun',
    ['run'],
  ],
])('%s', (name, scope, pattern, path, args) => {
  const binary = () => binaryOf(scope, pattern, path);

  test('connects over UDP and over a relay, with media and encoded frames, and ends by itself', async () => {
    const cwd = stage('probe.mjs');
    const env = { RELAY: JSON.stringify(suite.relay.access) };
    const results = await report(binary(), [...args, 'probe.mjs'], { cwd, env });
    reportRealm(name, cellsOf(...results));
  });

  test('is not kept by a relay that does not answer the end of its WebSocket', async () => {
    const env = { RELAY_URL: deafRelay.url };
    const cwd = stage('deaf-relay.mjs');
    const reports = await report(binary(), [...args, 'deaf-relay.mjs'], { cwd, env });
    expect(reports).toEqual(['connecting', 'open']);
  });

  test('connects with a process of Node.js over UDP', async () => {
    const seen = await echoThrough(binary(), [...args, 'peer.mjs'], { cwd: stage('peer.mjs') });
    expect(seen).toEqual({ echoed: true, candidates: ['host'], code: 0 });
  });

  test('connects with a process of Node.js over a relay', async () => {
    const options = { cwd: stage('peer.mjs'), relay: suite.relay.access };
    const seen = await echoThrough(binary(), [...args, 'peer.mjs'], options);
    expect(seen).toEqual({ echoed: true, candidates: ['relay'], code: 0 });
  });

  test('lets a process end whose connections have not connected', async () => {
    const cwd = stage('abandoned.mjs');
    expect(await report(binary(), [...args, 'abandoned.mjs'], { cwd })).toEqual([
      'new',
      'new',
      'complete',
    ]);
  });
});
