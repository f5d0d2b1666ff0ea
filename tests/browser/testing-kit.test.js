// `webrtc-wasm/testing` in a page.

import { createHash } from 'node:crypto';
import { Simulation, negotiate } from '../../js/testing.node.js';
import { useChromium } from './support/browser.js';

const suite = useChromium();

/** Packets as their number and hash: nobody wants to read them when they differ. */
const digested = ({ packets, ...rest }) => ({ ...rest, packets: digest(packets) });
const digest = (packets) => [
  packets.length,
  createHash('sha256').update(packets.join('\n')).digest('hex'),
];

test('A lossy call with a relay runs in virtual time in a page, and repeats itself', async () => {
  const page = await suite.open();
  const call = () =>
    page.evaluate(async () => {
      const kit = await import('/js/testing.js');
      const { Simulation, expectNoLeaks, faults, matchers, measureVideo } = kit;
      const simulation = new Simulation({ seed: 'page', link: { latency: 30, loss: 0.03 } });
      const packets = [];
      simulation.tap(({ data }, fate, at) => packets.push(`${at} ${fate} ${data}`));
      const relay = await simulation.relay({ name: 'turn.example.org' });
      const iceServers = [relay.iceServer];
      const peers = [1, 2].map(() => simulation.peer({ nat: 'symmetric' }));
      const [a, b] = peers.map((peer) => new peer.RTCPeerConnection({ iceServers }));
      const channel = a.createDataChannel('x');
      const received = [];
      b.ondatachannel = ({ channel: remote }) => {
        remote.onmessage = ({ data }) => received.push(data);
      };
      const stream = await peers[0].mediaDevices.getUserMedia({
        video: { width: 320, height: 240 },
      });
      a.addTrack(stream.getTracks()[0], stream);
      let picture;
      b.ontrack = ({ track }) => (picture = measureVideo(track));
      const negotiated = await matchers.toNegotiate(a, b);
      const connected = await matchers.toConnectWithin([a, b], 20_000);
      await simulation.runUntil(() => channel.readyState === 'open');
      for (let i = 0; i < 10; i++) simulation.after(500 * i, () => channel.send(`${i}`));
      faults(simulation).after(1000).linkDown(peers[1], { for: 1000 });
      await simulation.run(10_000);
      const { frames, damaged } = picture.figures;
      const ids = [stream.id, stream.getTracks()[0].id, b.getReceivers()[0].track.id];
      const { sdp } = a.localDescription;
      simulation.close();
      expectNoLeaks();
      return {
        passed: [negotiated.pass, connected.pass],
        packets,
        received,
        frames,
        damaged,
        ids,
        sdp,
      };
    });
  const one = digested(await call());
  expect(one.passed).toEqual([true, true]);
  expect(one.received).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  expect(one.frames).toBeGreaterThan(100);
  expect(one.damaged).toBe(0);
  expect(one.packets[0]).toBeGreaterThan(500);
  expect(digested(await call())).toEqual(one);
});

test('What is drawn from a seed is the same in a page as in Node.js', async () => {
  const page = await suite.open();
  const script = async (Simulation, negotiate) => {
    const simulation = new Simulation({ seed: 'everywhere', link: { loss: 0.05 } });
    const packets = [];
    simulation.tap(({ data }, fate, at) => packets.push(`${at} ${fate} ${data}`));
    const [a, b] = [simulation.peer(), simulation.peer()].map(
      ({ RTCPeerConnection }) => new RTCPeerConnection(),
    );
    const channel = a.createDataChannel('x');
    await negotiate(a, b);
    await simulation.runUntil(() => channel.readyState === 'open');
    for (let i = 0; i < 20; i++) simulation.after(100 * i, () => channel.send(`message ${i}`));
    await simulation.run(5000);
    simulation.close();
    return packets;
  };
  const inPage = await page.evaluate(async (text) => {
    const { Simulation, negotiate } = await import('/js/testing.js');
    const { default: run } = await import(
      URL.createObjectURL(new Blob([`export default ${text}`], { type: 'text/javascript' }))
    );
    return run(Simulation, negotiate);
  }, `${script}`);
  expect(inPage.length).toBeGreaterThan(50);
  expect(digest(inPage)).toEqual(digest(await script(Simulation, negotiate)));
});
