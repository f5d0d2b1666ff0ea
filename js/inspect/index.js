// `webrtc-wasm/inspect`: recordings of connections, as JSON, as a panel, as capture files. docs/inspect.md.

export { Inspector } from './inspector.js';
export { parseDump } from './dump.js';
export { definePanel, mountPanel } from './panel/panel.js';
export { graphsOf } from './panel/graphs.js';
