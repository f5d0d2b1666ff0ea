// `webrtc-wasm/testing` in pages and workers.

import './index.js';

export * from './testing/index.js';
