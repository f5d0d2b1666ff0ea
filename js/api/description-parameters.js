// The few facts that the facade reads out of a session description for RTCIceTransport.

/**
 * ICE credentials of the first section that has any, else those of the session.
 * @param {string | undefined} sdp
 * @returns {import('./transports.js').IceParameters | null}
 */
export function iceParameters(sdp) {
  const usernameFragment = /^a=ice-ufrag:(.*?)\r?$/m.exec(sdp ?? '')?.[1];
  const password = /^a=ice-pwd:(.*?)\r?$/m.exec(sdp ?? '')?.[1];
  if (usernameFragment === undefined || password === undefined) return null;
  return { usernameFragment, password };
}

/**
 * The candidates that a description carries, as RTCIceCandidateInit.
 * @param {string} sdp
 */
export function candidatesOf(sdp) {
  /** @type {{candidate: string, sdpMLineIndex: number, sdpMid: string | null}[]} */
  const candidates = [];
  sdp.split(/^(?=m=)/m).forEach((section, index) => {
    if (index === 0) return;
    const sdpMid = /^a=mid:(.*?)\r?$/m.exec(section)?.[1] ?? null;
    for (const [, candidate] of section.matchAll(/^a=(candidate:.*?)\r?$/gm)) {
      candidates.push({ candidate, sdpMLineIndex: index - 1, sdpMid });
    }
  });
  return candidates;
}
