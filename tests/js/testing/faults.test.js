import {
  Simulation,
  expectNoLeaks,
  faults,
  matchers,
  negotiate,
} from '../../../js/testing.node.js';
import { withWrongFingerprint } from '../../../js/testing.node.js';
import { connect, openCall } from './support/call.js';

expect.extend(matchers);
afterEach(() => expectNoLeaks());

test('faults follow their timetable, end by themselves, and are logged', async () => {
  const { simulation, bob, end } = await openCall();
  const trouble = faults(simulation);
  const begin = simulation.now();
  trouble.after(1000).linkDown(bob, { for: 500 });
  trouble.after(5000).linkDown(bob, { for: 500 })();
  const undo = trouble.impair(bob, { latency: 300, rate: 1e6 }, { direction: 'up' });
  expect(bob.host.uplink.options).toMatchObject({ latency: 300, rate: 1e6 });
  expect(bob.host.downlink.options).toMatchObject({ latency: 10, rate: Infinity });
  undo();
  expect(bob.host.uplink.options).toMatchObject({ latency: 10, rate: Infinity });
  await simulation.run(1200);
  expect(bob.host.uplink.options.loss).toBe(1);
  await simulation.run(10_000);
  expect(bob.host.uplink.options.loss).toBe(0);
  expect(trouble.log.map(({ at, what }) => [at - begin, what.split(' ').at(-1)])).toEqual([
    [0, expect.any(String)],
    [0, 'over'],
    [1000, expect.any(String)],
    [1500, 'over'],
  ]);
  end();
});

test('consent that is lost ends a session whose data still pass', async () => {
  const { simulation, alice, a, b, end } = await openCall();
  faults(simulation).loseConsent(alice);
  await expect(a).toReachConnectionState('disconnected', 15_000);
  await expect(a).toReachConnectionState('failed', 60_000);
  await expect(b).toReachConnectionState('failed', 60_000);
  end();
});

test('a direction that is blocked is noticed at both ends', async () => {
  const { simulation, alice, bob, a, b, local, received, end } = await openCall();
  const unblock = faults(simulation).blockDirection(alice, bob);
  local.send('not yet');
  await simulation.run(3000);
  expect(received).toEqual([]);
  await expect(b).toReachConnectionState('disconnected', 20_000);
  unblock();
  await expect([a, b]).toConnectWithin(20_000);
  await simulation.runUntil(() => received.length > 0);
  end();
});

test('a peer that is suspended catches up when it wakes', async () => {
  const { simulation, bob, a, b, local, received, end } = await openCall();
  const ticks = [];
  bob.timers.setTimeout(() => ticks.push(simulation.now()), 500);
  const begin = simulation.now();
  faults(simulation).suspend(bob, { for: 4000 });
  local.send('while you slept');
  await simulation.run(3000);
  expect(received).toEqual([]);
  expect(ticks).toEqual([]);
  await simulation.run(3000);
  expect(received).toEqual(['while you slept']);
  expect(ticks).toEqual([begin + 4000]);
  await expect([a, b]).toConnectWithin(10_000);
  end();
});

test('a peer that crashes says nothing, and is missed', async () => {
  const { simulation, alice, bob, a, b, end } = await openCall();
  const sent = [];
  faults(simulation).crash(bob);
  // What was under way when it happened still arrives.
  await simulation.run(100);
  simulation.tap(({ source }, fate) => {
    if (fate === 'delivered' && bob.host.addresses.includes(source.address)) sent.push(source);
  });
  expect(b).toHaveConnectionState('closed');
  await expect(a).toReachConnectionState('failed', 60_000);
  expect(sent).toEqual([]);
  expect(alice.connections).toEqual([a]);
  end();
});

