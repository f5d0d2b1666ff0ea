// `webrtc-wasm/single`: the package with the engine's bytes inside, and without top-level await. For
// bundlers and targets that know neither; to load it takes a quarter more bytes.

// @ts-ignore made by `npm run build`
import { codecUrls } from '../dist/codecs.mjs';
// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-sync.mjs';
import { setEngineSource, setNetworkFactory } from './api/runtime.js';
import { receiveTransforms } from './api/transform-scope.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { provideCodec } from './media/index.js';
import { RelayNetwork } from './net/relay-network.js';

export * from './exports.js';
export { RelayNetwork } from './net/relay-network.js';

setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
// Fetched when a track first needs them; who serves nothing beside the script calls provideCodec().
for (const name of /** @type {const} */ (['opus', 'vp8'])) provideCodec(name, codecUrls[name]);
// Compiled when the first connection is made: who imports this on a server pays nothing.
setEngineSource(createEngine);
receiveTransforms()();
