// ICE restarts: data moves to a pair that was checked with new credentials.

import { negotiate } from './session.js';
import { deferred, within } from './waiting.js';

const ufragIn = ({ sdp }) => /^a=ice-ufrag:(\S+)/m.exec(sdp)[1];

/** The pair that data moves to next. */
function nextSelectedPair(peer) {
  const { iceTransport } = peer.pc.sctp.transport;
  const changed = deferred();
  iceTransport.onselectedcandidatepairchange = () => {
    changed.resolve(iceTransport.getSelectedCandidatePair());
  };
  return within('another selected pair', changed.promise);
}

/**
 * Restarts ICE between connected peers, and waits until we have moved.
 * @param {Peer} us the one that tells which pair it has selected
 * @param {Peer} offerer
 * @param {Peer} answerer
 * @param {object} [options] of negotiate()
 */
export async function restart(us, offerer, answerer, options) {
  const before = [offerer, answerer].map(({ pc }) => ufragIn(pc.localDescription));
  const moved = nextSelectedPair(us);
  const { offer, answer } = await negotiate(offerer, answerer, {
    ...options,
    offer: { iceRestart: true },
  });
  const after = [offer, answer].map(ufragIn);
  expect(after[0]).not.toBe(before[0]);
  expect(after[1] !== before[1]).toBe(answerer.implementation.answersRestarts);
  expect((await moved).local.usernameFragment).toBe(after[us === offerer ? 0 : 1]);
}

/** @typedef {import('./peer.js').Peer} Peer */
