// Older Chromiums: those inside of Debian's Qt WebEngine packages. Driven over the DevTools protocol.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { inRoot } from '../lib/paths.mjs';
import { ensurePackages } from '../setup/debian.mjs';
import { pagePeer } from './page.mjs';

const kPatienceMs = 20_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param {5 | 6} qt
 * @returns {Promise<import('./record.mjs').OpenPeer>}
 */
export async function openQtWebEngine(qt) {
  await ensurePackages(`recording Qt ${qt} WebEngine`, {
    [`python3-pyqt${qt}.qtwebengine`]: `python:PyQt${qt}.QtWebEngineCore`,
  });
  const port = await freePort();
  const script = inRoot('tools/record-sdp/peers/qtwebengine.py');
  const child = spawn('/usr/bin/python3', [script, String(qt)], {
    env: {
      ...process.env,
      QT_QPA_PLATFORM: 'offscreen',
      QTWEBENGINE_DISABLE_SANDBOX: '1',
      QTWEBENGINE_REMOTE_DEBUGGING: `127.0.0.1:${port}`,
      QTWEBENGINE_CHROMIUM_FLAGS: '--disable-gpu',
    },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const end = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const deadline = Date.now() + kPatienceMs;
    const get = async (/** @type {string} */ path) =>
      (
        await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1000) })
      ).json();
    const loadedPage = async () => {
      for (;;) {
        const pages = await get('/json/list').catch(() => []);
        const loaded = pages.find(
          (/** @type {{ title: string }} */ { title }) => title === 'ready',
        );
        if (loaded) return loaded;
        if (Date.now() > deadline || child.exitCode !== null) throw new Error('no page is loaded');
        await delay(100);
      }
    };
    const page = await loadedPage();
    const version = await get('/json/version');
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await once(socket, 'open');
    const closed = once(socket, 'close').then(() => {
      throw new Error('the page is gone');
    });
    closed.catch(() => {});
    let calls = 0;
    const evaluate = async (/** @type {string} */ expression) => {
      const id = ++calls;
      const answered = new Promise((resolve) => {
        const listener = (/** @type {import('ws').RawData} */ data) => {
          const message = JSON.parse(String(data));
          if (message.id !== id) return;
          socket.off('message', listener);
          resolve(message);
        };
        socket.on('message', listener);
      });
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
      const { error, result } = await Promise.race([answered, closed]);
      if (error) throw new Error(error.message);
      if (result.exceptionDetails) throw new Error(result.result.description);
      return result.result.value;
    };
    return {
      version: /Chrome\/(\S+)/.exec(version['User-Agent'])?.[1] ?? 'unknown',
      ...pagePeer(evaluate),
      async close() {
        socket.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
