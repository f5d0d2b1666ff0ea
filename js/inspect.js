// `webrtc-wasm/inspect`, in every realm. It loads no engine: the instances of the package are found, whichever entries the
// application imports, before or after.

import { meetingPlaceOf } from './api/meeting-place.js';
import { useVersion } from './inspect/hub.js';
import { version } from './version.js';

export * from './inspect/index.js';

useVersion(version, () => meetingPlaceOf(version));
