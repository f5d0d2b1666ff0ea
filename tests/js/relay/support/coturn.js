// Debian's coturn on loopback, as an upstream and as a source of test clients.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './harness.js';

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts coturn with a shared secret; resolves once it accepts connections. */
export async function startCoturn({ secret, port: wanted }) {
  const port = wanted ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'coturn-'));
  const child = spawn(
    '/usr/bin/turnserver',
    [
      ...['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'],
      ...['--listening-port', `${port}`, '--min-port', '50000', '--max-port', '59999'],
      ...['--realm', 'test', '--use-auth-secret', '--static-auth-secret', secret],
      ...['--allow-loopback-peers', '--no-tls', '--no-dtls', '--no-cli', '--fingerprint'],
      ...['--userdb', join(folder, 'db'), '--pidfile', join(folder, 'pid')],
      ...['--log-file', 'stdout', '--simple-log', '--verbose'],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onCleanup(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise((resolve, reject) => {
    let text = '';
    const read = (data) => {
      text += data;
      // One line per listener; the TCP one is the last that is needed.
      if (/TCP listener opened on/i.test(text)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`coturn ended with ${code}: ${text}`)));
  });
  return { port, stop, address: { host: '127.0.0.1', port, tls: false } };
}
