// Known failures of the conformance tests. tests/conformance/expectations.json says why each one
// fails; a failure that is not there and a pass that is there both fail the run.
//
//   { "reasons": { "key": "why", … }, "flaky": ["key", …],
//     "native": { "create-offer": { "name of the test": "key", … }, … }, "webrtc-wasm": …, "node": … }
//
// For the reasons that `flaky` lists, passing is fine as well.

import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';

const file = inRoot('tests/conformance/expectations.json');

/** The implementations that the tests run on. */
export const targets = ['native', 'webrtc-wasm', 'node', 'data'];

/**
 * @param {string} target
 * @param {string} name of the test file
 * @returns {Record<string, { reason: string, isFlaky: boolean }>} by the name of the test
 */
export function knownFailures(target, name) {
  if (!existsSync(file)) return {};
  const expectations = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {Record<string, string>} */
  const known = expectations[target]?.[name] ?? {};
  return Object.fromEntries(
    Object.entries(known).map(([test, key]) => {
      const reason = expectations.reasons[key];
      if (!reason) throw new Error(`expectations.json has no reason “${key}”`);
      return [test, { reason, isFlaky: expectations.flaky.includes(key) }];
    }),
  );
}
