// Records a session and writes what went over its sockets, for Wireshark.
//
//   node examples/capture.js call.pcapng [--decrypt]
//
// With --decrypt the keys of DTLS are in the file: whoever has it reads everything.

import { writeFileSync } from 'node:fs';
import { RTCPeerConnection } from 'webrtc-wasm';
import { Inspector } from 'webrtc-wasm/inspect';
import { greet } from './browser/greet.js';

const [path = 'call.pcapng', ...options] = process.argv.slice(2);
const decrypt = options.includes('--decrypt');

const inspector = new Inspector({ all: true, packets: true, secrets: decrypt });
console.log(await greet(RTCPeerConnection));
writeFileSync(path, await inspector.pcapng({ decrypt }));
for (const { id, timeline, packets } of inspector.connections) {
  console.log(`connection ${id}: ${timeline.length} entries, ${packets.count} packets`);
}
inspector.close();
