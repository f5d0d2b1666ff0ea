// A headless Chromium with one page, and the processor time that its processes have taken. It is driven
// by the few words of the DevTools protocol that this needs: libraries that drive browsers have each
// message of a WebSocket reported to them, which costs as much as the message.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const kChromium = '/usr/bin/chromium';

const kFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Both ends are on one machine, each in a browser of its own.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--remote-debugging-port=0',
];

/** @param {string} url of a page that sets `globalThis.bench` */
export async function openBrowser(url) {
  if (!existsSync(kChromium)) {
    throw new Error(`${kChromium} is not there: apt-get install chromium`);
  }
  const profile = await mkdtemp(join(tmpdir(), 'webrtc-bench-'));
  const process = spawn(kChromium, [...kFlags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => process.once('exit', resolve));
  const close = async () => {
    process.kill('SIGTERM');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const devTools = await DevTools.connect(await addressOf(process));
    const { targetInfos } = await devTools.send('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }) => type === 'page');
    const { sessionId } = await devTools.send('Target.attachToTarget', { targetId, flatten: true });
    /** @param {string} expression  of the page @returns {Promise<any>} JSON */
    const evaluate = async (expression) => {
      const parameters = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
      const { result, exceptionDetails } = await devTools.send(
        'Runtime.evaluate',
        parameters,
        sessionId,
      );
      if (!exceptionDetails) return result.value;
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    };
    await devTools.send('Page.navigate', { url }, sessionId);
    while (!(await evaluate('globalThis.bench !== undefined').catch(() => false))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {
      /** Calls a function of page.js. @param {string} name @param {unknown} [argument] JSON */
      call: (name, argument = null) => evaluate(`bench.${name}(${JSON.stringify(argument)})`),
      /** Seconds that processes have taken so far. */
      async processorTime() {
        const { processInfo } = await devTools.send('SystemInfo.getProcessInfo');
        const sum = (isSo) =>
          processInfo.filter(isSo).reduce((total, { cpuTime }) => total + cpuTime, 0);
        return { page: sum(({ type }) => type === 'renderer'), all: sum(() => true) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param {import('node:child_process').ChildProcess} process @returns {Promise<string>} */
async function addressOf({ stderr }) {
  for await (const line of createInterface({ input: stderr })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (!address) continue;
    stderr.resume();
    return address;
  }
  throw new Error('Chromium ended at once');
}

class DevTools {
  #socket;
  #nextId = 1;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /** @param {WebSocket} socket  that is open */
  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (text) => {
      const { id, result, error } = JSON.parse(text);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result);
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended'));
    });
  }

  /** @param {string} address @returns {Promise<DevTools>} */
  static connect(address) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      socket.on('open', () => resolve(new DevTools(socket)));
      socket.on('error', reject);
    });
  }

  /** @param {string} method @param {object} [params] @param {string} [sessionId] @returns {Promise<any>} */
  send(method, params = {}, sessionId) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }
}
