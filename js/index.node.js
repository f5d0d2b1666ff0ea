// The package in Node.js (and in Deno and Bun through their node: modules), on real UDP sockets.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.node.mjs';
import { loadEngine, makeInit } from './api/engine-loader.js';
import { setNetworkFactory } from './api/runtime.js';
import { UdpNetwork } from './net/udp-network.js';

export * from './exports.js';
export { RelayNetwork, UdpNetwork } from './net/index.node.js';

export const init = makeInit(createEngine);

setNetworkFactory((relay) => new UdpNetwork({ relay }));
await loadEngine(createEngine);
