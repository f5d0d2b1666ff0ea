// For test environments: an instance of the package of its own in the realm that tests run in. Its errors,
// promises, events and arrays are those that the tests see; its time and its sockets are not what they fake.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Script, constants } from 'node:vm';

/**
 * @typedef {object} EnvironmentOptions
 * @property {import('./net/relay-network.js').RelaySource} [relay]  as for configure()
 * @property {boolean} [force]  takes the place of an RTCPeerConnection that is there already
 */

/** What a test may fake, or a window of jsdom lacks. */
export const standIns = {
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
  WebAssembly,
};

const scriptUrl = new URL('../dist/webrtc-wasm.realm.js', import.meta.url);

/** Read and parsed once for all environments of a process. @type {Script | undefined} */
let script;

function realmScript() {
  script ??= new Script(readFileSync(scriptUrl, 'utf8'), {
    filename: fileURLToPath(scriptUrl),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
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
  // The engine's memory gives the buffers that messages come in: Jest's environment for Node.js has this
  // realm's, jsdom has its own.
  const memory = global.ArrayBuffer === ArrayBuffer ? WebAssembly : global.WebAssembly;
  const given = { ...standIns, WebAssembly: memory };
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
