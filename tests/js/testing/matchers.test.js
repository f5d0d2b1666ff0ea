import { RTCPeerConnection as Realm, configure } from '../../../js/index.node.js';
import {
  Simulation,
  expectNoLeaks,
  faults,
  liveObjects,
  matchers,
  sdpStructure,
} from '../../../js/testing.node.js';
import { VirtualNetwork } from '../../../js/net/virtual-network.js';
import { openCall, openMediaCall } from './support/call.js';

expect.extend(matchers);

const prepare = (options) => {
  const simulation = new Simulation(options);
  const [alice, bob] = ['alice', 'bob'].map((name) => simulation.peer({ name }));
  const a = new alice.RTCPeerConnection();
  const b = new bob.RTCPeerConnection();
  a.createDataChannel('x');
  return { simulation, alice, bob, a, b };
};

afterEach(() => expectNoLeaks());

test('toNegotiate and toConnectWithin bring two connections together in virtual time', async () => {
  const { simulation, a, b } = prepare();
  await expect(a).toNegotiate(b);
  expect(a).toHaveSignalingState('stable');
  await expect([a, b]).toConnectWithin(1000);
  expect(a).toHaveConnectionState('connected');
  expect(a).not.toHaveConnectionState('failed');
  expect(simulation.now()).toBeLessThan(1000);
  simulation.close();
});

test('toConnectWithin says in which states connections are when time is over', async () => {
  const { simulation, bob, a, b } = prepare();
  faults(simulation).linkDown(bob);
  await expect(a).toNegotiate(b);
  const { pass, message } = await matchers.toConnectWithin([a, b], 3000);
  expect(pass).toBe(false);
  expect(message()).toContain('expected to connect within 3000 ms');
  expect(message()).toMatch(/alice: connecting \(ICE checking/);
  expect(simulation.now()).toBeCloseTo(3000, 0);
  await expect(a).not.toConnectWithin(100);
  simulation.close();
});

test('toNegotiate says what was refused', async () => {
  const { simulation, a, b } = prepare();
  b.close();
  const { pass, message } = await matchers.toNegotiate(a, b);
  expect(pass).toBe(false);
  expect(message()).toContain('InvalidStateError');
  await expect(a).not.toNegotiate(b);
  simulation.close();
});

test('matchers refuse what is no connection', async () => {
  await expect(matchers.toConnectWithin({}, 1)).rejects.toThrow(TypeError);
  expect(() => matchers.toHaveConnectionState(null, 'new')).toThrow(TypeError);
  expect(() => matchers.toHaveNoLeaks({})).toThrow(TypeError);
});

test('connections outside of simulations are waited for in real time', async () => {
  const network = new VirtualNetwork({ realTime: true });
  const make = (address) => {
    configure({ network: network.host({ addresses: [address] }) });
    return new Realm();
  };
  const [a, b] = [make('192.0.2.1'), make('192.0.2.2')];
  configure({ network: undefined });
  a.createDataChannel('x');
  await expect(a).toNegotiate(b);
  await expect([a, b]).toConnectWithin(60_000);
  await expect(a).not.toReachConnectionState('failed', 1);
  a.close();
  b.close();
  network.close();
});

describe('toMatchSdp', () => {
  test('takes descriptions of different seeds for the same, and of different meaning for others', async () => {
    const [one, two] = [await openMediaCall({ seed: 1 }), await openMediaCall({ seed: 2 })];
    const sdp = one.a.localDescription;
    expect(two.a.localDescription.sdp).not.toBe(sdp.sdp);
    expect(two.a.localDescription).toMatchSdp(sdp);
    expect(two.b.localDescription).toMatchSdp(one.b.localDescription.sdp);
    expect(two.b.localDescription).not.toMatchSdp(sdp);
    one.end();
    two.end();
  });

  test('says where the difference is', async () => {
    const { a, end } = await openMediaCall();
    const { sdp } = a.localDescription;
    const changed = sdp
      .replace('a=setup:actpass', 'a=setup:active')
      .replace('a=sendrecv', 'a=sendonly')
      .replace(/a=rtpmap:(\d+) opus/, 'a=rtpmap:$1 speex');
    const { pass, message } = matchers.toMatchSdp(changed, sdp);
    expect(pass).toBe(false);
    expect(message()).toContain('.setup: expected "actpass", received "active"');
    expect(message()).toContain('.direction: expected "sendrecv", received "sendonly"');
    expect(message()).toMatch(/\.codecs\[opus\]: expected \{.*\}, received nothing/);
    end();
  });

  test('does not mind payload types, numbers of extensions, nor how lines end', async () => {
    const { a, end } = await openMediaCall();
    const { sdp } = a.localDescription;
    const [, opus] = /a=rtpmap:(\d+) opus/.exec(sdp);
    const renamed = sdp
      .replaceAll(new RegExp(`^(a=(?:rtpmap|fmtp|rtcp-fb):)${opus} `, 'gm'), '$1127 ')
      .replace(new RegExp(`^(m=audio .*?) ${opus}\\b`, 'm'), '$1 127')
      .replace(/a=extmap:1 /g, 'a=extmap:14 ')
      .replaceAll('\r\n', '\n');
    // Redundancy names it as well.
    const expected = renamed.replace(`${opus}/${opus}`, '127/127');
    expect(expected).not.toBe(sdp);
    expect(expected).toMatchSdp(sdp);
    end();
  });

  test('names streams by their order', async () => {
    const { a, end } = await openMediaCall();
    const { media } = sdpStructure(a.localDescription);
    const msids = media.filter(({ msid }) => msid).map(({ msid }) => msid[0]);
    expect(msids).toEqual(['<stream id 1>', '<stream id 1>']);
    end();
  });
});

describe('leaks', () => {
  test('are counted while they are there', async () => {
    const before = liveObjects();
    expect(before).toMatchObject({ connections: 0, timers: 0, sockets: 0, simulations: 0 });
    const { end } = await openCall();
    expect(liveObjects()).toMatchObject({ connections: 2, sockets: 2, simulations: 1 });
    expect(liveObjects().timers).toBeGreaterThan(0);
    end();
    expect(liveObjects()).toEqual(before);
  });

  test('are named with the place where they were made, and do not spread to other tests', async () => {
    const { simulation, alice } = prepare();
    alice.timers.setTimeout(() => {}, 1000);
    await alice.mediaDevices.getUserMedia({ audio: true });
    const message = matchers.toHaveNoLeaks(simulation).message();
    expect(message).toMatch(
      /alice: a connection is not closed \(new, made at .*matchers\.test\.js/,
    );
    expect(message).toContain('alice: 1 timers are set');
    expect(message).toContain('alice: 1 tracks of its devices are not stopped');
    expect(() => expectNoLeaks()).toThrow(/left behind: 2 connections.*1 simulations/);
    expect(() => expectNoLeaks()).not.toThrow();
  });

  test('of connections outside of simulations are found as well', () => {
    const pc = new Realm();
    expect(() => expectNoLeaks()).toThrow('left behind: 1 connections');
    pc.close();
  });
});
