// The page's side of tests/conformance/support/environment.js.

import { expect } from '/generated/expect.js';
import { makeRealm } from './realm-page.js';
import { run } from './run.js';

/** @type {Map<string, [body: () => Promise<void>, timeoutMs?: number]>} */
const tests = new Map();

globalThis.expect = expect;
globalThis.test = (name, ...rest) => tests.set(name, rest);

globalThis.prepare = async (target, services) => {
  globalThis.realm = await makeRealm(target, services);
};

/** @param {string} file of tests */
globalThis.load = async (file) => {
  await import(`../${file}.test.js`);
};

/**
 * @param {string} name
 * @returns {Promise<string | null>} why it failed
 */
globalThis.runTest = async (name) => {
  try {
    await run(...tests.get(name));
    return null;
  } catch (error) {
    return error?.stack ?? String(error);
  }
};

/**
 * Does in this page what a test does elsewhere.
 * @param {string} script beside this one, whose default export is called
 * @param {unknown} argument
 */
globalThis.serve = async (script, argument) => (await import(script)).default(argument);
