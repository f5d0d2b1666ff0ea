// `webrtc-wasm/data` as one classic script, with the engine's bytes inside, as index.classic.js is.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-data.mjs';
// @ts-ignore the bundler makes a Uint8Array of it
import bytes from '../dist/webrtc-data.wasm';
import { instantiateNow } from './api/engine-loader.js';
import { closeWithPage } from './api/page-end.js';
import { setEngine, setNetworkFactory } from './api/runtime.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { RelayNetwork } from './net/relay-network.js';

export * from './data-exports.js';
export { RelayNetwork } from './net/relay-network.js';

setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
closeWithPage();
setEngine(instantiateNow(createEngine, new WebAssembly.Module(bytes)));
