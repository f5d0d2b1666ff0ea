// The package as one classic script (a page without modules, a service worker): it has no top-level
// await, so the engine's bytes are inside and it is there when the script has run.

// @ts-ignore made by `npm run build`
import createEngine from '../dist/webrtc-sync.mjs';
import { setEngine, setNetworkFactory } from './api/runtime.js';
import { receiveTransforms } from './api/transform-scope.js';
import { UnconfiguredNetwork } from './api/unconfigured-network.js';
import { RelayNetwork } from './net/relay-network.js';

export * from './exports.js';
export { RelayNetwork } from './net/relay-network.js';

setNetworkFactory((relay) => (relay ? new RelayNetwork({ relay }) : new UnconfiguredNetwork()));
setEngine(createEngine());
receiveTransforms()();
