// The package as npm publishes it, installed where nothing else is.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TurnClient, Transports } from './support/turn-client.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

let folder;
let installed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-package-'));
  const npm = (args, cwd) =>
    run('npm', args, { cwd, env: { ...process.env, npm_config_offline: '' } });
  const { stdout } = await npm(
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    root,
  );
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await npm(['install', ...quiet, join(folder, filename)], folder);
  installed = join(folder, 'node_modules', 'webrtc-wasm');
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed package in an empty folder', () => {
  it('has the command webrtc-wasm-relay, which helps', async () => {
    const { stdout } = await run('npx', ['--no-install', 'webrtc-wasm-relay', '--help'], {
      cwd: folder,
    });
    expect(stdout).toContain('Usage: webrtc-wasm-relay');
    const { stdout: version } = await run(
      'npx',
      ['--no-install', 'webrtc-wasm-relay', '--version'],
      { cwd: folder },
    );
    const { version: expected } = JSON.parse(await readFile(join(installed, 'package.json')));
    expect(version.trim()).toBe(expected);
  });

  it('starts a relay that serves a client', async () => {
    const command = join(folder, 'node_modules', '.bin', 'webrtc-wasm-relay');
    const relay = spawn(
      command,
      [
        '--port',
        '0',
        '--turn-port',
        '0',
        '--no-mdns',
        '--user',
        'ann:secret',
        '--metrics-port',
        '0',
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ended = once(relay, 'exit');
    try {
      const [data] = await once(relay.stdout, 'data');
      const url = `${data}`.trim();
      expect((await fetch(`${url}health`)).status).toBe(200);
      const client = new TurnClient(
        await Transports.websocket(`${url.replace('http', 'ws')}relay`),
        {
          username: 'ann',
          password: 'secret',
        },
      );
      expect(await client.allocate()).toMatchObject({ ok: true });
      client.close();
    } finally {
      relay.kill('SIGTERM');
    }
    expect((await ended)[0]).toBe(0);
  });

  it('has the relay as a library', async () => {
    const script = join(folder, 'library.mjs');
    await writeFile(
      script,
      `import { createRelay, issueCredentials } from 'webrtc-wasm/relay';
       const relay = await createRelay({ httpPort: 0, turnPort: 0, mdns: false, secrets: ['s'] });
       const { username } = issueCredentials({ secret: 's', ttlSeconds: 60, nowMs: 0, user: 'x' });
       await relay.close();
       console.log(username);`,
    );
    const { stdout } = await run(process.execPath, [script], { cwd: dirname(script) });
    expect(stdout.trim()).toBe('60:x');
  });
});
