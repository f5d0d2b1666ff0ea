// `webrtc-wasm/data` in Node.js (and in Deno and Bun through their node: modules), on real UDP sockets.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-data.mjs';
import { instantiateNow, makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { host } from './engine-host.node.js';
import { UdpNetwork } from './net/udp-network.js';
import { version } from './version.js';

export * from './data-exports.js';
export { RelayNetwork, UdpNetwork } from './net/index.node.js';

const readBytes = () => {
  const file = new URL('../dist/webrtc-data.wasm', import.meta.url);
  return process.getBuiltinModule('node:fs').readFileSync(file);
};

export const init = makeInit((/** @type {any} */ options = {}) => {
  const isProvided = options.wasmBinary || options.instantiateWasm;
  return createEngine({ ...host, ...options, ...(isProvided ? {} : { wasmBinary: readBytes() }) });
});

offerInspection(version);
setNetworkFactory((relay) => new UdpNetwork({ relay }));
// Read and compiled when the first connection asks for it, so that an import costs next to nothing.
setEngineSource(() => instantiateNow(createEngine, new WebAssembly.Module(readBytes()), host));
