// Vitest's environment `node`, or another one, with the WebRTC globals in it. Each test file has an instance
// of its own, whose connections are closed at its end. In vitest.config.js:
//
//   environment: fileURLToPath(import.meta.resolve('webrtc-wasm/vitest-environment')),
//   environmentOptions: { webrtc: { base: 'jsdom', relay: { url, username, credential } } },
//
// `base` is 'node' (by default), 'jsdom', 'happy-dom' or 'edge-runtime'.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInContext } from 'node:vm';
import { openRealm } from './environment-realm.js';

/** @typedef {import('node:vm').Script} Script */
/** @typedef {import('./environment-realm.js').EnvironmentOptions & { base?: string }} VitestOptions */

export default {
  name: 'webrtc-wasm',
  // As for Node.js, for `base` is not known yet.
  viteEnvironment: 'ssr',

  /**
   * @param {any} global
   * @param {{ webrtc?: VitestOptions }} options
   */
  async setup(global, options) {
    const { base: name = 'node', ...webrtc } = options.webrtc ?? {};
    const base = await (await baseOf(name)).setup(global, options);
    const run = (/** @type {Script} */ script) => script.runInThisContext();
    const close = openRealm(global, run, webrtc);
    return {
      /** @param {any} global */
      async teardown(global) {
        await close();
        await base.teardown(global);
      },
    };
  },

  /**
   * For the pools `vmThreads` and `vmForks`.
   * @param {{ webrtc?: VitestOptions }} options
   */
  async setupVM(options) {
    const { base: name = 'node', ...webrtc } = options.webrtc ?? {};
    const base = await (await baseOf(name)).setupVM(options);
    const context = base.getVmContext();
    const run = (/** @type {Script} */ script) => script.runInContext(context);
    const close = openRealm(runInContext('globalThis', context), run, webrtc);
    return {
      getVmContext: () => context,
      async teardown() {
        await close();
        await base.teardown();
      },
    };
  },
};

/**
 * @param {string} name
 * @returns {Promise<any>} one of those that come with the Vitest of this project
 */
async function baseOf(name) {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const { builtinEnvironments } = await import(pathToFileURL(placeOf(require)).href);
  const base = builtinEnvironments[name];
  if (!base) {
    const names = Object.keys(builtinEnvironments).join(', ');
    throw new TypeError(`environmentOptions.webrtc.base is one of ${names}, not ${name}`);
  }
  return base;
}

/** @param {NodeJS.Require} require */
function placeOf(require) {
  try {
    return require.resolve('vitest/runtime');
  } catch {
    // Before Vitest 4.1.
    return require.resolve('vitest/environments');
  }
}
