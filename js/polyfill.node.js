// `import 'webrtc-wasm/polyfill'` fills in the WebRTC globals that Node.js lacks.

import { install } from './index.node.js';

export { install };

/** Takes the globals away again that this import has set. */
export const restore = install();
