// The page in which tools/compare.mjs runs scenarios: the browser's own implementation beside the package.

import * as ours from '/js/index.js';
import { compareScenario, knownDifferences, explain, scenarios } from '/js/compare/index.js';

/**
 * @param {{ relay: object, name: string, browser: string }} options
 * @returns {Promise<any>} a comparison as JSON
 */
globalThis.runComparison = async ({ relay, name, browser }) => {
  ours.configure({ relay });
  const scenario = scenarios.find((one) => one.name === name);
  const implementations = { native: globalThis, 'webrtc-wasm': ours };
  const { traces, ...comparison } = await compareScenario(scenario, implementations);
  return { ...explain(comparison, browser, knownDifferences), traces };
};
globalThis.isReady = true;
