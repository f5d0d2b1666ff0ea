// `webrtc-wasm/testing` in Node.js.

import './index.node.js';

export * from './testing/index.js';
