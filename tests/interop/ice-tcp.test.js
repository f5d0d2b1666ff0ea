// ICE over TCP (RFC 6544): we connect to the passive candidates of a peer that no datagram reaches.

import { UdpNetwork } from '../../js/net/udp-network.js';
import { ours, wrtc } from './support/implementations.js';
import { oursOn } from './support/networks.js';
import { Peer } from './support/peer.js';
import {
  connect,
  expectDelivery,
  expectFileTransfer,
  negotiate,
  noise,
} from './support/session.js';

const kFile = noise(1024 * 1024);

/** Signalling that lets nothing but the peer's TCP candidates through. */
const onlyTcp = (us) => ({
  trickle: false,
  rewrite: ({ type, sdp }, to) => ({
    type,
    sdp: sdp
      .split('\r\n')
      .filter(
        (line) => !line.startsWith('a=candidate:') || (to === us && / tcptype passive/.test(line)),
      )
      .join('\r\n'),
  }),
});

/** @param {any} pc */
async function selectedCandidates(pc) {
  const stats = await pc.getStats();
  const records = [...stats.values()];
  const transport = records.find(({ type }) => type === 'transport');
  const pair = stats.get(transport.selectedCandidatePairId);
  return [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)];
}

describe('a peer that is reached over TCP alone', () => {
  /** @param {(us: Peer, them: Peer) => [Peer, Peer]} inOrder */
  async function shareSession(inOrder) {
    const us = new Peer(ours);
    const [offerer, answerer] = inOrder(us, new Peer(wrtc));
    const near = offerer.createChannel('tcp');
    await connect(offerer, answerer, onlyTcp(us));
    const far = await answerer.announced('tcp');
    await Promise.all([near.opened, far.opened]);
    await expectDelivery(near, far, ['there', Buffer.from([1, 2, 3])]);
    await expectDelivery(far, near, ['and back', Buffer.from([4, 5, 6])]);
    await Promise.all([expectFileTransfer(near, far, kFile), expectFileTransfer(far, near, kFile)]);

    const [local, remote] = await selectedCandidates(us.pc);
    expect(local).toMatchObject({ protocol: 'tcp', candidateType: 'host', tcpType: 'active' });
    expect(remote).toMatchObject({ protocol: 'tcp', candidateType: 'host', tcpType: 'passive' });
  }

  test('shares a session that we offer', () => shareSession((us, them) => [us, them]));

  test('shares a session that it offers', () => shareSession((us, them) => [them, us]));

  test('keeps it through an ICE restart', async () => {
    const us = new Peer(ours);
    const them = new Peer(wrtc);
    const near = us.createChannel('tcp');
    await connect(us, them, onlyTcp(us));
    const far = await them.announced('tcp');
    await Promise.all([near.opened, far.opened]);
    await negotiate(us, them, { ...onlyTcp(us), offer: { iceRestart: true } });
    await expectDelivery(near, far, ['after the restart']);
    await expectFileTransfer(far, near, kFile);
  });

  test('is not reached by a network that leaves TCP alone', async () => {
    const network = new UdpNetwork({ tcp: false });
    const us = new Peer(oursOn(network));
    us.createChannel('tcp');
    const failed = new Promise((resolve) => {
      us.pc.addEventListener('iceconnectionstatechange', () => {
        if (us.pc.iceConnectionState === 'failed') resolve();
      });
    });
    await negotiate(us, new Peer(wrtc), onlyTcp(us));
    await failed;
    network.close();
  });
});
