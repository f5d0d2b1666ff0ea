// One test for each cell of the interop matrix that can be run; `npm run interop-matrix` runs them peer
// by peer and prints the table. INTEROP_MATRIX has the words that choose cells.

import {
  expectAllKinds,
  expectAllSizes,
  expectClosing,
  expectManyChannels,
} from '../support/channel-tests.js';
import { ours } from '../support/implementations.js';
import { expectMedia } from '../support/media-exchange.js';
import { LossyNetwork } from '../support/lossy-network.js';
import { kUser, oursOn, oursThroughRelay, startRelay } from '../support/networks.js';
import { Peer } from '../support/peer.js';
import { restart } from '../support/restart.js';
import { connect, expectEcho, expectFileTransfer, noise } from '../support/session.js';
import { onEnd } from '../support/waiting.js';
import { chooseCells } from './cells.js';
import { peers } from './peers.js';

const kFile = noise(128 * 1024);

/** Our end, and the kind of candidate that it talks from. Over UDP packets of media may get lost. */
const sockets = {
  async relay() {
    // It resolves the names behind which browsers hide their addresses.
    const { url } = await startRelay({ mdns: true });
    return { end: new Peer(oursThroughRelay(url, kUser)), type: 'relay' };
  },
  async udp(losses) {
    if (!losses) return { end: new Peer(ours), type: 'host' };
    const network = new LossyNetwork(losses);
    onEnd(() => network.close());
    return { end: new Peer(oursOn(network)), type: 'host' };
  },
};

const cells = chooseCells(process.env.INTEROP_MATRIX?.split(' ')).filter(({ lack }) => !lack);

/** A browser takes a while to start. */
beforeAll(
  () => Promise.all([...new Set(cells.map(({ peer }) => peers[peer.id].start?.()))]),
  90_000,
);

test.each(cells)(
  '$name',
  async ({ peer, socket, offerer, mode }) => {
    if (mode === 'media') {
      let kind;
      const makeUs = async (losses) => {
        const { end, type } = await sockets[socket](losses);
        kind = type;
        return end;
      };
      await expectMedia(makeUs, peers[peer.id], offerer === 'we-offer', (us) =>
        expectSocket(us.pc.getTransceivers()[0].sender.transport, kind),
      );
      return;
    }
    const { end: us, type } = await sockets[socket]();
    const them = new Peer(peers[peer.id]);
    const [from, to] = offerer === 'we-offer' ? [us, them] : [them, us];
    const trickle = mode !== 'complete';

    const near = from.createChannel('matrix');
    const { offer, answer } = await connect(from, to, { trickle });
    const far = await to.announced('matrix');
    await Promise.all([near.opened, far.opened]);
    expectCandidates(from, offer, trickle);
    expectCandidates(to, answer, trickle);
    await expectExchange(near, far);
    expectSocket(us.pc.sctp.transport, type);

    if (mode === 'channels') {
      await expectAllSizes(from, to, near, far);
      await expectAllKinds(from, to);
      await expectManyChannels(from, to, near, far);
      await expectClosing(from, to, near, far);
    }
    if (mode !== 'restart') return;
    for (const [asks, answers] of [
      [from, to],
      [to, from],
    ]) {
      if (!asks.implementation.restartsIce) continue;
      await restart(us, asks, answers);
      await Promise.all([us.connected(), them.connected()]);
      await expectExchange(near, far);
      expectSocket(us.pc.sctp.transport, type);
    }
  },
  180_000,
);

/** A message each way, and a file each way at the same time. */
async function expectExchange(near, far) {
  await expectEcho(near, far, 'grüße 🚀');
  await Promise.all([expectFileTransfer(near, far, kFile), expectFileTransfer(far, near, kFile)]);
}

/** Candidates were told as the mode says: after the description, or in it. */
function expectCandidates({ candidates, implementation }, { sdp }, trickle) {
  const trickled = trickle && implementation.trickles;
  const inDescription = /^a=candidate:/m.test(sdp);
  expect({ inDescription, afterIt: candidates.length > 0 }).toEqual({
    inDescription: !trickled,
    afterIt: trickled,
  });
}

/** @param {RTCDtlsTransport} transport */
function expectSocket({ iceTransport }, type) {
  expect(iceTransport.getSelectedCandidatePair().local.type).toBe(type);
}
