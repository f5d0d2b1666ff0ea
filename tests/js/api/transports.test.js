import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { UnconfiguredNetwork } from '../../../js/api/unconfigured-network.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCSctpTransport, RTCError } = interfaces;

let network;
let pc;
let fake;

/** The engine reports something; any call makes the driver drain. */
const report = (...events) => {
  for (const [type, members] of events) fake.emit(type, members);
  pc.restartIce();
};

/** A connection whose data section is negotiated. */
const negotiated = async () => {
  pc.createDataChannel('x');
  await pc.setLocalDescription();
  await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
};

const logOf = (target, ...types) => {
  const log = [];
  for (const type of types) {
    target.addEventListener(type, (event) => log.push([type, event.target.state ?? event]));
  }
  return log;
};

beforeEach(() => {
  useFakeEngine();
  network = new FakeNetwork();
  configure({ network });
  pc = new RTCPeerConnection();
  fake = lastFake();
});

afterEach(() => pc.close());

describe('Candidates', () => {
  const candidate = 'candidate:1 1 udp 1 10.0.0.1 9 typ host';

  test('come as icecandidate events, each in a task, with the local description up to date', async () => {
    await pc.setLocalDescription();
    const seen = [];
    pc.onicecandidate = ({ candidate: c }) =>
      seen.push([c?.address, c?.sdpMid, pc.localDescription.sdp]);
    fake.descriptions.pendingLocalDescription.sdp = 'with a candidate';
    report([
      'candidate',
      {
        transportId: 1,
        candidate,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'u',
        url: '',
      },
    ]);
    expect(seen).toEqual([]);
    await tasksDone();
    expect(seen).toEqual([['10.0.0.1', '0', 'with a candidate']]);
  });

  test('end with an empty candidate, and in the next task with the complete state and null', async () => {
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    report(['gathering-state', { transportId: 1, state: 'gathering' }]);
    await tasksDone();
    expect(pc.iceGatheringState).toBe('gathering');
    const log = [];
    const noteTask = () => setImmediate(() => log.push('next task'));
    pc.onicecandidate = ({ candidate: c }) => {
      log.push(c ? `candidate '${c.candidate}' of ${c.sdpMid}` : 'null');
    };
    pc.onicegatheringstatechange = () => log.push(pc.iceGatheringState);
    pc.sctp.transport.iceTransport.ongatheringstatechange = ({ target }) =>
      log.push(`transport ${target.gatheringState}`);
    const end = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
    report(['candidate', { transportId: 1, candidate: '', ...end }]);
    noteTask();
    report(['gathering-state', { transportId: 1, state: 'complete' }]);
    noteTask();
    await tasksDone();
    expect(log).toEqual([
      "candidate '' of 0",
      'next task',
      'transport complete',
      'complete',
      'null',
      'next task',
    ]);
  });

  test('that cannot be gathered come as icecandidateerror', async () => {
    const errors = [];
    pc.onicecandidateerror = (event) => errors.push(event);
    report([
      'candidate-error',
      { address: '', port: 0, url: 'turn:h', errorCode: 401, errorText: 'no' },
    ]);
    await tasksDone();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(interfaces.RTCPeerConnectionIceErrorEvent);
    expect(errors[0]).toMatchObject({
      address: null,
      port: null,
      url: 'turn:h',
      errorCode: 401,
      errorText: 'no',
    });
  });

  test('end at once on a network without sockets, which says what to do', async () => {
    pc.close();
    configure({ network: new UnconfiguredNetwork() });
    pc = new RTCPeerConnection();
    fake = lastFake();
    const errors = [];
    pc.onicecandidateerror = ({ errorText }) => errors.push(errorText);
    fake.emit('gather', { transportId: 1 });
    await pc.setLocalDescription();
    await tasksDone();
    expect(errors).toEqual([expect.stringContaining('call configure({ relay')]);
    expect(fake.calls.at(-1)).toEqual(['interfacesComplete', 1, expect.any(Number)]);
  });
});

