// `webrtc-wasm/inspect` in pages and workers. It loads no engine: whichever entry the application imports is
// made of the same modules.

import { inspection } from './api/inspection.js';
import { useInspection } from './inspect/hub.js';
import { version } from './version.js';

export * from './inspect/index.js';

useInspection(inspection, version);
