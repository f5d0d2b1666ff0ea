// For test environments: an instance of the package of its own in the realm that tests run in. Its errors,
// promises, events and arrays are those that the tests see; its time and its sockets are not what they fake.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/**
 * @typedef {object} EnvironmentOptions
 * @property {import('./net/relay-network.js').RelaySource} [relay]  as for configure()
 * @property {boolean} [force]  takes the place of an RTCPeerConnection that is there already
 */

/** What a test may fake, or a window of jsdom lacks. */
export const standIns = {
  require: createRequire(import.meta.url),
  process,
  URL,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  queueMicrotask,
  performance,
  fetch,
  structuredClone,
  MessageChannel,
  ReadableStream,
  WritableStream,
  TransformStream,
  TextEncoder,
  TextDecoder,
  // A window's would say that it comes from there. Before Node.js 22 there is none: `ws` takes its place.
  WebSocket: globalThis.WebSocket,
  WebAssembly,
};

const scriptUrl = new URL('../dist/webrtc-wasm.realm.js', import.meta.url);

/** Read and parsed once for all environments of a process. @type {Script | undefined} */
let script;

function realmScript() {
  script ??= new Script(readFileSync(scriptUrl, 'utf8'), { filename: fileURLToPath(scriptUrl) });
  return script;
}

/**
 * Installs the interfaces, and `webrtcWasm` with all that the package exports, as globals.
 * @param {any} global  of the realm
 * @param {(script: Script) => any} run  in the realm; gives the script's value
 * @param {EnvironmentOptions} [options]
 * @returns {() => Promise<void>} closes every connection that is left, and takes the globals away
 */
export function openRealm(global, run, { relay, force = false } = {}) {
  const given = { ...standIns, WebAssembly: webAssemblyOf(global) };
  const { internals, ...api } = run(realmScript())(given, scriptUrl.href);
  if (relay !== undefined) api.configure({ relay });
  const restore = api.install({ target: global, force });
  Object.defineProperty(global, 'webrtcWasm', {
    value: api,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  return async () => {
    internals.closeConnections();
    internals.closeNetwork();
    // What closing has queued comes while there is a realm for it.
    await new Promise((done) => setImmediate(done));
    restore();
    delete global.webrtcWasm;
  };
}

/**
 * Messages come in buffers of the engine's memory, which are of the realm of WebAssembly. Jest's environment for
 * Node.js has the ArrayBuffer of the realm around it, Vitest's jsdom that of a window.
 * @param {any} global
 * @returns {typeof WebAssembly}
 */
function webAssemblyOf(global) {
  const candidates = [global.WebAssembly, WebAssembly, global.jsdom?.window.WebAssembly];
  const fits = (/** @type {typeof WebAssembly | undefined} */ candidate) =>
    candidate && new candidate.Memory({ initial: 0 }).buffer instanceof global.ArrayBuffer;
  return candidates.find(fits) ?? WebAssembly;
}
