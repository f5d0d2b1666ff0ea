// `webrtc-wasm/testing` in Node.js.

import './index.node.js';
import { provideRelay } from './testing/relay.js';

export * from './testing/index.js';

// @ts-ignore made by `npm run build`
provideRelay(() => import('../dist/webrtc-relay.node.mjs'));
