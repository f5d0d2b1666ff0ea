// Which differences are known, and what they are.

/** @typedef {import('./diff.js').Comparison} Comparison */
/** @typedef {import('./diff.js').Difference} Difference */

/**
 * A difference that somebody has looked into.
 * @typedef {object} KnownDifference
 * @property {string} id
 * @property {'browser' | 'allowed' | 'ours'} verdict whose doing it is: a bug or choice of the browser, room
 *   that the specification leaves, or a bug of ours that is still there
 * @property {string} why one sentence
 * @property {string} spec the paragraph that decides
 * @property {readonly string[]} [wpt] subtests of web-platform-tests that decide as well, as
 *   `webrtc/file.html: name`; none where there is none
 * @property {('chromium' | 'firefox')[]} browsers that it was seen in
 * @property {RegExp} [scenario] names of the scenarios that have it
 * @property {RegExp} [path] of the difference
 * @property {(left: any, right: any) => boolean} [values] what native (left) and ours (right) have
 */

/**
 * The known difference that a difference is, if it is one.
 * @param {Difference} difference
 * @param {string} scenario
 * @param {string} browser
 * @param {readonly KnownDifference[]} known
 * @returns {KnownDifference | undefined}
 */
export function explainOne(difference, scenario, browser, known) {
  return known.find(
    (one) =>
      one.browsers.includes(/** @type {any} */ (browser)) &&
      (one.scenario?.test(scenario) ?? true) &&
      (one.path?.test(difference.path) ?? true) &&
      (one.values?.(difference.left, difference.right) ?? true),
  );
}

/**
 * A comparison with what is known of each of its differences.
 * @template {Comparison} T
 * @param {T} comparison of native (left) with ours (right)
 * @param {string} browser
 * @param {readonly KnownDifference[]} known
 * @returns {T & { known: (string | null)[], verdict: 'same' | 'explained' | 'unexplained' }}
 */
export function explain(comparison, browser, known) {
  const ids = comparison.differences.map(
    (difference) => explainOne(difference, comparison.scenario, browser, known)?.id ?? null,
  );
  const verdict = comparison.same ? 'same' : ids.includes(null) ? 'unexplained' : 'explained';
  return { ...comparison, known: ids, verdict };
}

/**
 * @param {readonly { verdict: string, known: (string | null)[] }[]} explained
 * @returns {{ scenarios: number, same: number, explained: number, unexplained: number, differences: number, unexplainedDifferences: number }}
 */
export function summarise(explained) {
  const count = (/** @type {string} */ verdict) =>
    explained.filter((one) => one.verdict === verdict).length;
  const ids = explained.flatMap(({ known }) => known);
  return {
    scenarios: explained.length,
    same: count('same'),
    explained: count('explained'),
    unexplained: count('unexplained'),
    differences: ids.length,
    unexplainedDifferences: ids.filter((id) => id === null).length,
  };
}
