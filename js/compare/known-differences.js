// Every difference between native (left) and ours (right) that was looked into, with the paragraph that
// decides it. An entry names the scenarios that have it, and what of them it explains; the first that fits counts.

import { badInputDifferences } from './known/bad-input.js';
import { negotiationDifferences } from './known/negotiation.js';
import { sessionDifferences } from './known/sessions.js';
import { witnesses } from './witnesses.js';

/** @typedef {import('./explain.js').KnownDifference} KnownDifference */

/** @type {readonly KnownDifference[]} */
export const knownDifferences = [
  ...negotiationDifferences,
  ...sessionDifferences,
  ...badInputDifferences,
].map((one) => ({ ...one, wpt: witnesses[one.id] ?? [] }));
