// What happens to a session beyond its data channels: ICE restarts, and sections of media that we
// accept or reject.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { others, ours } from './support/implementations.js';
import { Peer } from './support/peer.js';
import { restart } from './support/restart.js';
import { connect, expectEcho } from './support/session.js';
import { deferred, onEnd, within } from './support/waiting.js';

const kMediaPeer = fileURLToPath(new URL('./peers/wrtc-media-peer.mjs', import.meta.url));

const named = (list) => list.map((other) => ({ name: other.name, other }));

/** Connects the two with one channel; gives its ends. */
async function open(offerer, answerer, options) {
  const near = offerer.createChannel('data');
  await connect(offerer, answerer, options);
  const far = await answerer.announced('data');
  await Promise.all([near.opened, far.opened]);
  return { near, far };
}

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
      const { near, far } = await open(us, them);
      await (asks === 'us' ? restart(us, us, them) : restart(us, them, us));
      await expectEcho(near, far, 'after the restart');
      await Promise.all([us.connected(), them.connected()]);
    });
  },
);

/** A peer in a process of its own that offers audio, video and a channel. */
async function mediaPeer() {
  const child = fork(kMediaPeer);
  const told = { offer: deferred(), answer: deferred(), message: deferred() };
  child.on('message', (message) => {
    for (const [what, value] of Object.entries(message)) told[what].resolve(value);
  });
  const exited = once(child, 'exit');
  onEnd(async () => {
    child.disconnect();
    await within('the media peer to exit', exited);
  });
  return {
    offer: () => within('an offer', told.offer.promise),
    takeAnswer: (answer) => child.send({ answer }),
    async answerTo(offer) {
      child.send({ offer });
      return within('an answer', told.answer.promise);
    },
    /** What came there over the channel first. */
    message: () => within('our message there', told.message.promise),
  };
}

const kOffered = ['audio', 'video', 'application'];

test('audio and video that a peer offers are accepted to be received, and data works', async () => {
  const peer = await mediaPeer();
  const us = new Peer(ours);
  const offer = await peer.offer();
  expect(sections(offer).map(({ kind }) => kind)).toEqual(kOffered);
  await us.pc.setRemoteDescription({ type: 'offer', sdp: offer });
  await us.pc.setLocalDescription();
  await us.gathered();
  const answer = us.pc.localDescription.sdp;
  expect(sections(answer)).toEqual(kOffered.map((kind) => ({ kind, isRejected: false })));
  const transceivers = us.pc.getTransceivers();
  expect(
    transceivers.map(({ receiver, currentDirection }) => [receiver.track.kind, currentDirection]),
  ).toEqual([
    ['audio', 'recvonly'],
    ['video', 'recvonly'],
  ]);
  peer.takeAnswer(answer);
  const channel = await us.announced('data');
  expect(await channel.next()).toBe('from the one who offers media');
  channel.send('received');
  expect(await peer.message()).toBe('received');
});

// Of the peers, wrtc alone takes a section that is rejected: werift wants a common codec in it and
// aiortc ICE credentials. By webrtc-pc the answer only says that nothing flows: what is stopping is
// rejected in offers.
test('video that we stop before we answer is rejected in our next offer, and data works', async () => {
  const peer = await mediaPeer();
  const us = new Peer(ours);
  await us.pc.setRemoteDescription({ type: 'offer', sdp: await peer.offer() });
  const video = us.pc.getTransceivers()[1];
  video.stop();
  await us.pc.setLocalDescription();
  await us.gathered();
  expect(video.currentDirection).toBe('inactive');
  peer.takeAnswer(us.pc.localDescription.sdp);
  const channel = await us.announced('data');
  expect(await channel.next()).toBe('from the one who offers media');

  await us.pc.setLocalDescription();
  const offer = us.pc.localDescription.sdp;
  const withoutVideo = kOffered.map((kind) => ({ kind, isRejected: kind === 'video' }));
  expect(sections(offer)).toEqual(withoutVideo);
  const answer = await peer.answerTo(offer);
  expect(sections(answer)).toEqual(withoutVideo);
  await us.pc.setRemoteDescription({ type: 'answer', sdp: answer });
  expect(video.currentDirection).toBe('stopped');
  expect(us.pc.getTransceivers()).not.toContain(video);
  channel.send('received');
  expect(await peer.message()).toBe('received');
});

function sections(sdp) {
  return [...sdp.matchAll(/^m=(\w+) (\d+)/gm)].map(([, kind, port]) => ({
    kind,
    isRejected: port === '0',
  }));
}
