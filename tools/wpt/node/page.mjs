// A child process of the runner: one test file in one jsdom window. Arguments: the file's address,
// the script that installs the implementation ('' for none of ours), the target.
// Sends one message, what testharness.js reports.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
// @ts-ignore it comes without declarations
import { JSDOM, VirtualConsole } from 'jsdom';

const [url, script, target] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** What a window of a browser has and one of jsdom lacks, as far as the tests need it. */
const missingFromWindow = {
  MessageChannel,
  MessagePort,
  ReadableStream,
  TextDecoder,
  TextEncoder,
  TransformStream,
  WritableStream,
  setImmediate,
  clearImmediate,
  structuredClone,
};

/** @param {any} window */
function complete(window) {
  // jsdom's classes descend from Node's Function and Object; a window's own ones from its own.
  const ownPrototypes = new Map(
    [Function, Object, Error].map(({ name, prototype }) => [prototype, window[name].prototype]),
  );
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(window))) {
    if (typeof value !== 'function') continue;
    for (const object of [value, value.prototype]) {
      const own = object && ownPrototypes.get(Object.getPrototypeOf(object));
      if (own) Object.setPrototypeOf(object, own);
    }
  }
  for (const [name, value] of Object.entries(missingFromWindow)) {
    if (!(name in window)) {
      Object.defineProperty(window, name, { value, writable: true, configurable: true });
    }
  }
  window.fetch = (/** @type {string} */ path, /** @type {RequestInit} */ init) =>
    fetch(new URL(path, window.location.href), init);
  if (!window.crypto.subtle) {
    Object.defineProperty(window.crypto, 'subtle', { value: crypto.subtle, configurable: true });
  }
  // jsdom loads no srcdoc: a data URL is what comes nearest.
  Object.defineProperty(window.HTMLIFrameElement.prototype, 'srcdoc', {
    set(/** @type {string} */ html) {
      const text = `<!doctype html><script>parent.prepareFrame(self)</script>${html}`;
      this.src = `data:text/html;charset=utf-8,${encodeURIComponent(text)}`;
    },
    configurable: true,
  });
  window.prepareFrame = prepare;
}

/** What a top-level window reports, and to whom. @param {any} window */
function connect(window) {
  window.reportToRunner = (/** @type {object} */ report) => process.send?.(report);
  // As a browser does, and testharness.js relies on.
  const tell = (/** @type {string} */ type, /** @type {object} */ members) =>
    window.dispatchEvent(Object.assign(new window.Event(type), members));
  process.on('unhandledRejection', (reason) => tell('unhandledrejection', { reason }));
  process.on('uncaughtException', (error) => tell('error', { error, message: `${error}` }));
}

/** @param {any} window @param {string} source */
function installOurs(window, source) {
  const names = ['require', 'process', 'Buffer'];
  const run = window.eval(`(function (${names}) {${source}\n})\n//# sourceURL=webrtc-wasm.js`);
  run(require, process, Buffer);
}

/** Another implementation for Node.js, for comparison, with devices of its own. @param {any} window */
function installWrtc(window) {
  const wrtc = require('@roamhq/wrtc');
  for (const [name, value] of Object.entries(wrtc)) {
    if (/^(RTC|MediaStream)/.test(name)) window[name] = value;
  }
  const { mediaDevices } = wrtc;
  Object.defineProperty(window.navigator, 'mediaDevices', { value: mediaDevices });
}

/** @param {any} window of a page or a frame */
function prepare(window) {
  complete(window);
  if (target === 'wrtc') installWrtc(window);
  else installOurs(window, source);
}

const source = script && (await readFile(script, 'utf8'));
// What tests print is no result; neither is what jsdom does not implement.
const virtualConsole = new VirtualConsole();
await JSDOM.fromURL(url, {
  runScripts: 'dangerously',
  resources: 'usable',
  pretendToBeVisual: true,
  virtualConsole,
  beforeParse(/** @type {any} */ window) {
    connect(window);
    prepare(window);
  },
});
