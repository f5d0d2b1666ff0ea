// Scenarios on two implementations.

import { diffTraces } from './diff.js';
import { runScenario } from './run.js';

/** @typedef {import('./scenario.js').Scenario} Scenario */
/** @typedef {import('./diff.js').Comparison} Comparison */
/** @typedef {import('./recorder.js').Trace} Trace */

/**
 * Runs a scenario on one implementation, then on the other, and compares what both did.
 * @param {Scenario} scenario
 * @param {Record<string, any>} implementations two of them, by name: the first is the left side
 * @returns {Promise<Comparison & { traces: Trace[] }>}
 * @throws {TypeError} when there are not two
 */
export async function compareScenario(scenario, implementations) {
  const sides = Object.entries(implementations);
  if (sides.length !== 2)
    throw new TypeError('two implementations are compared, no more and no less');
  /** @type {Trace[]} */
  const traces = [];
  for (const [name, api] of sides) traces.push(await runScenario(scenario, api, { name }));
  return { ...diffTraces(traces[0], traces[1], scenario), traces };
}

/**
 * Compares one scenario after the other.
 * @param {Iterable<Scenario>} scenarios
 * @param {Record<string, any>} implementations
 * @param {(comparison: Comparison, index: number) => void} [onresult] told of each as it is done
 * @returns {Promise<(Comparison & { traces: Trace[] })[]>}
 */
export async function compareAll(scenarios, implementations, onresult) {
  /** @type {(Comparison & { traces: Trace[] })[]} */
  const all = [];
  for (const scenario of scenarios) {
    const comparison = await compareScenario(scenario, implementations);
    all.push(comparison);
    onresult?.(comparison, all.length - 1);
  }
  return all;
}
