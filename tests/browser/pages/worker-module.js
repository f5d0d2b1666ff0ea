// A dedicated module worker with the package in it.

import * as api from '/js/index.js';
import { engine } from '/js/api/runtime.js';
import './signalling.js';

signalling.serve(api, globalThis, () => engine().liveHandles());
