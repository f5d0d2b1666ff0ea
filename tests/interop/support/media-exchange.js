// Media with any peer, by what it can do.

import { fakeCodecs } from './encoded-frames.js';
import { expectFramesBack } from './encoded-tests.js';
import { kLosses } from './lossy-network.js';
import { gstreamer } from './programs.js';
import { expectMediaBothWays, expectTestContent } from './media-tests.js';
import { Peer } from './peer.js';
import { echoing } from './rtp-echo.js';

/**
 * Sound and pictures pass both ways, decoded by a peer that has codecs, sent back by one that has none;
 * and they do when some get lost.
 * @param {(losses?: { arriving?: number, leaving?: number }) => Promise<Peer>} makeUs our end of another
 *        session; on a network that loses so many packets, if it can
 * @param {import('./implementations.js').Implementation} implementation
 * @param {boolean} weOffer
 * @param {(us: Peer) => void} examine our end, once everything has passed
 */
export async function expectMedia(makeUs, implementation, weOffer, examine) {
  const { echoes, losses = kLosses } = implementation;
  if (echoes) {
    for (const name of echoes) await expectEcho(await makeUs(), name);
    await expectEcho(await makeUs(losses), 'VP8');
    return;
  }
  await expectBothWays(await makeUs());
  await expectBothWays(await makeUs(losses));
  if (implementation.create !== gstreamer.create) return;
  await expectTestContent(new Peer(implementation), await makeUs(), !weOffer);

  async function expectEcho(us, name) {
    const them = new Peer(echoing(implementation, fakeCodecs[name]));
    await expectFramesBack(us, them, fakeCodecs[name], weOffer);
    examine(us);
  }

  async function expectBothWays(us) {
    const them = new Peer(implementation);
    await (weOffer ? expectMediaBothWays(us, them) : expectMediaBothWays(them, us));
    examine(us);
  }
}
