// Firefox ESR: its native RTCPeerConnection and the package in the same page, over the relay.

import { useFirefox } from './support/firefox.js';

const firefox = useFirefox();

test.each([
  ['the package', 'ours'],
  ['Firefox', 'theirs'],
])(
  'Connects with native Firefox when %s offers, and carries data both ways',
  async (_, offerer) => {
    const seen = await firefox.page.evaluate(async (offerer) => {
      const pair = new harness.Pair();
      const channel = pair.channel(offerer, 'file');
      await pair.negotiate(offerer);
      const { near, far } = await channel;
      near.send('question');
      far.send('');
      const messages = [await far.next(), await near.next()];
      const options = { size: 2_000_000, chunk: 16 * 1024 };
      const there = await harness.transfer(near, far, { ...options, seed: 4 });
      const back = await harness.transfer(far, near, { ...options, seed: 5 });
      await pair.connected();
      const closed = Promise.all([near.closed(), far.closed()]);
      far.channel.close();
      await closed;
      const { problems, candidates } = pair;
      return { messages, there, back, problems, candidates };
    }, offerer);
    expect(seen.messages).toEqual(['question', '']);
    expect(seen.there.arrived).toBe(seen.there.sent);
    expect(seen.back.arrived).toBe(seen.back.sent);
    expect(seen.problems).toEqual([]);
    for (const line of seen.candidates.ours)
      expect(line).toMatch(/ typ relay raddr (0\.0\.0\.0|::) rport 0 /);
    expect(seen.candidates.theirs.join('\n')).toContain('.local');
  },
);

test('Restarts ICE at our wish after Firefox offered, though its answer takes our DTLS role', async () => {
  const seen = await firefox.page.evaluate(async () => {
    const pair = new harness.Pair();
    const channel = pair.channel('theirs', 'x');
    await pair.negotiate('theirs');
    const { near, far } = await channel;
    await pair.connected();
    const roles = () =>
      ['ours', 'theirs'].map(
        (side) => /^a=setup:(.*)$/m.exec(pair[side].currentLocalDescription.sdp)[1],
      );
    const before = roles();
    const { iceTransport } = pair.ours.sctp.transport;
    const moved = new Promise((resolve) =>
      iceTransport.addEventListener('selectedcandidatepairchange', resolve, { once: true }),
    );
    await pair.negotiate('ours', { iceRestart: true });
    const after = roles();
    await moved;
    near.send('there');
    far.send('back');
    const messages = [await far.next(), await near.next()];
    return { before, after, messages, problems: pair.problems };
  });
  expect(seen).toEqual({
    before: ['active', 'actpass'],
    after: ['actpass', 'active'],
    messages: ['there', 'back'],
    problems: [],
  });
});

test("Tracks and streams are the page's own, as native connections and elements take them", async () => {
  const seen = await firefox.page.evaluate(async () => {
    const { addToStream, createRemoteStream, createRemoteTrack, setMuted } =
      await import('/js/media/index.js');
    const native = new RTCPeerConnection();
    const stream = createRemoteStream('their stream');
    const events = [];
    stream.onaddtrack = ({ type, track }) => events.push(`${type} ${track.kind}`);
    for (const kind of ['audio', 'video']) {
      const track = createRemoteTrack(kind);
      track.onunmute = () => events.push(`unmute ${track.label} ${track.muted}`);
      addToStream(stream, track);
      setMuted(track, false);
      native.addTrack(track, stream);
    }
    const element = document.createElement('video');
    element.srcObject = stream;
    const { sdp } = await native.createOffer();
    native.close();
    stream.getTracks().forEach((track) => track.stop());
    return {
      events,
      lines: sdp.match(/^m=\w+/gm),
      id: element.srcObject.id,
      active: stream.active,
      isStream: stream.constructor === MediaStream,
    };
  });
  expect(seen).toEqual({
    events: [
      'addtrack audio',
      'unmute remote audio false',
      'addtrack video',
      'unmute remote video false',
    ],
    lines: ['m=audio', 'm=video'],
    id: 'their stream',
    active: false,
    isStream: true,
  });
});
