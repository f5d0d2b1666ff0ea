// Encoded frames to peers that know RTP and no codec, and back.

import { expectFramesBack } from './support/encoded-tests.js';
import { fakeCodecs } from './support/encoded-frames.js';
import { ours, werift } from './support/implementations.js';
import { Peer } from './support/peer.js';
import { echoing } from './support/rtp-echo.js';

// The other ways are in the matrix.
const cases = [
  ...werift.echoes.map((codec) => ({ codec, weOffer: true, who: 'we offer' })),
  ...['VP8', 'opus'].map((codec) => ({ codec, weOffer: false, who: 'they offer' })),
];

test.each(cases)(
  '$codec frames come back from werift as they were, $who',
  async ({ codec, weOffer }) => {
    const format = fakeCodecs[codec];
    await expectFramesBack(new Peer(ours), new Peer(echoing(werift, format)), format, weOffer);
  },
);
