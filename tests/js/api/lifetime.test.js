// What outlives a connection: nothing. In processes of their own, for the collector's sake and
// because only a process can show that it ends.

import { execFileSync } from 'node:child_process';

const prelude = `
  import { FakeNetwork, FakePeerConnection, lastFake, tasksDone, useFakeEngine }
    from './tests/js/api/fake-engine.js';
  import { RTCPeerConnection, configure } from './js/exports.js';
  useFakeEngine();
  const network = new FakeNetwork();
  configure({ network });
  const collected = async (condition) => {
    for (let i = 0; i < 200 && !condition(); i++) {
      // What the condition looked at stays alive until its task has ended.
      await tasksDone();
      globalThis.gc();
    }
    return condition();
  };
`;

/** Runs a module script to its end and returns what it printed. */
const run = (script) =>
  execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', prelude + script], {
    cwd: new URL('../../../', import.meta.url),
    encoding: 'utf8',
    timeout: 100_000,
  }).trim();

test('A closed connection that nobody refers to is collected, with its channels', () => {
  const printed = run(`
    const refs = await (async () => {
      const pc = new RTCPeerConnection();
      pc.onsignalingstatechange = () => pc.signalingState;
      const channel = pc.createDataChannel('x');
      lastFake().emit('gather', { transportId: 1 });
      await pc.setLocalDescription();
      pc.close();
      return [new WeakRef(pc), new WeakRef(channel)];
    })();
    network.sinks = [];
    FakePeerConnection.all = [];
    console.log(await collected(() => refs.every((ref) => !ref.deref())));
  `);
  expect(printed).toBe('true');
});

test('A closed connection is collected with its transceivers, tracks and transports', () => {
  const printed = run(`
    const refs = await (async () => {
      const pc = new RTCPeerConnection();
      const transceiver = pc.addTransceiver('audio');
      const { sender, receiver } = transceiver;
      transceiver.receiver.track.onended = () => pc.connectionState;
      sender.dtmf.ontonechange = () => transceiver.mid;
      await pc.setLocalDescription();
      const { transport } = sender;
      transport.iceTransport.onstatechange = () => transport.state;
      pc.close();
      return [pc, transceiver, sender, receiver, receiver.track, sender.dtmf, transport].map(
        (one) => new WeakRef(one),
      );
    })();
    network.sinks = [];
    FakePeerConnection.all = [];
    console.log(await collected(() => refs.every((ref) => !ref.deref())));
  `);
  expect(printed).toBe('true');
});

test('A sender keeps its connection alive', () => {
  const printed = run(`
    const [sender, ref] = (() => {
      const pc = new RTCPeerConnection();
      return [pc.addTransceiver('audio').sender, new WeakRef(pc)];
    })();
    await collected(() => !ref.deref());
    sender.setStreams();
    console.log(ref.deref() !== undefined, lastFake().isDeleted);
  `);
  expect(printed).toBe('true false');
});

test("The engine's side of a connection that was lost without close() is released", () => {
  const printed = run(`
    (() => void new RTCPeerConnection())();
    const fake = lastFake();
    console.log(await collected(() => fake.isDeleted));
  `);
  expect(printed).toBe('true');
});

test('A connection without sockets does not keep the process alive', () => {
  const printed = run(`
    const pc = new RTCPeerConnection();
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    console.log(pc.signalingState);
  `);
  expect(printed).toBe('have-local-offer');
});

test('Remote streams that nobody has any more are forgotten, and others are what they were', () => {
  const printed = run(`
    import { RemoteStreams } from './js/api/remote-tracks.js';
    const streams = new RemoteStreams();
    const kept = (() => {
      for (let i = 0; i < 100; i++) streams.withId('stream ' + i);
      return streams.withId('stream 7');
    })();
    const before = streams.size;
    const isAlone = await collected(() => streams.size === 1);
    console.log(before, isAlone, streams.withId('stream 7') === kept);
  `);
  expect(printed).toBe('100 true true');
});
