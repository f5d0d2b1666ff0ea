import { jest } from '@jest/globals';
import { RTCPeerConnection as realm } from '../../../js/index.node.js';
import { currentNetwork } from '../../../js/api/runtime.js';
import { Simulation, expectNoLeaks, negotiate, peerOf } from '../../../js/testing.node.js';
import { connect, openCall, openMediaCall, recordPackets } from './support/call.js';

afterEach(() => expectNoLeaks());

/** A minute of a bad call: what was on the wire, and what script saw of it. */
async function minute(seed) {
  const link = { latency: 30, jitter: 15, loss: 0.05, duplicate: 0.02, reorder: 0.02 };
  const simulation = new Simulation({ seed, link });
  const packets = recordPackets(simulation);
  const call = await connect(simulation, simulation.peer(), simulation.peer());
  for (let i = 0; i < 60; i++) simulation.after(1000 * i, () => call.local.send(`message ${i}`));
  await simulation.run(60_000);
  const stats = [...(await simulation.settled(call.b.getStats())).values()];
  const { sdp } = call.a.localDescription;
  const ids = call.a.getTransceivers().map(({ receiver }) => receiver.track.id);
  call.end();
  return { packets, received: call.received, sdp, ids, stats: JSON.stringify(stats) };
}

test('the same seed gives the same packets at the same times, byte for byte, and another one others', async () => {
  const [one, same, other] = [await minute(1), await minute(1), await minute(2)];
  expect(one.packets.length).toBeGreaterThan(100);
  expect(one.received).toHaveLength(60);
  expect(same.packets).toEqual(one.packets);
  expect(same.stats).toBe(one.stats);
  expect(same.sdp).toBe(one.sdp);
  expect(other.packets).not.toEqual(one.packets);
  expect(other.sdp).not.toBe(one.sdp);
});

test('a call with media repeats itself byte for byte', async () => {
  const record = async () => {
    const call = await openMediaCall({ seed: 'media', link: { latency: 20, loss: 0.03 } });
    const packets = recordPackets(call.simulation);
    await call.simulation.run(5000);
    const ids = call.b.getReceivers().map(({ track }) => track.id);
    call.end();
    return { packets, ids, figures: call.measures.video.figures };
  };
  const [one, same] = [await record(), await record()];
  expect(one.packets.length).toBeGreaterThan(500);
  expect(one.ids).toHaveLength(2);
  expect(same).toEqual(one);
});

test('identifiers come from the seed: streams, tracks, transactions, certificates', async () => {
  const draw = async (seed) => {
    const simulation = new Simulation({ seed });
    const peer = simulation.peer();
    const pc = new peer.RTCPeerConnection();
    const stream = await peer.mediaDevices.getUserMedia({ audio: true, video: true });
    const sender = pc.addTrack(stream.getTracks()[0], stream);
    pc.addTransceiver('video');
    const certificate = await peer.RTCPeerConnection.generateCertificate({
      name: 'ECDSA',
      namedCurve: 'P-256',
    });
    const ids = [
      stream.id,
      ...stream.getTracks().map(({ id }) => id),
      ...pc.getReceivers().map(({ track }) => track.id),
      sender.getParameters().transactionId,
      certificate.getFingerprints()[0].value,
      certificate.expires,
      (await pc.createOffer()).sdp,
    ];
    simulation.close();
    return ids;
  };
  const one = await draw(5);
  expect(new Set(one).size).toBe(one.length);
  expect(await draw(5)).toEqual(one);
  const other = await draw(6);
  // When a certificate expires is no chance.
  expect(other.filter((id) => one.includes(id))).toEqual([one.at(-2)]);
});

test('peers do not depend on what others of the simulation draw', async () => {
  const offerOfBob = async (withAlice) => {
    const simulation = new Simulation({ seed: 3 });
    if (withAlice) new (simulation.peer({ name: 'alice' }).RTCPeerConnection)();
    const pc = new (simulation.peer({ name: 'bob' }).RTCPeerConnection)();
    pc.createDataChannel('x');
    const { sdp } = await pc.createOffer();
    simulation.close();
    return sdp;
  };
  expect(await offerOfBob(true)).toBe(await offerOfBob(false));
});

