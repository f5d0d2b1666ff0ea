// `import 'webrtc-wasm/polyfill'` fills in the WebRTC globals that a page or worker lacks.

import { install } from './index.js';

export { install };

/** Takes the globals away again that this import has set. */
export const restore = install();
