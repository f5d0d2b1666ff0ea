// The inspector as one classic script, global `webrtcWasmInspect`, after dist/webrtc-wasm.classic.js.

import { useInspection } from './inspect/hub.js';

export * from './inspect/index.js';

const { webrtcWasm } = /** @type {any} */ (globalThis);
if (!webrtcWasm) {
  throw new Error(
    'webrtc-wasm.inspect.classic.js comes after webrtc-wasm.classic.js: load that first',
  );
}
useInspection(webrtcWasm.inspection, webrtcWasm.version);
