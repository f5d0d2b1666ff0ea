// Workers for edge runtimes, bundled as for Cloudflare Workers: their .wasm files are modules beside the script. And
// two ways to run them.

import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryOf, stage } from './processes.js';

/** The programs, each a worker of its own, and the modules that its bundle imports. */
const kWorkers = {
  'edge-worker': ['webrtc.wasm', 'webrtc-opus.wasm', 'webrtc-vp8.wasm'],
  'edge-data': ['webrtc-data.wasm'],
  'edge-testing': ['webrtc.wasm', 'webrtc-opus.wasm', 'webrtc-vp8.wasm', 'webrtc-relay.wasm'],
};
const names = Object.keys(kWorkers);

/** @param {string[]} programs besides */
async function bundle(...programs) {
  const directory = stage(...names.map((name) => `${name}.js`), ...programs);
  await build({
    absWorkingDir: directory,
    entryPoints: names.map((name) => `${name}.js`),
    outdir: join(directory, 'out'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'silent',
  });
  return directory;
}

const workerOf = (name) => `(
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "${name}.js", esModule = embed "${name}.js"),
    ${kWorkers[name].map((file) => `(name = "${file}", wasm = embed "${file}")`).join(', ')},
  ],
)`;

const list = (line) => names.map((name) => `    ${line(name)},\n`).join('');

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
${list((name) => `(name = "${name}", worker = ${workerOf(name)})`)}
    (name = "internet", network = (allow = ["local", "private", "public"])),
  ],
  sockets = [
${list((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`)}
  ],
);
`;

/**
 * @typedef {object} Edge
 * @property {Record<string, string>} addresses  by the name of the worker
 * @property {() => void} stop
 */

/**
 * Reads what a process says of itself, until it has said enough.
 * @template T
 * @param {import('node:child_process').ChildProcess} child
 * @param {import('node:stream').Readable} output
 * @param {(message: any) => T | undefined} see
 * @returns {Promise<T>}
 */
function hear(child, output, see) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`it ended with ${code}`)));
    output.setEncoding('utf8').on('data', (text) => {
      for (const line of text.trim().split('\n')) {
        const seen = see(JSON.parse(line));
        if (seen) resolve(seen);
      }
    });
  });
}

/** workerd by itself. @returns {Promise<Edge>} */
export async function startWorkerd() {
  const out = join(await bundle(), 'out');
  writeFileSync(join(out, 'config.capnp'), config);
  const { platform, arch } = process;
  const binary = binaryOf(
    '@cloudflare',
    new RegExp(`^workerd-${platform}-${arch === 'x64' ? '64' : arch}$`),
    'bin/workerd',
  );
  const runtime = spawn(binary, ['serve', '--control-fd=3', 'config.capnp'], {
    cwd: out,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const heard = {};
  const addresses = await hear(runtime, runtime.stdio[3], ({ event, socket, port }) => {
    if (event === 'listen') heard[socket] = `http://127.0.0.1:${port}/`;
    return names.every((name) => name in heard) ? heard : undefined;
  });
  return { addresses, stop: () => void runtime.kill() };
}

/** Miniflare, over the workerd that comes with it. @returns {Promise<Edge>} */
export async function startMiniflare() {
  const cwd = await bundle('miniflare.mjs');
  const runtime = spawn(process.execPath, ['miniflare.mjs', JSON.stringify(kWorkers)], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const addresses = await hear(runtime, runtime.stdout, (message) => message);
  return { addresses, stop: () => void runtime.stdin.end() };
}
