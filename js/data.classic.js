// `webrtc-wasm/data` as one classic script, with the engine's bytes inside, as index.classic.js is.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-data.mjs';
// @ts-ignore the build packs it (tools/build/packing.mjs)
import packed from '../dist/webrtc-data.wasm';
import { instantiateNow } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { closeWithPage } from './api/page-end.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { unpack } from './api/unpack.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './data-exports.js';
export { RelayNetwork } from './net/relay-network.js';

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
closeWithPage();
setEngineSource(() => instantiateNow(createEngine, new WebAssembly.Module(unpack(packed))));
