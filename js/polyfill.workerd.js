// `import 'webrtc-wasm/polyfill'` gives edge runtimes the WebRTC globals.

import { install } from './index.workerd.js';

export { install };

/** Takes the globals away again that this import has set. */
export const restore = install();