describe('States', () => {
  test('of ICE and DTLS make connectionState, transport events first', async () => {
    await negotiated();
    const ice = pc.sctp.transport.iceTransport;
    const log = [];
    ice.onstatechange = () => log.push(`ice ${ice.state}`);
    pc.sctp.transport.onstatechange = () => log.push(`dtls ${pc.sctp.transport.state}`);
    pc.oniceconnectionstatechange = () => log.push(`iceConnectionState ${pc.iceConnectionState}`);
    pc.onconnectionstatechange = () => log.push(`connectionState ${pc.connectionState}`);
    report(['ice-state', { transportId: 1, state: 'checking' }]);
    report(['ice-state', { transportId: 1, state: 'connected' }]);
    report(['dtls-state', { transportId: 1, state: 'connecting' }]);
    report([
      'dtls-state',
      { transportId: 1, state: 'connected', remoteCertificates: [new Uint8Array([48])] },
    ]);
    report(['ice-state', { transportId: 1, state: 'connected' }]);
    await tasksDone();
    expect(log).toEqual([
      'ice checking',
      'iceConnectionState checking',
      'connectionState connecting',
      'ice connected',
      'iceConnectionState connected',
      'dtls connecting',
      'dtls connected',
      'connectionState connected',
    ]);
    const [der] = pc.sctp.transport.getRemoteCertificates();
    expect(der).toBeInstanceOf(ArrayBuffer);
    expect(der.byteLength).toBe(1);
  });

  test('of a failed DTLS transport come with an RTCErrorEvent', async () => {
    await negotiated();
    const { transport } = pc.sctp;
    const errors = [];
    transport.onerror = ({ error }) => errors.push(error);
    const states = logOf(transport, 'error', 'statechange');
    report([
      'dtls-state',
      {
        transportId: 1,
        state: 'failed',
        error: { errorDetail: 'fingerprint-failure', message: 'other key', sentAlert: null },
      },
    ]);
    await tasksDone();
    expect(errors[0]).toBeInstanceOf(RTCError);
    expect(errors[0]).toMatchObject({ errorDetail: 'fingerprint-failure', message: 'other key' });
    expect(states).toEqual([
      ['error', 'failed'],
      ['statechange', 'failed'],
    ]);
    expect(pc.connectionState).toBe('failed');
  });

  test('go to closed when the connection is closed, which only an event of SCTP tells', async () => {
    await negotiated();
    const { sctp } = pc;
    const ofConnection = logOf(
      pc,
      'connectionstatechange',
      'iceconnectionstatechange',
      'signalingstatechange',
    );
    const ofSctp = logOf(sctp, 'statechange');
    report(['ice-state', { transportId: 1, state: 'checking' }]);
    pc.close();
    await tasksDone();
    expect([ofConnection, ofSctp]).toEqual([[], [['statechange', 'closed']]]);
    expect([pc.connectionState, pc.iceConnectionState, pc.signalingState]).toEqual([
      'closed',
      'closed',
      'closed',
    ]);
    expect([sctp.state, sctp.transport.state, sctp.transport.iceTransport.state]).toEqual([
      'closed',
      'closed',
      'closed',
    ]);
    expect(pc.sctp).toBe(sctp);
  });
});

