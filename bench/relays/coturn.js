import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './processes.js';

export const title = 'coturn';

const user = { username: 'bench', password: 'bench' };

export async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'webrtc-bench-coturn-'));
  const port = await freePort();
  const server = await startServer(
    '/usr/bin/turnserver',
    [
      ...['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'],
      ...['--listening-port', `${port}`, '--realm', 'bench', '--lt-cred-mech'],
      ...['--user', `${user.username}:${user.password}`, '--allow-loopback-peers'],
      ...['--no-tls', '--no-dtls', '--no-cli', '--no-rfc5780', '--log-file', 'stdout'],
      ...['--simple-log', '--verbose', '--userdb', join(folder, 'db')],
      ...['--pidfile', join(folder, 'pid')],
    ],
    /TCP listener opened on/i,
  );
  return {
    pids: [server.pid],
    transports: { udp: port, tcp: port },
    user: () => user,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
