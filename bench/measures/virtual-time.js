// How fast time passes in a simulation of `webrtc-wasm/testing`: two peers, a lossy path, in one
// thread. In real time it is one second a second by definition.

export const title = 'Virtual time: lossy calls of the testing kit';

export const peerNames = ['ours'];

const rate = (what) => ({ title: what, unit: 'simulated s per s', better: 'higher' });

export const metrics = {
  data: rate('a message a second each way'),
  audio: rate('and sound, 32 kbit/s'),
  video: rate('and a small picture, 150 kbit/s'),
};

export const plan = (quick) => (quick ? { data: 10, media: 3 } : { data: 600, media: 120 });

const kLink = { latency: 40, jitter: 20, loss: 0.03 };

export async function measure(_, { data, media }) {
  const kit = await import('webrtc-wasm/testing');
  await timed(kit, 5, {});
  return {
    data: await timed(kit, data, {}),
    audio: await timed(kit, media, { hasAudio: true }),
    video: await timed(kit, media, { hasAudio: true, hasVideo: true }),
  };
}

/** Simulated seconds per second. */
async function timed(kit, seconds, { hasAudio = false, hasVideo = false }) {
  const { Simulation, fakeCamera, fakeMicrophone, measureVideo, negotiate } = kit;
  const simulation = new Simulation({ link: kLink });
  const [alice, bob] = [simulation.peer(), simulation.peer()];
  const [a, b] = [alice, bob].map((peer) => new peer.RTCPeerConnection());
  const channels = [a, b].map((pc) => pc.createDataChannel('chat', { negotiated: true, id: 0 }));
  const received = [0, 0];
  channels.forEach((channel, i) => (channel.onmessage = () => received[i]++));
  let picture;
  b.ontrack = ({ track }) => {
    if (track.kind === 'video') picture = measureVideo(track);
  };
  if (hasAudio) a.addTrack(fakeMicrophone(alice).createTrack());
  if (hasVideo) {
    const small = { width: 320, height: 240, framerate: 15, maxBitrate: 150_000 };
    a.addTrack(fakeCamera(alice, small).createTrack());
  }
  const begin = performance.now();
  await negotiate(a, b);
  await simulation.runUntil(() => channels.every(({ readyState }) => readyState === 'open'));
  for (let i = 0; i < seconds; i++) {
    simulation.after(1000 * i, () => channels.forEach((channel) => channel.send(`message ${i}`)));
  }
  await simulation.run(1000 * seconds);
  const spent = (performance.now() - begin) / 1000;
  if (received.some((count) => count < seconds - 2)) throw new Error('messages were lost');
  if (hasVideo && picture.figures.frames < 10) throw new Error('pictures were lost');
  const simulated = simulation.now() / 1000;
  simulation.close();
  return simulated / spent;
}
