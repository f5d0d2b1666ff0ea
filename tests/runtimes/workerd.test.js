// The package on an edge runtime: bundled as for Cloudflare Workers, its .wasm files modules beside the
// script, its only sockets WebSockets.

import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as api from '../../dist/webrtc-wasm.node.mjs';
import { cellsOf, reportRealm } from '../realms/table.js';
import { binaryOf, stage } from './support/processes.js';
import { useRelay } from './support/relay.js';

const suite = useRelay();

const kWasm = ['webrtc.wasm', 'webrtc-opus.wasm', 'webrtc-vp8.wasm'];

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local", "private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "edge-worker.js", esModule = embed "edge-worker.js"),
    ${kWasm.map((name) => `(name = "${name}", wasm = embed "${name}")`).join(', ')},
  ],
);
`;

let runtime;
let address;

/** @param {object} message @returns {Promise<any>} */
async function ask(message) {
  const response = await fetch(address, { method: 'POST', body: JSON.stringify(message) });
  const answer = await response.json();
  if (answer.problem) throw new Error(answer.problem);
  return answer;
}

beforeAll(async () => {
  const cwd = stage('edge-worker.js');
  await build({
    absWorkingDir: cwd,
    entryPoints: ['edge-worker.js'],
    outdir: join(cwd, 'out'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'silent',
  });
  const file = join(cwd, 'out', 'config.capnp');
  writeFileSync(file, config);
  const { platform, arch } = process;
  const binary = binaryOf(
    '@cloudflare',
    new RegExp(`^workerd-${platform}-${arch === 'x64' ? '64' : arch}$`),
    'bin/workerd',
  );
  runtime = spawn(binary, ['serve', '--control-fd=3', file], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  address = await new Promise((resolve, reject) => {
    runtime.on('error', reject);
    runtime.on('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
    runtime.stdio[3].setEncoding('utf8').on('data', (text) => {
      for (const line of text.trim().split('\n')) {
        const { event, port } = JSON.parse(line);
        if (event === 'listen') resolve(`http://127.0.0.1:${port}/`);
      }
    });
  });
});

afterAll(() => {
  runtime?.kill();
});

test('A worker connects over a relay, with media and encoded frames', async () => {
  const { access: relay } = suite.relay;
  reportRealm('Edge runtime (workerd)', cellsOf(await ask({ probe: { relay } })));
});

test('A worker is the other end of a connection of Node.js', async () => {
  const relay = suite.relay.access;
  api.configure({ network: new api.RelayNetwork({ relay }) });
  const pc = new api.RTCPeerConnection();
  try {
    const channel = pc.createDataChannel('echo');
    const gathered = new Promise((resolve) => {
      pc.onicegatheringstatechange = () => {
        if (pc.iceGatheringState === 'complete') resolve();
      };
    });
    await pc.setLocalDescription();
    await gathered;
    const { description, candidates } = await ask({ relay, offer: pc.localDescription });
    expect(new Set(candidates)).toEqual(new Set(['relay']));
    const opened = new Promise((resolve) => (channel.onopen = resolve));
    await pc.setRemoteDescription(description);
    await opened;
    const echo = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
    channel.send('from Node.js');
    expect(await echo).toBe('from Node.js');
  } finally {
    pc.close();
    api.configure({ network: undefined });
  }
});
