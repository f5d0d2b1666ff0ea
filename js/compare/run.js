// Runs one scenario on one implementation.

import { makeContext } from './context.js';
import { describeError } from './describe.js';
import { profileOf } from './profile.js';
import { Recorder } from './recorder.js';

/** @typedef {import('./recorder.js').Trace} Trace */
/** @typedef {import('./scenario.js').Scenario} Scenario */

/**
 * Resolves with the trace, whatever the scenario comes to: an error that leaves its body, or more time
 * than it is given, is the trace's last entry.
 * @param {Scenario} scenario
 * @param {any} api the implementation: an object with RTCPeerConnection and its family, such as
 *   `globalThis` or the package's exports
 * @param {{ name?: string }} [options] what the implementation is called
 * @returns {Promise<Trace>}
 */
export async function runScenario(scenario, api, { name = 'an implementation' } = {}) {
  const recorder = new Recorder();
  const context = makeContext(api, recorder);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const bound = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it took more than ${scenario.timeout} ms`)),
      scenario.timeout,
    );
  });
  /** @type {any} */
  let value = 'done';
  try {
    await Promise.race([scenario.body(context), bound]);
    await context.idle();
  } catch (error) {
    value = { $error: describeError(error) };
  }
  clearTimeout(timer);
  recorder.add({ kind: 'end', name: 'end', value });
  recorder.end();
  context.cleanUp();
  return {
    scenario: scenario.name,
    implementation: name,
    entries: recorder.entries,
    profile: profileOf(api),
  };
}