test("connections are instances of the package's class, and the realm's network stays as it was", async () => {
  const before = currentNetwork();
  const simulation = new Simulation();
  const peer = simulation.peer({ name: 'alice' });
  const pc = new peer.RTCPeerConnection();
  expect(pc).toBeInstanceOf(realm);
  expect(peerOf(pc)).toBe(peer);
  expect(peer.connections).toEqual([pc]);
  expect(currentNetwork()).toBe(before);
  const own = new realm();
  expect(peerOf(own)).toBeUndefined();
  own.close();
  pc.close();
  expect(peer.connections).toEqual([]);
  simulation.close();
});

test('media and statistics are told in virtual time', async () => {
  const call = await openMediaCall({ startTime: Date.UTC(2030, 0, 1) });
  await call.simulation.run(3000);
  const unixTime = Date.UTC(2030, 0, 1) + call.simulation.now();
  const report = await call.simulation.settled(call.b.getStats());
  for (const { timestamp } of report.values()) expect(timestamp).toBeCloseTo(unixTime, 0);
  const { delay } = call.measures.audio.figures;
  expect(delay.min).toBeGreaterThanOrEqual(20);
  expect(delay.max).toBeLessThan(1000);
  call.end();
});

test('NATs of all kinds are there, and a STUN server helps through those that let it', async () => {
  const simulation = new Simulation();
  const { iceServer } = simulation.stun({ name: 'stun.example.org' });
  const [alice, bob] = ['restricted', 'portRestricted'].map((nat) => simulation.peer({ nat }));
  const call = await connect(simulation, alice, bob, { iceServers: [iceServer] });
  expect(call.a.localDescription.sdp).toContain('typ srflx');
  call.end();
});

test('a relay is there for those that nothing else helps', async () => {
  const simulation = new Simulation();
  const relay = await simulation.relay({ name: 'turn.example.org' });
  const [alice, bob] = [
    simulation.peer({ nat: 'symmetric' }),
    simulation.peer({ nat: 'symmetric' }),
  ];
  const call = await connect(simulation, alice, bob, { iceServers: [relay.iceServer] });
  call.local.send('over the relay');
  await simulation.runUntil(() => call.received.length > 0);
  expect(relay.allocations).toBeGreaterThan(0);
  call.end();
  expect(relay.isRunning).toBe(false);
});

test('a relay repeats itself byte for byte as well', async () => {
  const record = async () => {
    const simulation = new Simulation({ seed: 'relay' });
    const packets = recordPackets(simulation);
    const relay = await simulation.relay();
    const peers = [simulation.peer({ nat: 'symmetric' }), simulation.peer({ nat: 'symmetric' })];
    (await connect(simulation, ...peers, { iceServers: [relay.iceServer] })).end();
    return packets;
  };
  expect(await record()).toEqual(await record());
});

describe('time', () => {
  test('actions happen at their times, in their order, and what follows from them before time goes on', async () => {
    const simulation = new Simulation();
    const seen = [];
    simulation.at(200, () => seen.push(['second', simulation.now()]));
    simulation.at(100, async () => {
      await null;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(['first', simulation.now()]);
    });
    simulation.at(150, () => seen.push('never'))();
    await simulation.run(1000);
    expect(seen).toEqual([
      ['first', 100],
      ['second', 200],
    ]);
    expect(simulation.now()).toBe(1000);
    simulation.close();
  });

  test('what an action throws or rejects with comes out of run()', async () => {
    const simulation = new Simulation();
    simulation.at(10, () => {
      throw new Error('thrown');
    });
    await expect(simulation.run(20)).rejects.toThrow('thrown');
    simulation.at(30, async () => {
      throw new Error('rejected');
    });
    await expect(simulation.runUntil(() => false)).rejects.toThrow('rejected');
    simulation.close();
  });

  test('settled() lets time pass until a promise settles, and says when it does not', async () => {
    const simulation = new Simulation();
    const { setTimeout } = simulation.timers;
    const promise = new Promise((resolve) => setTimeout(resolve, 5000, 'done'));
    expect(await simulation.settled(promise)).toBe('done');
    expect(simulation.now()).toBe(5000);
    await expect(simulation.settled(Promise.reject(new Error('no')))).rejects.toThrow('no');
    const never = new Promise(() => {});
    await expect(simulation.settled(never, { limitMs: 100 })).rejects.toThrow('100 ms');
    simulation.close();
  });

  test("installed timers take the realm's place and give it back", async () => {
    const simulation = new Simulation({ startTime: 1_000_000 });
    const before = [setTimeout, Date, performance.now];
    const restore = simulation.timers.install();
    const seen = [];
    const interval = setInterval(() => seen.push(Date.now()), 1000);
    setTimeout(() => clearInterval(interval), 3500);
    const cancelled = setTimeout(() => seen.push('never'), 10);
    clearTimeout(cancelled.unref());
    await simulation.run(10_000);
    expect(seen).toEqual([1_001_000, 1_002_000, 1_003_000]);
    expect(new Date().getTime()).toBe(1_010_000);
    expect(performance.now()).toBe(10_000);
    restore();
    expect([setTimeout, Date, performance.now]).toEqual(before);
    simulation.close();
  });

  test("runs under a test runner's fake timers as well", async () => {
    jest.useFakeTimers();
    try {
      const call = await openCall();
      call.local.send('hello');
      await call.simulation.run(1000);
      expect(call.received).toEqual(['hello']);
      call.end();
    } finally {
      jest.useRealTimers();
    }
  });

  test('what a handler of the signalling channel rejects with comes out of run()', async () => {
    const simulation = new Simulation();
    const [a, b] = simulation.signaling();
    b.onmessage = async () => {
      throw new Error('not understood');
    };
    a.send({});
    await expect(simulation.run(100)).rejects.toThrow('not understood');
    simulation.close();
  });

  test('an application that knows globals only runs as one peer after the other', async () => {
    const simulation = new Simulation();
    const target = { navigator: {} };
    const peer = simulation.peer();
    const restore = peer.install({ target });
    const pc = new target.RTCPeerConnection();
    expect(peerOf(pc)).toBe(peer);
    const stream = await target.navigator.mediaDevices.getUserMedia({ video: { width: 320 } });
    expect(stream).toBeInstanceOf(target.MediaStream);
    restore();
    expect(target).toEqual({ navigator: {} });
    simulation.close();
  });
});

