// `webrtc-wasm/testing` on edge runtimes.

// @ts-ignore made by `npm run build`
import createRelayEngine from '../dist/webrtc-relay.mjs';
// @ts-ignore imports of .wasm are the runtime's and bundlers'
import relayModule from '../dist/webrtc-relay.wasm';
import { instantiateNow } from './api/engine-loader.js';
import './index.workerd.js';
import { provideRelay } from './testing/relay.js';

export * from './testing/index.js';

provideRelay(async () => ({
  default: async () => instantiateNow(createRelayEngine, relayModule),
}));
