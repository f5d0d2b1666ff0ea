// What one connection, and what comes from its peer, costs of the engine's memory; and what happens at each
// bound. docs/security.md has the table.

import { engine } from '../../../js/api/testing-hooks.js';
import { Simulation, expectNoLeaks, negotiate } from '../../../js/testing.node.js';

const kKiB = 1024;

afterEach(() => expectNoLeaks());

const heap = () => engine().heapInUse();

/** Two peers that have met. */
async function meet({ seed = 1 } = {}) {
  const simulation = new Simulation({ seed });
  const [alice, bob] = ['alice', 'bob'].map((name) => simulation.peer({ name }));
  const [a, b] = [alice, bob].map((peer) => new peer.RTCPeerConnection());
  const local = a.createDataChannel('x');
  const remote = new Promise((resolve) => (b.ondatachannel = ({ channel }) => resolve(channel)));
  await negotiate(a, b);
  const far = await simulation.settled(remote);
  await simulation.runUntil(() => local.readyState === 'open' && far.readyState === 'open');
  const end = () => {
    a.close();
    b.close();
    simulation.close();
  };
  return { simulation, alice, bob, a, b, local, far, end };
}

test('A connection takes no more memory than it is said to, and gives it back', async () => {
  // What is made once has been made.
  (await meet()).end();
  const simulation = new Simulation({ seed: 2 });
  const peer = simulation.peer({ name: 'alice' });
  const before = heap();
  const idle = Array.from({ length: 20 }, () => new peer.RTCPeerConnection());
  expect((heap() - before) / idle.length).toBeLessThan(40 * kKiB);
  for (const pc of idle) pc.close();
  simulation.close();
  expect(Math.abs(heap() - before)).toBeLessThan(16 * kKiB);

  const session = await meet({ seed: 3 });
  // Both ends are in this engine.
  expect((heap() - before) / 2).toBeLessThan(160 * kKiB);
  session.end();
  expect(Math.abs(heap() - before)).toBeLessThan(16 * kKiB);
});

test('Candidates of the peer cost memory up to a bound, beyond which they are passed over', async () => {
  const session = await meet();
  const { simulation, b } = session;
  const ufrag = /a=ice-ufrag:(\S+)/.exec(b.remoteDescription.sdp)[1];
  const add = (from, to) =>
    simulation.settled(
      Promise.all(
        Array.from({ length: to - from }, (_, i) => {
          const port = from + i;
          const candidate = `candidate:${port} 1 udp 1 203.0.113.1 ${port} typ host ufrag ${ufrag}`;
          return b.addIceCandidate({ candidate, sdpMid: '0' });
        }),
      ),
    );
  const start = heap();
  await add(1, 101);
  const kept = heap();
  expect((kept - start) / 100).toBeLessThan(4 * kKiB);
  // The description grows with each, as the specification has it; the agent's list does not.
  await add(101, 401);
  expect((heap() - kept) / 300).toBeLessThan(1 * kKiB);
  const report = await simulation.settled(b.getStats());
  const remote = [...report.values()].filter(({ type }) => type === 'remote-candidate');
  expect(remote.length).toBeLessThanOrEqual(100);
  // The others are unharmed.
  const heard = new Promise((resolve) => (session.far.onmessage = resolve));
  session.local.send('still here');
  expect((await simulation.settled(heard)).data).toBe('still here');
  session.end();
});

test('A channel costs no more than it is said to, at both ends together', async () => {
  const session = await meet();
  const { simulation, a, b } = session;
  const announced = [];
  b.ondatachannel = ({ channel }) => announced.push(channel);
  const before = heap();
  const channels = Array.from({ length: 500 }, (_, i) => a.createDataChannel(`channel ${i}`));
  await simulation.runUntil(() => announced.length === channels.length);
  expect((heap() - before) / channels.length).toBeLessThan(3 * kKiB);
  session.end();
});

