import {
  Simulation,
  expectNoLeaks,
  faults,
  fakeMicrophone,
  matchers,
  measureAudio,
  negotiate,
  sdpStructure,
} from 'webrtc-wasm/testing';

expect.extend(matchers);

const prepare = (options) => {
  const simulation = new Simulation(options);
  const [alice, bob] = ['alice', 'bob'].map((name) => simulation.peer({ name }));
  const a = new alice.RTCPeerConnection();
  const b = new bob.RTCPeerConnection();
  a.createDataChannel('x');
  return { simulation, alice, bob, a, b };
};

/** What Vitest says of an assertion that does not hold. */
const messageOf = async (assertion) => {
  try {
    await assertion();
  } catch (error) {
    return error.message;
  }
  return 'it holds';
};

afterEach(() => expectNoLeaks());

test('Vitest is what runs this', () => {
  expect(expect.getState().environment ?? 'node').toBe('node');
  expect(globalThis.vi).toBeDefined();
});

test('toNegotiate, toConnectWithin and the matchers of states hold in virtual time', async () => {
  const { simulation, a, b } = prepare({ seed: 1 });
  await expect(a).toNegotiate(b);
  expect(a).toHaveSignalingState('stable');
  await expect([a, b]).toConnectWithin(1000);
  expect(a).toHaveConnectionState('connected');
  expect(a).not.toHaveConnectionState('failed');
  await expect(b).not.toReachConnectionState('failed', 100);
  expect(simulation.now()).toBeLessThan(1200);
  simulation.close();
});

test('a matcher that does not hold fails the test with its own words', async () => {
  const { simulation, bob, a, b } = prepare({ seed: 1 });
  faults(simulation).linkDown(bob);
  await expect(a).toNegotiate(b);
  const message = await messageOf(() => expect([a, b]).toConnectWithin(3000));
  expect(message).toContain('expected to connect within 3000 ms');
  expect(message).toMatch(/alice: connecting \(ICE checking/);
  await expect(messageOf(() => expect(a).toHaveConnectionState('connected'))).resolves.toContain(
    'expected connected: alice: connecting',
  );
  await expect(messageOf(() => expect(a).not.toNegotiate(b))).resolves.toContain('but it did not');
  expect(await messageOf(() => expect({}).toConnectWithin(1))).toContain('RTCPeerConnection');
  simulation.close();
});

test('toMatchSdp compares meanings, and the same seed gives the same text', async () => {
  const offers = [];
  for (const seed of [1, 2, 1]) {
    const { simulation, a } = prepare({ seed });
    offers.push(await simulation.settled(a.createOffer()));
    simulation.close();
  }
  const [one, other, again] = offers;
  expect(again.sdp).toBe(one.sdp);
  expect(other.sdp).not.toBe(one.sdp);
  expect(other).toMatchSdp(one);
  const changed = one.sdp.replace('a=setup:actpass', 'a=setup:active');
  expect(changed).not.toMatchSdp(one);
  expect(await messageOf(() => expect(changed).toMatchSdp(one))).toContain('setup');
  expect(sdpStructure(one)).toEqual(sdpStructure(other));
});

test('a lossy call of a minute takes the same course each time', async () => {
  const run = async () => {
    const link = { latency: 40, jitter: 20, loss: 0.03 };
    const { simulation, alice, a, b } = prepare({ seed: 'call', link });
    const microphone = fakeMicrophone(alice);
    let sound;
    b.ontrack = ({ track }) => (sound = measureAudio(track));
    a.addTrack(microphone.createTrack());
    await negotiate(a, b);
    await simulation.run(60_000);
    const { frames, lost, delay } = sound.figures;
    microphone.stop();
    simulation.close();
    return { frames, lost, delay };
  };
  const first = await run();
  expect(first.frames).toBeGreaterThan(2500);
  expect(first.lost).toBeGreaterThan(0);
  expect(await run()).toEqual(first);
});

test('toHaveNoLeaks names what is left', async () => {
  const { simulation, alice, a, b } = prepare({ seed: 1 });
  alice.timers.setTimeout(() => {}, 1000);
  const message = await messageOf(() => expect(simulation).toHaveNoLeaks());
  expect(message).toContain('alice: 1 timers are set');
  expect(message).toMatch(/a connection is not closed \(new, made at .*testing-kit\.test\.js/);
  a.close();
  b.close();
  simulation.close();
});
