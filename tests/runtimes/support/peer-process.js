// A connection of this process with one of a program (programs/peer.mjs) in another runtime.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as api from '../../../dist/webrtc-wasm.node.mjs';

/** Large enough to need several packets. */
const kBytes = new Uint8Array(100_000).map((_, i) => i * 7);

/**
 * Connects, has 100 kB echoed, and closes; the program has to end by itself.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, relay?: object }} options  relay: of both ends, in place of UDP
 * @returns {Promise<{ echoed: boolean, candidates: string[], code: number | null }>}
 */
export async function echoThrough(command, args, { cwd, relay }) {
  const env = { ...process.env, ...(relay ? { RELAY: JSON.stringify(relay) } : {}) };
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const network = relay ? new api.RelayNetwork({ relay }) : undefined;
  api.configure({ network });
  const pc = new api.RTCPeerConnection();
  api.configure({ network: undefined });
  const say = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  /** @type {Set<string>} */
  const candidates = new Set();
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    candidates.add(candidate.type);
    say({ candidate: candidate.toJSON() });
  };
  const lines = createInterface({ input: child.stdout });
  let queue = Promise.resolve();
  lines.on('line', (line) => {
    const { description, candidate } = JSON.parse(line);
    if (candidate?.candidate) candidates.add(/ typ (\w+)/.exec(candidate.candidate)[1]);
    queue = queue.then(() =>
      candidate ? pc.addIceCandidate(candidate) : pc.setRemoteDescription(description),
    );
  });
  try {
    const channel = pc.createDataChannel('echo');
    channel.binaryType = 'arraybuffer';
    const opened = new Promise((resolve) => (channel.onopen = resolve));
    await pc.setLocalDescription();
    say({ description: pc.localDescription });
    const early = ended.then((code) => Promise.reject(new Error(`it ended with ${code}`)));
    await Promise.race([opened, early]);
    const echo = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
    channel.send(kBytes);
    const echoed = Buffer.from(await Promise.race([echo, early])).equals(kBytes);
    pc.close();
    return { echoed, candidates: [...candidates].sort(), code: await ended };
  } finally {
    pc.close();
    child.kill();
  }
}
