// The inspector as one classic script, global `webrtcWasmInspect`, beside whichever entry of the package.

import { meetingPlaceOf } from './api/meeting-place.js';
import { useVersion } from './inspect/hub.js';
import { version } from './version.js';

export * from './inspect/index.js';

useVersion(version, () => meetingPlaceOf(version));
