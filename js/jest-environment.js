// `testEnvironment: 'webrtc-wasm/jest-environment'`: Jest's environment `node`, or another one, with the
// WebRTC globals in it. Each test file has an instance of its own, whose connections are closed at its end.
//
//   testEnvironmentOptions: { webrtc: { base: 'jsdom', relay: { url, username, credential } } }
//
// `base` is 'node' (by default), 'jsdom', or the name or path of any environment.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openRealm } from './environment-realm.js';

/** @typedef {import('./environment-realm.js').EnvironmentOptions & { base?: string }} JestOptions */

/**
 * An environment with the WebRTC globals in it.
 * @param {any} Base  a class of environments
 * @returns {any} a class
 */
export function withWebRTC(Base) {
  return class WebRTCEnvironment extends Base {
    /** @type {JestOptions} */
    #options;
    /** @type {(() => Promise<void>) | undefined} */
    #close;

    /** @param {any} config @param {any} context */
    constructor(config, context) {
      const { projectConfig } = config;
      const { webrtc = {}, ...testEnvironmentOptions } = projectConfig.testEnvironmentOptions ?? {};
      super({ ...config, projectConfig: { ...projectConfig, testEnvironmentOptions } }, context);
      this.#options = webrtc;
    }

    async setup() {
      await super.setup();
      const run = (/** @type {import('node:vm').Script} */ script) =>
        script.runInContext(this.getVmContext());
      this.#close = openRealm(this.global, run, this.#options);
    }

    async teardown() {
      await this.#close?.();
      await super.teardown();
    }
  };
}

/** The environment over the one that `testEnvironmentOptions.webrtc.base` names. */
export default class {
  /** @param {any} config @param {any} context */
  constructor(config, context) {
    const { rootDir, testEnvironmentOptions } = config.projectConfig;
    const Base = baseOf(testEnvironmentOptions?.webrtc?.base ?? 'node', rootDir);
    return new (withWebRTC(Base))(config, context);
  }
}

/**
 * @param {string} name
 * @param {string} rootDir  of the project whose packages are looked through
 */
function baseOf(name, rootDir) {
  const require = createRequire(join(rootDir, 'package.json'));
  const request = name === 'node' || name === 'jsdom' ? `jest-environment-${name}` : name;
  const found = load(require, request);
  return found.TestEnvironment ?? found.default ?? found;
}

/** @param {NodeJS.Require} require @param {string} request */
function load(require, request) {
  try {
    return require(request);
  } catch (error) {
    const isMissing = /** @type {any} */ (error)?.code === 'MODULE_NOT_FOUND';
    if (!isMissing || request !== 'jest-environment-node') throw error;
    // It comes with Jest, but package managers may keep it where only Jest finds it.
    const jest = createRequire(require.resolve('jest/package.json'));
    return createRequire(jest.resolve('jest-cli'))(request);
  }
}
