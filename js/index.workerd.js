// The package on edge runtimes (workerd and what is like it): `.wasm` files are imported as modules, for
// nothing may be compiled there, and there is no socket but WebSocket.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.mjs';
// @ts-ignore imports of .wasm are the runtime's and bundlers'
import engineModule from '../dist/webrtc.wasm';
// @ts-ignore
import opus from '../dist/webrtc-opus.wasm';
// @ts-ignore
import vp8 from '../dist/webrtc-vp8.wasm';
import { instantiateNow, makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { provideCodec } from './media/index.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './exports.js';
export { RelayNetwork } from './net/relay-network.js';

export const init = makeInit(createEngine);

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
// When the first connection asks for it: while the worker is loaded there is no chance to draw from.
setEngineSource(() => instantiateNow(createEngine, engineModule));
provideCodec('opus', opus);
provideCodec('vp8', vp8);
