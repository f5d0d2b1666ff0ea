// `webrtc-wasm/inspect` in pages and workers.

import { inspection, version } from './index.js';
import { useInspection } from './inspect/hub.js';

export * from './inspect/index.js';

useInspection(inspection, version);
