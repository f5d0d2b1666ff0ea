// Sends a file. The channel tells when it has room, so the file is never in memory as a whole.
//
//   node examples/node-file-transfer/send.js FILE ws://127.0.0.1:8090

import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { RTCPeerConnection } from 'webrtc-wasm';
import { signal } from '../node-data-channel/signaling.js';

const kChunk = 64 * 1024;
const kMostWaiting = 1024 * 1024;

const [path, url] = process.argv.slice(2);
const pc = new RTCPeerConnection();
const socket = signal(pc, url);
const channel = pc.createDataChannel('file');
channel.bufferedAmountLowThreshold = kMostWaiting / 2;

await new Promise((resolve) => (channel.onopen = resolve));
// It may answer before the file is closed.
const answer = once(channel, 'message');
const file = await open(path);
const { size } = await file.stat();
channel.send(JSON.stringify({ name: basename(path), size }));
for (let sent = 0; sent < size;) {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(kChunk) });
  if (bytesRead === 0) break;
  if (channel.bufferedAmount > kMostWaiting) {
    await new Promise((resolve) => (channel.onbufferedamountlow = resolve));
  }
  channel.send(buffer.subarray(0, bytesRead));
  sent += bytesRead;
}
await file.close();

// The receiver says that it has all.
const [{ data }] = await answer;
console.log(data);
pc.close();
socket.close();
