// Runs the programs that are here as their heads say.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = (name) => fileURLToPath(new URL(name, import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'webrtc-wasm-examples-'));
const started = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null) continue;
    child.kill();
    await ended;
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What a program that ends has printed. */
const run = (name, ...args) =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [program(name), ...args], (error, stdout, stderr) => {
      if (error) reject(new Error(`${name}: ${error.message}\n${stderr}`));
      else resolve(stdout.trim());
    });
  });

/** The first line of a program that goes on. */
function serve(name, ...args) {
  const child = spawn(process.execPath, [program(name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

test('two peers in processes of their own greet each other', async () => {
  const url = await serve('node-data-channel/server.js', '0');
  const peers = ['alice', 'bob'].map((name) => run('node-data-channel/peer.js', name, url));
  expect(await Promise.all(peers)).toEqual(['hello from bob', 'hello from alice']);
});

test('a file arrives as it was', async () => {
  const url = await serve('node-data-channel/server.js', '0');
  const content = randomBytes(3 * 1024 * 1024 + 17);
  const source = join(directory, 'file.bin');
  writeFileSync(source, content);
  const target = mkdtempSync(join(directory, 'target-'));
  const [received, sent] = await Promise.all([
    run('node-file-transfer/receive.js', target, url),
    run('node-file-transfer/send.js', source, url),
  ]);
  expect(received).toBe(`${content.length} bytes`);
  expect(sent).toBe(`received ${content.length} bytes`);
  expect(readFileSync(join(target, 'file.bin')).equals(content)).toBe(true);
});

test('pictures and sound go from a source to a sink', async () => {
  expect(await run('node-media.js')).toMatch(/^\d+ pictures of \d+ x \d+, \d+ samples$/);
});

test('a capture is written, with the keys only when that is asked for', async () => {
  for (const options of [[], ['--decrypt']]) {
    const file = join(directory, 'call.pcapng');
    const printed = await run('capture.js', file, ...options);
    expect(printed).toMatch(/^hello\nconnection 1: \d+ entries, \d+ packets\nconnection 2/);
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 4).toString('hex')).toBe('0a0d0d0a');
    expect(bytes.includes('CLIENT_RANDOM')).toBe(options.length > 0);
  }
});
