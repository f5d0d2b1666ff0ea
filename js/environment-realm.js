// For test environments: an instance of the package of its own in the realm that tests run in. Its errors,
// promises, events and arrays are those that the tests see; its time and its sockets are not what they fake.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

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
  // A window's would say that it comes from there. Before Node.js 22 there is none: `ws` takes its place.
  WebSocket: globalThis.WebSocket,
  WebAssembly,
};

const scriptUrl = new URL('../dist/webrtc-wasm.node.mjs', import.meta.url);

/** Read and parsed once for all environments of a process. @type {Script | undefined} */
let script;

function realmScript() {
  script ??= new Script(scriptOf(readFileSync(scriptUrl, 'utf8')), {
    filename: fileURLToPath(scriptUrl),
  });
  return script;
}

/**
 * The bundle for Node.js as a script, for a realm has no modules but by way of a flag. Its value is a function: of what
 * stands in for globals, of the bundle's address, and of what imports packages; it returns what the bundle
 * exports. Lines stay where they are.
 * @param {string} module as tools/build.mjs writes it: one list of exports, at the end; no import but by import()
 * @returns {string}
 */
export function scriptOf(module) {
  const exported = /\bexport\s*\{([^{}]*)\};?\s*(?:\/\/# sourceMappingURL=\S*\s*)?$/.exec(module);
  if (!exported) throw new Error('dist/webrtc-wasm.node.mjs is not as it is built');
  const body = module
    .slice(0, exported.index)
    // Lines may be broken anywhere.
    .replace(/\bimport\s*\.\s*meta\s*\.\s*url\b/g, (found) => `realmScriptUrl${breaksOf(found)}`)
    .replace(/\bimport\s*\(/g, (found) => `importPackage(${breaksOf(found)}`);
  const members = exported[1].split(',').map((one) => {
    const [name, as = name] = one.trim().split(' as ');
    return `${as}:${name}`;
  });
  const head = `'use strict';const {${Object.keys(standIns)}}=standIns;`;
  return `(function(standIns,realmScriptUrl,importPackage){${head}return(()=>{${body}\nreturn{${members}}})()})`;
}

/** @param {string} text */
const breaksOf = (text) => text.replace(/[^\n]/g, '');

/** @param {string} name */
const importPackage = (name) => import(name);

/**
 * Installs the interfaces, and `webrtcWasm` with all that the package exports, as globals.
 * @param {any} global  of the realm
 * @param {(script: Script) => any} run  in the realm; gives the script's value
 * @param {EnvironmentOptions} [options]
 * @returns {() => Promise<void>} closes every connection that is left, and takes the globals away
 */
export function openRealm(global, run, { relay, force = false } = {}) {
  const given = { ...standIns, WebAssembly: webAssemblyOf(global) };
  const { internals, ...api } = run(realmScript())(given, scriptUrl.href, importPackage);
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
    internals.withdrawInspection();
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
