// What happens to a session once it is there: ICE restarts, and sections of media that we reject.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { others, ours } from './support/implementations.js';
import { Peer } from './support/peer.js';
import { connect, expectDelivery, negotiate } from './support/session.js';
import { deferred, onEnd, within } from './support/waiting.js';

const kMediaPeer = fileURLToPath(new URL('./peers/wrtc-media-peer.mjs', import.meta.url));

const named = (list) => list.map((other) => ({ name: other.name, other }));

/** Connects the two with one channel; gives its ends. */
async function open(offerer, answerer, options) {
  const near = offerer.createChannel('data');
  const { offer, answer } = await connect(offerer, answerer, options);
  const far = await answerer.announced('data');
  await Promise.all([near.opened, far.opened]);
  return { near, far, offer, answer };
}

async function expectEcho(near, far, text) {
  await expectDelivery(near, far, [text]);
  await expectDelivery(far, near, [text]);
}

/** The pair that data moves to next. */
function nextSelectedPair(peer) {
  const { iceTransport } = peer.pc.sctp.transport;
  const changed = deferred();
  iceTransport.onselectedcandidatepairchange = () => {
    changed.resolve(iceTransport.getSelectedCandidatePair());
  };
  return within('another selected pair', changed.promise);
}

const ufragIn = ({ sdp }) => /^a=ice-ufrag:(\S+)/m.exec(sdp)[1];

describe.each(named(others.filter(({ restartsIce }) => restartsIce)))(
  'ICE restarts with $name',
  ({ other }) => {
    const directions = [
      { who: 'we ask', asks: 'us' },
      { who: 'the peer asks', asks: 'them' },
    ];

    test.each(directions)('keep the channel when $who', async ({ asks }) => {
      const us = new Peer(ours);
      const them = new Peer(other);
      const { near, far, offer } = await open(us, them);
      const [offerer, answerer] = asks === 'us' ? [us, them] : [them, us];
      const moved = nextSelectedPair(us);
      const again = await negotiate(offerer, answerer, { offer: { iceRestart: true } });
      const renewed = asks === 'us' ? again.offer : again.answer;
      expect(ufragIn(renewed)).not.toBe(ufragIn(offer));
      expect((await moved).local.usernameFragment).toBe(ufragIn(renewed));
      await expectEcho(near, far, 'after the restart');
      await Promise.all([us.connected(), them.connected()]);
    });
  },
);

// Of the peers, wrtc alone takes an answer that rejects a section: werift wants a common codec in it
// and aiortc ICE credentials.
test('audio and video that a peer offers are rejected, and data works', async () => {
  const order = ['audio', 'video', 'application'];
  const child = fork(kMediaPeer);
  const told = { offer: deferred(), message: deferred() };
  child.on('message', (message) => {
    for (const [what, value] of Object.entries(message)) told[what].resolve(value);
  });
  const exited = once(child, 'exit');
  onEnd(async () => {
    child.disconnect();
    await within('the media peer to exit', exited);
  });
  const us = new Peer(ours);
  const offer = await within('an offer', told.offer.promise);
  expect(sections(offer).map(({ kind }) => kind)).toEqual(order);
  await us.pc.setRemoteDescription({ type: 'offer', sdp: offer });
  await us.pc.setLocalDescription();
  await us.gathered();
  const answer = us.pc.localDescription.sdp;
  expect(sections(answer).map(({ kind }) => kind)).toEqual(order);
  const accepted = sections(answer).filter(({ port }) => port !== 0);
  expect(accepted.map(({ kind }) => kind)).toEqual(['application']);
  child.send({ answer });
  const channel = await us.announced('data');
  expect(await channel.next()).toBe('from the one who offers media');
  channel.send('received');
  expect(await within('our message there', told.message.promise)).toBe('received');
});

function sections(sdp) {
  return [...sdp.matchAll(/^m=(\w+) (\d+)/gm)].map(([, kind, port]) => ({
    kind,
    port: Number(port),
  }));
}
