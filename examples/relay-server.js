// A relay inside of an HTTP server of your own, for one machine. It serves the pages of examples/browser.
//
//   node examples/relay-server.js [port]

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRelay } from 'webrtc-wasm/relay';

const here = dirname(fileURLToPath(import.meta.url));
const installed = dirname(fileURLToPath(import.meta.resolve('webrtc-wasm/package.json')));

const relay = await createRelay({
  httpPort: Number(process.argv[2] ?? 8080),
  turnPort: 0,
  // GET /credentials gives pages of this origin an account for a while.
  issueCredentials: true,
  // Peers on this machine. A relay for the internet leaves both out.
  allowInterfaces: true,
  allowPeers: ['127.0.0.0/8'],
  mounts: [
    { prefix: '/examples/browser/', directory: join(here, 'browser') },
    { prefix: '/js/', directory: join(installed, 'js') },
    { prefix: '/dist/', directory: join(installed, 'dist') },
  ],
  logLevel: 'warn',
});
console.log(`${relay.httpUrl}examples/browser/page.html`);

process.once('SIGTERM', () => relay.close());
process.once('SIGINT', () => relay.close());
