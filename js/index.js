// The package in pages, workers and edge runtimes: `import { RTCPeerConnection } from 'webrtc-wasm'`.

// @ts-ignore made by `npm run build`
import { codecUrls } from '../dist/codecs.mjs';
// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc.mjs';
import { loadEngine, makeInit } from './api/engine-loader.js';
import { offerInspection } from './api/inspection.js';
import { closeWithPage } from './api/page-end.js';
import { setNetworkFactory } from './api/runtime.js';
import { receiveTransforms } from './api/transform-scope.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { provideCodec } from './media/index.js';
import { RelayNetwork } from './net/relay-network.js';
import { version } from './version.js';

export * from './exports.js';
export { RelayNetwork } from './net/relay-network.js';

export const init = makeInit(createEngine);

offerInspection(version);
setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
// Fetched when a track first needs them.
for (const name of /** @type {const} */ (['opus', 'vp8'])) provideCodec(name, codecUrls[name]);
closeWithPage();
// A worker's messages may come while the engine is loaded.
const loaded = receiveTransforms();
await loadEngine(createEngine);
loaded();
