// What the report calls things.

/**
 * How a comparison stands, as one word; the filters and colours go by it.
 * @typedef {'same' | 'browser' | 'allowed' | 'ours' | 'unexplained'} Standing
 */

/** @type {Record<Standing, { label: string, long: string }>} */
export const kStandings = {
  same: { label: 'same', long: 'Both do the same' },
  browser: { label: 'browser differs', long: 'The specification is on webrtc-wasm’s side' },
  ours: { label: 'we differ', long: 'The specification is on the browser’s side' },
  allowed: { label: 'allowed', long: 'The specification leaves it open' },
  unexplained: { label: 'unexplained', long: 'Nobody has looked into it yet' },
};

/**
 * @param {any} result an explained comparison
 * @param {Map<string, any>} known differences by id
 * @returns {Standing}
 */
export function standingOf(result, known) {
  if (result.same) return 'same';
  if (result.known.includes(null)) return 'unexplained';
  const verdicts = new Set(result.known.map((/** @type {string} */ id) => known.get(id)?.verdict));
  for (const verdict of /** @type {Standing[]} */ (['ours', 'browser'])) {
    if (verdicts.has(verdict)) return verdict;
  }
  return 'allowed';
}

/** @param {string} href @returns {string} what a link to a specification is called */
export function specName(href) {
  const rfc = /rfc(\d+)\.html(?:#section-(.*))?/.exec(href);
  if (rfc) return `RFC ${rfc[1]}${rfc[2] ? ` § ${rfc[2]}` : ''}`;
  const [, document = '', fragment = ''] =
    /w3c\.github\.io\/([^/#]+)\/?(?:#(.*))?/.exec(href) ?? [];
  if (!document) return 'specification';
  const short = fragment.replace(/^(?:dom|dfn)-(?:rtcpeerconnection-|peerconnection-)?/, '');
  return short ? `${document} · ${short}` : document;
}
