// The few facts that the facade reads out of a session description.

/**
 * The candidates that a description carries, as RTCIceCandidateInit.
 * @param {string} sdp
 */
export function candidatesOf(sdp) {
  /** @type {{candidate: string, sdpMLineIndex: number, sdpMid: string | null, usernameFragment: string | null}[]} */
  const candidates = [];
  const ufragOf = (/** @type {string} */ part) => /^a=ice-ufrag:(.*?)\r?$/m.exec(part)?.[1] ?? null;
  const [session, ...sections] = sdp.split(/^(?=m=)/m);
  sections.forEach((section, sdpMLineIndex) => {
    const sdpMid = /^a=mid:(.*?)\r?$/m.exec(section)?.[1] ?? null;
    const usernameFragment = ufragOf(section) ?? ufragOf(session);
    for (const [, candidate] of section.matchAll(/^a=(candidate:.*?)\r?$/gm)) {
      candidates.push({ candidate, sdpMLineIndex, sdpMid, usernameFragment });
    }
  });
  return candidates;
}
