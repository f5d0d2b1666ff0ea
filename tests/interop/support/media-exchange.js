// Media with any peer, by what it can do.

import { fakeCodecs } from './encoded-frames.js';
import { expectFramesBack } from './encoded-tests.js';
import { gstreamer } from './programs.js';
import { expectMediaBothWays, expectTestContent } from './media-tests.js';
import { Peer } from './peer.js';
import { echoing } from './rtp-echo.js';

/**
 * Sound and pictures pass both ways, decoded by a peer that has codecs, sent back by one that has none.
 * @param {() => Promise<Peer>} makeUs our end of another session
 * @param {import('./implementations.js').Implementation} implementation
 * @param {boolean} weOffer
 * @param {(us: Peer) => void} examine our end, once everything has passed
 */
export async function expectMedia(makeUs, implementation, weOffer, examine) {
  for (const name of implementation.echoes ?? []) {
    const us = await makeUs();
    await expectFramesBack(
      us,
      new Peer(echoing(implementation, fakeCodecs[name])),
      fakeCodecs[name],
      weOffer,
    );
    examine(us);
  }
  if (implementation.echoes) return;
  const us = await makeUs();
  const them = new Peer(implementation);
  await (weOffer ? expectMediaBothWays(us, them) : expectMediaBothWays(them, us));
  examine(us);
  if (implementation.create !== gstreamer.create) return;
  await expectTestContent(new Peer(implementation), await makeUs(), !weOffer);
}
