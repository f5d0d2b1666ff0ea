// webrtc-adapter: its shims laid over what the package has installed, and a call and a channel through them.

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  // After the globals are there: it changes them when it is loaded.
  const { default: adapter } = await import('webrtc-adapter');
  const { browser } = adapter.browserDetails;
  if (browser !== 'chrome' && browser !== 'firefox') throw new Error(`it knows no ${browser}`);
  const pc = new RTCPeerConnection({ iceServers: [] });
  pc.onicecandidate = ({ candidate }) => end.tell({ candidate });
  const described = async (description) => {
    await pc.setLocalDescription(description);
    end.tell({ description: pc.localDescription });
  };
  let signalling = Promise.resolve();
  end.ontold = ({ candidate, description }) => {
    signalling = signalling.then(async () => {
      if (!description) return pc.addIceCandidate(candidate);
      await pc.setRemoteDescription(description);
      if (description.type === 'offer') await described(await pc.createAnswer());
    });
  };
  const theirs = new Promise((resolve) => {
    pc.ontrack = ({ streams: [stream] }) => {
      if (stream.getTracks().length === 2) resolve(stream);
    };
  });
  const mine = end.media.send();
  for (const track of mine.getTracks()) pc.addTrack(track, mine);
  const channel = pc.createDataChannel('chat', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  const received = end.receiver();
  channel.onmessage = ({ data }) => received.take(data);
  if (end.role === 'a') await described(await pc.createOffer());
  await end.once(channel, 'open');
  await signalling;
  channel.send(end.greeting);
  channel.send(end.file);
  const stream = await end.within('a stream', theirs);
  const seen = { ...(await received.all), ...(await end.watch(stream)) };
  await end.meet();
  pc.close();
  return seen;
}

export { run as a, run as b };
