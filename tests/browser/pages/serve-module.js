// The package as a module of this page; its side of a session hangs on `globalThis.servePort`.

import * as api from '/js/index.js';
import { engine } from '/js/api/runtime.js';

const { port1, port2 } = new MessageChannel();
signalling.serve(api, port1, () => engine().liveHandles());
port1.start();
globalThis.servePort = port2;
