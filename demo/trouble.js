// What went wrong, in words that say what to do.

/**
 * The title and the advice for a candidate error.
 * @param {{errorCode: number, errorText: string, url: string}} error
 * @returns {{title: string, text: string}}
 */
export function explainCandidateError({ errorCode, errorText, url }) {
  if ([401, 403, 441].includes(errorCode)) {
    return {
      title: 'The relay refused the credentials.',
      text: 'They are wrong or out of date. Reload the page to be given new ones.',
    };
  }
  if (errorCode === 486) {
    return {
      title: 'The relay has no room.',
      text: 'Its quota of allocations is used up. Close other sessions and try again.',
    };
  }
  if (errorCode === 701) {
    return {
      title: 'The relay cannot be reached.',
      text: `Nothing answers at ${url || 'its address'}. Is “npm start” still running?`,
    };
  }
  return { title: `The relay answered with an error (${errorCode}).`, text: errorText };
}

/**
 * For a connection that failed, by what its transports say.
 * @param {import('./connection.js').DemoPeer} peer
 * @param {string} name
 */
export function explainFailure({ pc, dtlsError }, name) {
  const other = name === 'A' ? 'B' : 'A';
  const text =
    'Its certificate is not the one that the session description announced. No data was exchanged.';
  if (dtlsError?.errorDetail === 'fingerprint-failure') {
    return { title: `Peer ${name} could not verify peer ${other}.`, text };
  }
  if (dtlsError?.receivedAlert) {
    return { title: `Peer ${other} refused peer ${name}.`, text };
  }
  if (pc.sctp?.transport?.state === 'failed') {
    return {
      title: `Peer ${name} and peer ${other} could not verify each other.`,
      text: 'A certificate is not the one that the session description announced. No data was exchanged.',
    };
  }
  return {
    title: `Peer ${name} cannot reach peer ${other}.`,
    text: 'No pair of candidates works (any more). “Restart ICE” gathers anew; the relay must be up and allowed to reach the peer’s address.',
  };
}
