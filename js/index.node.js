// The package in Node.js (and in Deno and Bun through their node: modules), on real UDP sockets.

import { makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { receiveTransformsAt } from './api/transform-scope.js';
import { acceptHostObjects } from './api/webidl/convert.js';
import createEngine, { openEngine } from './engine.node.js';
import { provideCodec } from './media/index.js';
import { UdpNetwork } from './net/udp-network.js';
import { version } from './version.js';

export * from './exports.js';
export { RelayNetwork, UdpNetwork } from './net/index.node.js';
/** For `webrtc-wasm/testing`; not for applications. */
export * as internals from './api/testing-hooks.js';

export const init = makeInit(createEngine);

offerInspection(version);
setNetworkFactory((relay) => new UdpNetwork({ relay }));
// Read and compiled when the first connection asks for it, so that an import costs next to nothing.
setEngineSource(openEngine);
for (const name of /** @type {const} */ (['opus', 'vp8'])) {
  provideCodec(name, () => {
    const file = new URL(`../dist/webrtc-${name}.wasm`, import.meta.url);
    return process.getBuiltinModule('node:fs').readFileSync(file);
  });
}

// Asked for late: node:worker_threads takes milliseconds to load.
const threads = () => process.getBuiltinModule('node:worker_threads');
acceptHostObjects('Worker', (value) => value instanceof threads().Worker);
// In workers, Node.js marks what they may not do.
if (/** @type {any} */ (process.abort).disabled) {
  receiveTransformsAt(() => threads().parentPort);
}
