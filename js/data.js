// `webrtc-wasm/data` in pages, workers and edge runtimes: data channels alone, in half of the bytes.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-data.mjs';
import { loadEngine, makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { closeWithPage } from './api/page-end.js';
import { setNetworkFactory } from './api/runtime.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './data-exports.js';
export { RelayNetwork } from './net/relay-network.js';

export const init = makeInit(createEngine);

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
closeWithPage();
await loadEngine(createEngine);
