// A stock coturn on loopback, and websockify in front of it.

import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kOwnAddress } from './networks.js';
import { startProcess } from './processes.js';

const kLoopback = '127.0.0.1';

/** One that nobody listens on. */
async function freePort() {
  const server = createServer().listen(0, kLoopback);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts coturn; `stop` ends it. */
export async function startCoturn() {
  const directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-coturn-'));
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const file = join(directory, 'turnserver.conf');
  const settings = [
    `listening-ip=${kLoopback}`,
    `listening-port=${port}`,
    `relay-ip=${kOwnAddress}`,
    'realm=interop.test',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'fingerprint',
    'allow-loopback-peers',
    'no-tls',
    'no-dtls',
    'no-cli',
    'no-rfc5780',
    'relay-threads=1',
    `userdb=${join(directory, 'turndb')}`,
    `pidfile=${join(directory, 'pid')}`,
    'log-file=stdout',
    'simple-log',
    // Tells when it listens.
    'verbose',
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  const coturn = startProcess('/usr/bin/turnserver', ['-c', file]);
  const stop = async () => {
    await coturn.stop();
    rmSync(directory, { recursive: true });
  };
  try {
    await coturn.says(/TCP listener opened on/);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    stop,
    /** Time-limited, as the TURN REST draft has them. */
    user() {
      const username = `${Math.floor(Date.now() / 1000) + 600}:interop`;
      const credential = createHmac('sha1', secret).update(username).digest('base64');
      return { username, credential };
    },
    iceServer(transport) {
      return { urls: `turn:${kLoopback}:${port}?transport=${transport}`, ...this.user() };
    },
  };
}

/**
 * A bridge that knows nothing of TURN.
 * @param {number} targetPort
 */
export async function startWebsockify(targetPort) {
  const port = await freePort();
  const websockify = startProcess(
    '/usr/bin/websockify',
    [`${kLoopback}:${port}`, `${kLoopback}:${targetPort}`],
    { env: { ...process.env, PYTHONUNBUFFERED: '1' } },
  );
  try {
    await websockify.says(/proxying from/);
  } catch (error) {
    await websockify.stop();
    throw error;
  }
  return { url: `ws://${kLoopback}:${port}/`, stop: websockify.stop };
}