describe('RTCSctpTransport and RTCIceTransport', () => {
  test('sctp is null until a description has data channels, and stays the same object', async () => {
    pc.createDataChannel('x');
    expect(pc.sctp).toBe(null);
    await pc.setLocalDescription();
    const { sctp } = pc;
    expect(sctp).toBeInstanceOf(RTCSctpTransport);
    expect([sctp.state, sctp.maxMessageSize, sctp.maxChannels]).toEqual([
      'connecting',
      65536,
      null,
    ]);
    await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    expect(pc.sctp).toBe(sctp);
    expect([sctp.state, sctp.maxMessageSize, sctp.maxChannels]).toEqual(['connecting', 1000, null]);
    report(['sctp-state', { state: 'connected', maxChannels: 1024 }]);
    await tasksDone();
    expect([sctp.state, sctp.maxChannels]).toEqual(['connected', 1024]);
    await pc.setLocalDescription();
    expect(pc.sctp).toBe(sctp);
    expect(pc.sctp.transport).toBe(sctp.transport);
    expect(sctp.transport.iceTransport).toBe(sctp.transport.iceTransport);
  });

  test('sctp goes when the offer that brought it is rolled back', async () => {
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    expect(pc.sctp).not.toBe(null);
    await pc.setLocalDescription({ type: 'rollback' });
    expect(pc.sctp).toBe(null);
  });

  test('maxMessageSize is finite even when the peer takes messages of any size', async () => {
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    lastFake().sizeFromAnswer = Infinity;
    await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    expect(pc.sctp.maxMessageSize).toBe(256 * 1024 * 1024);
  });

  test('an ICE transport knows its role, parameters, candidates and selected pair', async () => {
    const local = 'candidate:1 1 udp 1 10.0.0.1 9 typ host';
    const remote = 'candidate:2 1 udp 1 10.0.0.2 9 typ host';
    const sdp = (ufrag, more = '') =>
      `v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:pwd-of-${ufrag}\r\n${more}`;
    pc.createDataChannel('x');
    await pc.setLocalDescription({ type: 'offer', sdp: sdp('L') });
    fake.transports[0].remoteParameters = { usernameFragment: 'R', password: 'pwd-of-R' };
    await pc.setRemoteDescription({ type: 'answer', sdp: sdp('R', `a=${remote}\r\n`) });
    const { iceTransport } = pc.sctp.transport;
    expect(iceTransport.role).toBe('controlling');
    expect(iceTransport.component).toBe('rtp');
    expect(iceTransport.getLocalParameters()).toEqual({
      usernameFragment: 'L',
      password: 'pwd-of-L',
    });
    expect(iceTransport.getRemoteParameters()).toEqual({
      usernameFragment: 'R',
      password: 'pwd-of-R',
    });
    expect(iceTransport.getSelectedCandidatePair()).toBe(null);
    report(
      [
        'candidate',
        { transportId: 1, candidate: local, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'L' },
      ],
      ['selected-pair', { transportId: 1, local, remote }],
      ['ice-state', { transportId: 1, state: 'connected' }],
    );
    const changes = logOf(iceTransport, 'selectedcandidatepairchange', 'statechange');
    await tasksDone();
    // One task changes both.
    expect(changes).toEqual([
      ['selectedcandidatepairchange', 'connected'],
      ['statechange', 'connected'],
    ]);
    const pair = iceTransport.getSelectedCandidatePair();
    expect(iceTransport.getSelectedCandidatePair()).toBe(pair);
    expect(pair.local).toBe(iceTransport.getLocalCandidates()[0]);
    expect(pair.remote).toBe(iceTransport.getRemoteCandidates()[0]);
    expect([pair.local.address, pair.remote.address]).toEqual(['10.0.0.1', '10.0.0.2']);
    await pc.addIceCandidate({ candidate: remote.replace('2 1', '3 1'), sdpMid: 'data' });
    expect(iceTransport.getRemoteCandidates()).toHaveLength(2);
  });
});

describe('getStats', () => {
  test('resolves with an RTCStatsReport, a maplike, also after close', async () => {
    pc.createDataChannel('label');
    const report1 = await pc.getStats();
    expect(report1).toBeInstanceOf(interfaces.RTCStatsReport);
    expect(report1.get('T1')).toMatchObject({ type: 'transport' });
    const types = [...report1.values()].map(({ type }) => type);
    expect(types).toEqual(['transport', 'peer-connection', 'data-channel']);
    expect([...report1.keys()]).toHaveLength(report1.size);
    pc.close();
    expect((await pc.getStats(null)).has('T1')).toBe(true);
  });

  test('rejects a selector that is no track', async () => {
    await expect(pc.getStats({})).rejects.toThrow(TypeError);
    await expect(pc.getStats(() => {})).rejects.toThrow(TypeError);
  });
});
