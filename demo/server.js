// The demo's server: one process with the pages, the relay with its credentials, and rooms for
// signalling; on localhost alone, unless it is told otherwise.
// `npm start [-- --port N] [--listen ADDRESS --allow-peer RANGE] [--tls-cert FILE --tls-key FILE]`.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRelay } from '../js/relay/index.js';

const kDefaultPort = 8080;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'turn-port': { type: 'string' },
    listen: { type: 'string' },
    'allow-peer': { type: 'string', multiple: true },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
  },
});

const directory = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @param {number} httpPort
 * @param {number} turnPort
 */
function start(httpPort, turnPort) {
  return createRelay({
    listen: [values.listen ?? '127.0.0.1'],
    httpPort,
    turnPort,
    tlsCert: values['tls-cert'],
    tlsKey: values['tls-key'],
    issueCredentials: true,
    // The other peer runs on this machine: its browser's addresses are this machine's own.
    allowInterfaces: true,
    allowPeers: ['127.0.0.0/8', '::1/128', ...(values['allow-peer'] ?? [])],
    mounts: [
      { prefix: '/', directory: directory('.') },
      { prefix: '/js/', directory: directory('../js') },
      { prefix: '/dist/', directory: directory('../dist') },
    ],
    signaling: true,
    logLevel: 'warn',
  });
}

const wanted = Number(values.port ?? kDefaultPort);
const turnPort = Number(values['turn-port'] ?? 3478);

let relay;
try {
  relay = await start(wanted, turnPort);
} catch (error) {
  // Somebody else has the usual ports; the demo is not particular about its own.
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE' || values.port)
    throw error;
  relay = await start(0, 0);
}

console.log(`
  webrtc-wasm demo   ${relay.httpUrl}

  Open it in a browser: two peers, one of them WebAssembly, talk through the relay in this process.
  ${new URL('call/', relay.httpUrl)}   is a call between them, with sound and pictures.
  Ctrl+C stops it.
`);

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => relay.close().then(() => process.exit(0)));
}
