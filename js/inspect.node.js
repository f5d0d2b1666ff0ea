// `webrtc-wasm/inspect` in Node.js.

import { inspection, version } from './index.node.js';
import { useInspection } from './inspect/hub.js';

export * from './inspect/index.js';

useInspection(inspection, version);
