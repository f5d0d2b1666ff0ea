// `webrtc-wasm/inspect`, in every realm. It loads no engine: the instances of the package are found, whichever entries the
// application imports, before or after.

import { useVersion } from './inspect/hub.js';
import { version } from './version.js';

export * from './inspect/index.js';

useVersion(version);
