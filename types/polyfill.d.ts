// `import 'webrtc-wasm/polyfill'`: the WebRTC globals that the realm lacks, and their types where the
// project's libraries lack them.

import './globals.js';

export { install } from './common.js';

/** Takes the globals away again that this import has set. */
export declare const restore: () => void;