test('a signalling channel keeps the order, takes its time, and closes at both ends', async () => {
  const simulation = new Simulation();
  const [a, b] = simulation.signaling({ latency: 50 });
  const seen = [];
  b.onmessage = ({ data }) => seen.push([simulation.now(), data]);
  b.addEventListener('close', () => seen.push([simulation.now(), 'closed']));
  a.send({ one: 1 });
  simulation.at(10, () => a.send('two'));
  simulation.at(20, () => a.close());
  simulation.at(30, () => a.send('lost'));
  await simulation.run(200);
  expect(seen).toEqual([
    [50, { one: 1 }],
    [60, 'two'],
    [70, 'closed'],
  ]);
  simulation.close();
});

test('devices can be refused, and are told apart by their constraints', async () => {
  const simulation = new Simulation();
  const { mediaDevices } = simulation.peer();
  await expect(mediaDevices.getUserMedia({})).rejects.toThrow(TypeError);
  mediaDevices.refusal = new DOMException('no', 'NotAllowedError');
  await expect(mediaDevices.getUserMedia({ audio: true })).rejects.toThrow(
    expect.objectContaining({ name: 'NotAllowedError' }),
  );
  const kinds = (await mediaDevices.enumerateDevices()).map(({ kind }) => kind);
  expect(kinds).toEqual(['audioinput', 'videoinput']);
  simulation.close();
});

test('two simulations at once do not disturb each other', async () => {
  const [one, two] = [await openCall({ seed: 1 }), await openCall({ seed: 2 })];
  one.local.send('one');
  two.local.send('two');
  await Promise.all([one.simulation.run(500), two.simulation.run(500)]);
  expect([one.received, two.received]).toEqual([['one'], ['two']]);
  one.end();
  two.end();
});

test('negotiate() says what a connection refuses', async () => {
  const simulation = new Simulation();
  const [alice, bob] = [simulation.peer(), simulation.peer()];
  const a = new alice.RTCPeerConnection();
  const b = new bob.RTCPeerConnection();
  b.close();
  await expect(negotiate(a, b)).rejects.toThrow(
    expect.objectContaining({ name: 'InvalidStateError' }),
  );
  simulation.close();
});

test('a deadline between two microseconds is kept', async () => {
  // Of such links times come that no binary fraction is.
  const call = await openCall({ seed: 11, link: { latency: 10.0003, jitter: 0.1 } });
  const sent = Array.from({ length: 200 }, (_, i) => `${i}`);
  sent.forEach((text, i) => call.simulation.after(37.0007 * i, () => call.local.send(text)));
  await call.simulation.run(60_000);
  expect(call.received).toEqual(sent);
  call.end();
});
