// The package as a module of a page or a frame, as `globalThis.webrtcWasm`.

import * as api from '/js/index.js';

globalThis.webrtcWasm = api;