test('Messages wait up to a bound, then send() says so, and other channels go on', async () => {
  const session = await meet();
  const { simulation, a, b, local, far } = session;
  const remote = new Promise((resolve) => (b.ondatachannel = ({ channel }) => resolve(channel)));
  const other = a.createDataChannel('other');
  const otherFar = await simulation.settled(remote);
  await simulation.runUntil(() => other.readyState === 'open' && otherFar.readyState === 'open');

  const message = new Uint8Array(64 * kKiB);
  const before = heap();
  let sent = 0;
  const fill = () => {
    for (; sent < 10_000; sent++) local.send(message);
  };
  expect(fill).toThrow(expect.objectContaining({ name: 'OperationError' }));
  const waiting = local.bufferedAmount;
  expect(waiting).toBeLessThanOrEqual(17 * kKiB * kKiB);
  expect(waiting).toBeGreaterThan(15 * kKiB * kKiB);
  // What waits takes little more than its bytes, also when it is small.
  expect(heap() - before).toBeLessThan(1.25 * waiting);

  const heard = new Promise((resolve) => (otherFar.onmessage = resolve));
  other.send('on its way');
  expect((await simulation.settled(heard, { limitMs: 600_000 })).data).toBe('on its way');
  let received = 0;
  far.onmessage = () => received++;
  await simulation.runUntil(() => received > 0, { limitMs: 600_000 });
  session.end();
});

test('Small messages that wait cost no more than they are said to', async () => {
  const session = await meet();
  const count = 20_000;
  const before = heap();
  for (let i = 0; i < count; i++) session.local.send('x');
  expect((heap() - before) / count).toBeLessThan(256);
  session.end();
});

test('A datagram of nobody costs nothing that stays, and is answered with nothing', async () => {
  const session = await meet();
  const { simulation, b } = session;
  const stranger = simulation.peer({ name: 'mallory' });
  const [, address, port] = /a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/.exec(
    b.localDescription.sdp,
  );
  let answers = 0;
  const socket = stranger.host.bind(stranger.host.addresses[0], 6666, () => answers++);
  const flood = async (rounds) => {
    for (let round = 0; round < rounds; round++) {
      for (const first of [0x00, 0x16, 0x17, 0x40, 0x80, 0xff]) {
        socket.send({ address, port: Number(port) }, new Uint8Array(1200).fill(first));
      }
      await simulation.run(20);
    }
  };
  await flood(20);
  const before = heap();
  await flood(200);
  expect(Math.abs(heap() - before)).toBeLessThan(8 * kKiB);
  expect(answers).toBe(0);
  socket.close();
  session.end();
});

test("A stranger's ClientHello that comes first keeps nobody from connecting", async () => {
  // The DTLS ClientHello race (CVE-2023-49786, CVE-2023-51443).
  const simulation = new Simulation({ seed: 5 });
  const [alice, bob, mallory] = ['alice', 'bob', 'mallory'].map((name) =>
    simulation.peer({ name }),
  );
  const [a, b] = [alice, bob].map((peer) => new peer.RTCPeerConnection());
  const local = a.createDataChannel('x');
  let opened = 0;
  local.onopen = () => opened++;
  let answers = 0;
  const socket = mallory.host.bind(mallory.host.addresses[0], 6666, () => answers++);
  // As long as one, as versioned as one, with a cipher suite that nobody has.
  const hello = new Uint8Array(13 + 12 + 42);
  hello.set([22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 54, 1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 42]);
  hello.set([0xfe, 0xfd], 25);
  hello.set([0, 0, 0, 2, 0x00, 0xff, 1, 0], 25 + 34);
  const attack = () => {
    for (const pc of [a, b]) {
      const sdp = pc.localDescription?.sdp ?? '';
      for (const [, address, port] of sdp.matchAll(
        /candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/g,
      )) {
        socket.send({ address, port: Number(port) }, hello);
      }
    }
  };
  for (let ms = 0; ms < 3000; ms += 5) simulation.at(ms, attack);
  await negotiate(a, b);
  await simulation.runUntil(() => opened === 1 && a.sctp.transport.state === 'connected');
  await simulation.run(5000);
  expect(b.sctp.transport.state).toBe('connected');
  expect(answers).toBe(0);
  socket.close();
  a.close();
  b.close();
  simulation.close();
});
