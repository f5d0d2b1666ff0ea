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

/** The programs, each a worker of its own, and the modules that its bundle imports. */
const kWorkers = {
  'edge-worker': ['webrtc.wasm', 'webrtc-opus.wasm', 'webrtc-vp8.wasm'],
  'edge-data': ['webrtc-data.wasm'],
  'edge-testing': ['webrtc.wasm', 'webrtc-opus.wasm', 'webrtc-vp8.wasm', 'webrtc-relay.wasm'],
};
const names = Object.keys(kWorkers);

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

let runtime;
/** By the name of the worker. @type {Record<string, string>} */
const addresses = {};

/** @param {string} worker @param {object} message @returns {Promise<any>} */
async function ask(worker, message) {
  const response = await fetch(addresses[worker], {
    method: 'POST',
    body: JSON.stringify(message),
  });
  const answer = await response.json();
  if (answer.problem) throw new Error(answer.problem);
  return answer;
}

beforeAll(async () => {
  const cwd = stage(...names.map((name) => `${name}.js`));
  await build({
    absWorkingDir: cwd,
    entryPoints: names.map((name) => `${name}.js`),
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
  await new Promise((resolve, reject) => {
    runtime.on('error', reject);
    runtime.on('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
    runtime.stdio[3].setEncoding('utf8').on('data', (text) => {
      for (const line of text.trim().split('\n')) {
        const { event, port, socket } = JSON.parse(line);
        if (event === 'listen') addresses[socket] = `http://127.0.0.1:${port}/`;
        if (names.every((name) => name in addresses)) resolve();
      }
    });
  });
});

afterAll(() => {
  runtime?.kill();
});

test('A worker connects over a relay, with media and encoded frames', async () => {
  const { access: relay } = suite.relay;
  reportRealm('Edge runtime (workerd)', cellsOf(await ask('edge-worker', { probe: { relay } })));
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
    const { description, candidates } = await ask('edge-worker', {
      relay,
      offer: pc.localDescription,
    });
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

test('A worker with data channels alone connects over a relay, and is inspected', async () => {
  const { received, refusal, recorded, captured } = await ask('edge-data', {
    relay: suite.relay.access,
  });
  expect(received).toEqual(['from b', 'from a']);
  expect(refusal).toBe('NotSupportedError');
  expect(recorded).toHaveLength(2);
  for (const { state, calls } of recorded) {
    expect(state).toBe('closed');
    expect(calls).toEqual(expect.arrayContaining(['setLocalDescription', 'addIceCandidate']));
    // Event handlers run once, though the host's EventTarget would call them as well.
    expect(calls.filter((name) => name === 'send')).toHaveLength(1);
  }
  expect(captured).toBeGreaterThan(1000);
});

test('A worker runs simulations, with a TURN server in them', async () => {
  expect(await ask('edge-testing', {})).toEqual({
    text: 'in virtual time',
    allocations: 2,
    leaks: [],
  });
});
