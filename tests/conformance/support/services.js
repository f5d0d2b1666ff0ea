// What all files of a run share, started once and ended once (Jest's globalSetup and globalTeardown):
// a headless Chromium, a relay that serves the pages as well, and a WebSocket server for signalling.
// Their addresses go to the test environments through CONFORMANCE_SERVICES.

import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { chromiumOptions, startRelay } from '../../browser/support/browser.js';
import { bundleExpect } from './expect-bundle.js';

const directory = (path) => fileURLToPath(new URL(`../../../${path}/`, import.meta.url));

/** @type {(() => unknown)[]} */
const closers = [];
let started;

/** Jest calls this once for each project of a run. */
export function start() {
  started ??= startAll();
  return started;
}

export async function stop() {
  for (const close of closers.splice(0).reverse()) await close();
}

async function startAll() {
  const generated = directory('build/conformance');
  await mkdir(generated, { recursive: true });
  await writeFile(`${generated}expect.js`, await bundleExpect());

  const relay = await startRelay({
    mounts: [
      { prefix: '/tests/conformance/', directory: directory('tests/conformance') },
      { prefix: '/generated/', directory: generated },
      { prefix: '/js/', directory: directory('js') },
      { prefix: '/dist/', directory: directory('dist') },
    ],
    // All connections of a run are one user's.
    limits: { maxAllocationsPerUser: 2000, maxConnectionsPerAddress: 2000 },
  });
  closers.push(() => relay.close());

  const signalling = await startSignalling();
  closers.push(signalling.close);

  const browser = await chromium.launchServer(
    chromiumOptions({
      flags: [
        '--autoplay-policy=no-user-gesture-required',
        // Native pages meet on the machine's own addresses, without asking mDNS.
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    }),
  );
  closers.push(() => browser.close());

  const { username, credential } = relay.access;
  process.env.CONFORMANCE_SERVICES = JSON.stringify({
    browser: browser.wsEndpoint(),
    pages: relay.httpUrl,
    relay: relay.access,
    turn: { urls: `turn:127.0.0.1:${relay.ports.turnUdp}`, username, credential },
    stun: { urls: `stun:127.0.0.1:${relay.ports.turnUdp}` },
    signalling: signalling.url,
  });
}

/** A room per path: what a member sends goes to all others in it, as it is. */
async function startSignalling() {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  /** @type {Map<string, Set<import('ws').WebSocket>>} */
  const rooms = new Map();
  server.on('connection', (socket, { url }) => {
    const room = rooms.get(url) ?? new Set();
    rooms.set(url, room.add(socket));
    socket.on('message', (data) => {
      for (const other of room) if (other !== socket) other.send(String(data));
    });
    socket.on('close', () => room.delete(socket));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${http.address().port}/`,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      http.close();
      await once(http, 'close');
    },
  };
}
