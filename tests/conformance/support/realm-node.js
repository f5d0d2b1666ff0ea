// What tests find in Node.js: the package as an application has it, on real UDP.

import { WebSocket } from 'ws';
import { createLocalTrack, init } from '../../../js/index.node.js';
import '../../../js/polyfill.node.js';
import { engine } from '../../../js/api/runtime.js';

/** @param {any} services addresses of what support/services.js has started */
export async function makeRealm(services) {
  return {
    target: 'node',
    isOurs: true,
    /** There is no other implementation here. */
    reference: undefined,
    services,
    liveHandles: () => engine().liveHandles(),
    /** Connections that are made from now on are of another instance of the engine. */
    freshEngine: () => init(),
    audioTrack: () => createLocalTrack('audio'),
    videoTrack: () => createLocalTrack('video'),
    webSocket: (url) => new WebSocket(url),
    /** Calls the default export of a script of support/ with a peer of its own. */
    elsewhere: async (script, argument) => (await import(script)).default(argument),
  };
}
