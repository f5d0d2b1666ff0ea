// What script sees when paths are lost and found again.

import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection } = interfaces;
const candidate = 'candidate:1 1 udp 1 10.0.0.1 9 typ relay raddr 0.0.0.0 rport 0';

let pc;
let fake;

/** The engine reports something; any call makes the driver drain. */
const report = (type, members) => {
  fake.emit(type, members);
  pc.createDataChannel('drain');
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork(), onrelay: undefined });
  pc = new RTCPeerConnection();
  fake = lastFake();
});

afterEach(() => pc.close());

describe('A restart that ICE needs', () => {
  const restarts = () => fake.calls.filter(([name]) => name === 'restartIce').length;

  test('is as if script had called restartIce()', async () => {
    await pc.setLocalDescription();
    await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    await tasksDone();
    const fired = [];
    pc.onnegotiationneeded = () => fired.push(pc.signalingState);
    report('ice-restart-needed', { transportId: 1 });
    expect(restarts()).toBe(0);
    await tasksDone();
    await tasksDone();
    expect(restarts()).toBe(1);
    expect(fired).toEqual(['stable']);
  });

  test('is none once the connection is closed', async () => {
    report('ice-restart-needed', { transportId: 1 });
    pc.close();
    await tasksDone();
    expect(restarts()).toBe(0);
  });
});

describe('A candidate that is gone', () => {
  test('is in the local description and with its transport no more, without an event', async () => {
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    const told = { transportId: 1, usernameFragment: 'L' };
    const common = { ...told, sdpMid: '0', sdpMLineIndex: 0, url: '' };
    report('candidate', { ...common, candidate });
    report('candidate', { ...common, candidate: candidate.replace('10.0.0.1', '10.0.0.2') });
    await tasksDone();
    const { iceTransport } = pc.sctp.transport;
    const before = iceTransport.getLocalCandidates();
    expect(before).toHaveLength(2);
    const events = [];
    pc.onicecandidate = (event) => events.push(event);
    report('candidate-removed', { ...told, candidate });
    fake.descriptions.currentLocalDescription.sdp = 'without it';
    await tasksDone();
    expect(iceTransport.getLocalCandidates()).toEqual([before[1]]);
    expect(pc.localDescription.sdp).toBe('without it');
    expect(events).toEqual([]);
  });
});

describe('configure({ onrelay })', () => {
  test('is told in tasks, by connections that are made from then on', async () => {
    const reports = [];
    configure({ onrelay: (one) => reports.push(one) });
    const url = 'wss://relay.example/';
    const open = { streamId: 1, url, transport: 'relay', host: 'h', port: 1, attempt: 0 };
    report('stream-open', open);
    await tasksDone();
    expect(reports).toEqual([]);
    pc.close();
    pc = new RTCPeerConnection();
    fake = lastFake();
    report('stream-open', open);
    expect(reports).toEqual([]);
    await tasksDone();
    expect(reports).toEqual([{ type: 'connecting', url, attempt: 0 }]);
    configure({ onrelay: undefined });
  });

  test('is refused when it is no function', () => {
    expect(() => configure({ onrelay: 'log' })).toThrow(TypeError);
  });
});

describe('getStats()', () => {
  test('counts what went through the sockets, also after close', async () => {
    const zero = { datagramsSent: 0, streamsReopened: 0, bufferedAmountHighWater: 0 };
    const counters = async () =>
      [...(await pc.getStats()).values()].find(({ type }) => type === 'peer-connection');
    expect(await counters()).toMatchObject({ ...zero, sendErrors: 0 });
    pc.close();
    expect(await counters()).toMatchObject(zero);
  });
});
