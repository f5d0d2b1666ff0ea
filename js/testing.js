// `webrtc-wasm/testing` in pages and workers.

import './index.js';
import { provideRelay } from './testing/relay.js';

export * from './testing/index.js';

// @ts-ignore made by `npm run build`
provideRelay(() => import('../dist/webrtc-relay.mjs'));
