// Media to and from peers over a network that loses some: both sides ask for what is missing, and send
// it again.

import { fakeCodecs } from './support/encoded-frames.js';
import { expectFramesBack } from './support/encoded-tests.js';
import { aiortc, werift, wrtc } from './support/implementations.js';
import { LossyNetwork, kLosses } from './support/lossy-network.js';
import { expectMediaBothWays } from './support/media-tests.js';
import { oursOn } from './support/networks.js';
import { Peer } from './support/peer.js';
import { echoing } from './support/rtp-echo.js';
import { onEnd } from './support/waiting.js';

function us() {
  const network = new LossyNetwork(kLosses);
  onEnd(() => network.close());
  return new Peer(oursOn(network));
}

/** @param {string} type of a statistics record */
const isOf = (type) => (record) => record.type === type;

test.each(['VP8', 'H264'])(
  '%s frames come back from werift complete though every tenth packet is lost each way',
  async (name) => {
    const codec = fakeCodecs[name];
    const end = us();
    await expectFramesBack(end, new Peer(echoing(werift, codec)), codec, true);
    const stats = [...(await end.pc.getStats()).values()];
    const { nackCount, retransmittedPacketsSent } = stats.find(isOf('outbound-rtp'));
    const { nackCount: asked, retransmittedPacketsReceived } = stats.find(isOf('inbound-rtp'));
    expect(Math.min(nackCount, retransmittedPacketsSent)).toBeGreaterThan(0);
    expect(Math.min(asked, retransmittedPacketsReceived)).toBeGreaterThan(0);
  },
);

test.each([wrtc, aiortc])(
  'pictures and tones pass between $name and us though every tenth packet is lost each way',
  async (other) => {
    await expectMediaBothWays(us(), new Peer(other));
  },
);
