// Every difference between native and ours that was looked into, with the paragraph that decides it.

/** @type {readonly import('./explain.js').KnownDifference[]} */
export const knownDifferences = [];
