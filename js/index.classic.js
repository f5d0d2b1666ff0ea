// The package as one classic script (a page without modules, a service worker): it has no top-level
// await, so the engine's bytes are inside, packed, and it is there when the script has run.
//
// `webrtc-wasm/single` is made of the same file (index.single.js).

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.mjs';
// @ts-ignore the build packs it (tools/build/packing.mjs)
import packed from '../dist/webrtc.wasm';
import { instantiateNow } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { closeWithPage } from './api/page-end.js';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { receiveTransforms } from './api/transform-scope.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { unpack } from './api/unpack.js';
import { provideCodec } from './media/index.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './exports.js';
export { RelayNetwork } from './net/relay-network.js';

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
// Beside the script in a page, beside the worker's own script in a worker; fetched when a track first
// needs them. Elsewhere it takes a provideCodec() of the application's.
const script = globalThis.document?.currentScript;
const base = script && 'src' in script && script.src ? script.src : globalThis.location?.href;
for (const name of /** @type {const} */ (['opus', 'vp8'])) {
  if (base) provideCodec(name, () => new URL(`webrtc-${name}.wasm`, base));
}
// Unpacked and compiled when the first connection is made, which takes some tens of milliseconds.
setEngineSource(() => instantiateNow(createEngine, new WebAssembly.Module(unpack(packed))));
closeWithPage();
receiveTransforms()();