test('damaged, doubled and reordered packets harm no message', async () => {
  const { simulation, alice, local, received, end } = await openCall({ seed: 4 });
  const trouble = faults(simulation);
  trouble.corrupt(alice, 0.1, { for: 20_000 });
  trouble.impair(alice, { duplicate: 0.2, reorder: 0.2 }, { for: 20_000 });
  const messages = Array.from({ length: 100 }, (_, i) => `${i}`);
  messages.forEach((text, i) => simulation.after(100 * i, () => local.send(text)));
  await simulation.runUntil(() => received.length === 100);
  expect(received).toEqual(messages);
  end();
});

test('a path whose packets become smaller carries long messages on', async () => {
  const { simulation, alice, local, received, end } = await openCall();
  local.send('x'.repeat(100_000));
  await simulation.runUntil(() => received.length === 1);
  faults(simulation).shrinkMtu(alice, 1280);
  local.send('y'.repeat(100_000));
  await simulation.runUntil(() => received.length === 2);
  expect(received[1]).toBe('y'.repeat(100_000));
  end();
});

test('an address that changes and a NAT that forgets are survived', async () => {
  const simulation = new Simulation();
  const [alice, bob] = [simulation.peer({ nat: 'fullCone' }), simulation.peer()];
  const { a, b, local, received, end } = await connect(simulation, alice, bob);
  const trouble = faults(simulation);
  trouble.rebindNat(alice);
  expect(() => trouble.rebindNat(bob)).toThrow('behind no NAT');
  local.send('from another port');
  await simulation.runUntil(() => received.length === 1);
  trouble.changeAddress(alice, '10.0.0.99');
  local.send('from another address');
  await simulation.runUntil(() => received.length === 2);
  await expect([a, b]).toConnectWithin(30_000);
  end();
});

test('the wall clock jumps without a timer noticing', async () => {
  const { simulation, alice, a, end } = await openCall({ startTime: 0 });
  const { Date: VirtualDate } = alice.timers;
  faults(simulation).shiftWallClock(3_600_000);
  expect(VirtualDate.now()).toBe(Math.floor(3_600_000 + simulation.now()));
  await simulation.run(60_000);
  expect(a).toHaveConnectionState('connected');
  end();
});

describe('DTLS', () => {
  const prepare = () => {
    const simulation = new Simulation();
    const [alice, bob] = [simulation.peer(), simulation.peer()];
    const a = new alice.RTCPeerConnection();
    const b = new bob.RTCPeerConnection();
    a.createDataChannel('x');
    return { simulation, alice, bob, a, b };
  };

  test.each([
    ['client', 'b'],
    ['server', 'a'],
  ])('a fatal alert in the handshake fails the connection of the %s', async (_, victim) => {
    const { simulation, alice, bob, ...connections } = prepare();
    const { a, b } = connections;
    const [from, to] = victim === 'a' ? [bob, alice] : [alice, bob];
    faults(simulation).dtlsAlert(from, to);
    await negotiate(a, b);
    const { transport } = connections[victim].sctp;
    const errors = [];
    transport.onerror = ({ error }) => errors.push([error.errorDetail, error.receivedAlert]);
    await expect(connections[victim]).toReachConnectionState('failed');
    expect(errors).toEqual([['dtls-failure', 40]]);
    simulation.close();
  });

  test('a wrong fingerprint is answered by a fatal alert', async () => {
    const { simulation, a, b } = prepare();
    const exchange = async () => {
      await a.setLocalDescription();
      await b.setRemoteDescription(withWrongFingerprint(a.localDescription));
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);
    };
    a.onicecandidate = ({ candidate }) => candidate && b.addIceCandidate(candidate);
    await simulation.settled(exchange());
    const errors = [];
    b.sctp.transport.onerror = ({ error }) => errors.push(error.errorDetail);
    await expect(b).toReachConnectionState('failed');
    expect(errors).toEqual(['fingerprint-failure']);
    await expect(a).toReachConnectionState('failed');
    simulation.close();
  });

  test('close() tells the peer by an alert', async () => {
    const { simulation, a, b, remote, end } = await openCall();
    a.close();
    await simulation.runUntil(() => remote.readyState === 'closed');
    expect(b.sctp.transport.state).toBe('closed');
    end();
  });
});
