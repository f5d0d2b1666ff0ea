// pion/webrtc: WebRTC in Go, from Debian's source packages.

import { inRoot } from '../../lib/paths.mjs';
import { buildPionProgram } from '../../setup/pion.mjs';
import { startPeer } from '../process-peer.mjs';

export const title = 'pion';

/** @type {Record<string, string>} */
export const lacks = {
  'two-streams': 'its tracks are in one stream each',
  'no-stream': 'its tracks are in one stream each',
  refused: 'it fails where a section of its is refused',
  hold: 'its directions cannot be set',
};

/** @type {import('../scenarios.mjs').OfferScenario[]} */
export const moreOffers = [
  {
    name: 'ice-lite',
    what: 'an ICE lite agent',
    configuration: { lite: true },
    gathered: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'data' }] }],
  },
  {
    name: 'plan-b',
    what: 'Plan B: two tracks of a kind on one m-line',
    planB: true,
    rounds: [{ add: [{ kind: 'audio' }, { kind: 'video' }, { kind: 'video' }, { kind: 'data' }] }],
  },
];

export async function open() {
  const program = await buildPionProgram('recording pion', inRoot('tools/record-sdp/peers/pion'));
  return startPeer(program, []);
}
