// Session descriptions by their meaning, for snapshots and for toMatchSdp.

import { diffValues, kAbsent } from '../compare/diff.js';
import { sdpStructure as structureOf } from '../compare/sdp-structure.js';
import { Tokens } from '../compare/tokens.js';

/**
 * A description as plain data, as `webrtc-wasm/compare` has it: two that mean the same are equal, whoever
 * wrote them and whenever. Random parts are named by their order, codecs go by name, and what means nothing to
 * the peer is left out; docs/testing.md says more. The order of codecs counts.
 * @param {string | { type?: string, sdp?: string }} description
 * @returns {any}
 */
export function sdpStructure(description) {
  const sdp = typeof description === 'string' ? description : (description?.sdp ?? '');
  return structureOf(sdp, { tokens: new Tokens(), common: () => true, ordered: true });
}

/**
 * Where two pieces of plain data differ, in words.
 * @param {any} expected
 * @param {any} received
 * @returns {string[]}
 */
export const differences = (expected, received) =>
  diffValues(expected, received).map(
    ({ path, left, right }) => `${path}: expected ${show(left)}, received ${show(right)}`,
  );

/** @param {any} value */
const show = (value) => (value === kAbsent ? 'nothing' : JSON.stringify(value));
