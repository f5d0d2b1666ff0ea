// `webrtc-wasm/data` on edge runtimes, as index.workerd.js is the whole of it.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-data.mjs';
// @ts-ignore imports of .wasm are the runtime's and bundlers'
import engineModule from '../dist/webrtc-data.wasm';
import { instantiateNow, makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './data-exports.js';
export { RelayNetwork } from './net/relay-network.js';

export const init = makeInit(createEngine);

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
// When the first connection asks for it: while the worker is loaded there is no chance to draw from.
setEngineSource(() => instantiateNow(createEngine, engineModule));
