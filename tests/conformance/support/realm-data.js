// What tests find in Node.js with `webrtc-wasm/data`: data channels alone, on real UDP.

import { WebSocket } from 'ws';
import { init, install } from '../../../js/data.node.js';
import { engine } from '../../../js/api/runtime.js';

install();

/** @param {any} services addresses of what support/services.js has started */
export async function makeRealm(services) {
  return {
    target: 'data',
    isOurs: true,
    /** There is no other implementation here. */
    reference: undefined,
    services,
    liveHandles: () => engine().liveHandles(),
    /** Connections that are made from now on are of another instance of the engine. */
    freshEngine: () => init(),
    webSocket: (url) => new WebSocket(url),
    /** Calls the default export of a script of support/ with a peer of its own. */
    elsewhere: async (script, argument) => (await import(script)).default(argument),
  };
}
