import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { UnconfiguredNetwork } from '../../../js/api/unconfigured-network.js';
import { createLocalTrack } from '../../../js/media/index.js';
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
        usernameFragment: 'L',
        url: '',
      },
    ]);
    expect(seen).toEqual([]);
    await tasksDone();
    expect(seen).toEqual([['10.0.0.1', '0', 'with a candidate']]);
  });

  test('of a generation that no description has any more are not told', async () => {
    await pc.setLocalDescription();
    const seen = [];
    pc.onicecandidate = (event) => seen.push(event);
    const common = { candidate, sdpMid: '0', sdpMLineIndex: 0, url: '' };
    report(['candidate', { transportId: 1, ...common, usernameFragment: 'rolled-back' }]);
    report(['candidate', { transportId: 7, ...common, usernameFragment: 'L' }]);
    await tasksDone();
    expect(seen).toEqual([]);
  });

  test('and their end are not told of a transport that no description gives credentials', async () => {
    fake.transports[0].localParameters = null;
    await pc.setLocalDescription();
    const seen = [];
    pc.onicecandidate = (event) => seen.push(event);
    const common = { transportId: 1, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: '' };
    report(
      ['candidate', { ...common, candidate, url: '' }],
      ['candidate', { ...common, candidate: '' }],
    );
    await tasksDone();
    expect(seen).toEqual([]);
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
    const end = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'L' };
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
      errorText: expect.stringMatching(/^no\. Check username and credential/),
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
    expect(pc.sctp.maxMessageSize).toBe(2 ** 30);
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

describe('Several transports', () => {
  const transport = (id) => ({
    ...fake.transports[0],
    id,
    localParameters: { usernameFragment: `L${id}`, password: 'p' },
  });
  /** An offer of audio on one transport and video on another. */
  const offered = async () => {
    pc.addTransceiver('audio');
    pc.addTransceiver('video');
    fake.transports = [transport(1), transport(2)];
    fake.effects.push((engine) => (engine.find(2).transportId = 2));
    await pc.setLocalDescription();
    return pc.getTransceivers().map(({ sender }) => sender.transport);
  };
  /** The answer puts both on the first one. */
  const bundle = async () => {
    fake.transports.pop();
    fake.effects.push((engine) => (engine.find(2).transportId = 1));
    await pc.setRemoteDescription({ type: 'answer', sdp: 'answer' });
    report(['transport-closed', { transportId: 2 }]);
    await tasksDone();
  };

  test('are what the transceivers are on from the first local description', async () => {
    const { sender, receiver } = pc.addTransceiver('audio');
    expect([sender.transport, receiver.transport]).toEqual([null, null]);
    await pc.setLocalDescription();
    expect(sender.transport).toBeInstanceOf(interfaces.RTCDtlsTransport);
    expect(receiver.transport).toBe(sender.transport);
  });

  test('come to a remote offer with the answer alone', async () => {
    fake.effects.push((engine) => engine.create({ mid: 'a', mLineIndex: 0, transportId: 1 }));
    await pc.setRemoteDescription({ type: 'offer', sdp: 'offer' });
    const [{ receiver }] = pc.getTransceivers();
    expect(receiver.transport).toBe(null);
    await pc.setLocalDescription();
    expect(receiver.transport).not.toBe(null);
  });

  test('have states and candidates of their own', async () => {
    const [one, two] = await offered();
    expect(one).not.toBe(two);
    expect(two.iceTransport.getLocalParameters()).toEqual({
      usernameFragment: 'L2',
      password: 'p',
    });
    const line = 'candidate:1 1 udp 1 10.0.0.1 9 typ host';
    const candidate = { candidate: line, sdpMid: '1', sdpMLineIndex: 1, usernameFragment: 'L2' };
    report(['candidate', { transportId: 2, ...candidate }]);
    report(['ice-state', { transportId: 2, state: 'checking' }]);
    report(['dtls-state', { transportId: 1, state: 'connecting' }]);
    await tasksDone();
    expect([one, two].map(({ iceTransport: ice }) => ice.getLocalCandidates().length)).toEqual([
      0, 1,
    ]);
    expect([one, two].map(({ iceTransport: ice }) => ice.state)).toEqual(['new', 'checking']);
    expect([one.state, two.state]).toEqual(['connecting', 'new']);
    expect([pc.iceConnectionState, pc.connectionState]).toEqual(['checking', 'connecting']);
  });

  test('finish gathering one by one, and null comes after the last one', async () => {
    const [one, two] = await offered();
    const log = [];
    pc.onicegatheringstatechange = () => log.push(pc.iceGatheringState);
    pc.onicecandidate = ({ candidate }) => log.push(candidate);
    for (const { iceTransport } of [one, two]) {
      iceTransport.ongatheringstatechange = () => log.push(iceTransport.gatheringState);
    }
    for (const state of ['gathering', 'complete']) {
      for (const transportId of [1, 2]) report(['gathering-state', { transportId, state }]);
    }
    await tasksDone();
    expect(log).toEqual([
      'gathering',
      'gathering',
      'gathering',
      'complete',
      'complete',
      'complete',
      null,
    ]);
  });

  test('that BUNDLE has no use for are closed, and count no more', async () => {
    const [one, two] = await offered();
    const log = [];
    for (const target of [two, two.iceTransport]) {
      target.onstatechange = () => log.push(target.state);
    }
    pc.onconnectionstatechange = () => log.push(pc.connectionState);
    for (const [type, state] of [
      ['ice-state', 'connected'],
      ['dtls-state', 'connected'],
    ]) {
      report([type, { transportId: 1, state }]);
    }
    await tasksDone();
    expect(pc.connectionState).toBe('connecting');
    log.length = 0;
    await bundle();
    expect(log).toEqual(['connected', 'closed', 'closed']);
    expect(pc.connectionState).toBe('connected');
    expect(pc.getTransceivers().map(({ receiver }) => receiver.transport)).toEqual([one, one]);
    expect([two.state, two.iceTransport.state]).toEqual(['closed', 'closed']);
  });

  test('that end while they gather end the gathering of the connection', async () => {
    await offered();
    const log = [];
    pc.onicegatheringstatechange = () => log.push(pc.iceGatheringState);
    pc.onicecandidate = ({ candidate }) => log.push(candidate);
    report(['gathering-state', { transportId: 1, state: 'gathering' }]);
    report(['gathering-state', { transportId: 2, state: 'gathering' }]);
    report(['gathering-state', { transportId: 1, state: 'complete' }]);
    await tasksDone();
    expect(log).toEqual(['gathering']);
    await bundle();
    expect(log).toEqual(['gathering', 'complete', null]);
  });

  test('of an offer that is rolled back leave the connection as new as it was', async () => {
    await offered();
    report(['gathering-state', { transportId: 1, state: 'gathering' }]);
    await tasksDone();
    fake.effects.push((engine) => {
      for (const one of engine.list) Object.assign(one, { mid: null, transportId: null });
    });
    await pc.setLocalDescription({ type: 'rollback' });
    expect(pc.iceGatheringState).toBe('new');
    const event = new Promise((resolve) => (pc.onicegatheringstatechange = resolve));
    await event;
    expect(pc.getTransceivers().map(({ sender }) => sender.transport)).toEqual([null, null]);
  });

  test('list the remote candidates of their own sections', async () => {
    const [one, two] = await offered();
    const line = (port) => `candidate:1 1 udp 1 10.0.0.9 ${port} typ host`;
    const section = (mid, port) => `m=audio 9 X 0\r\na=mid:${mid}\r\na=${line(port)}\r\n`;
    const sdp = `v=0\r\na=ice-ufrag:U\r\n${section('0', 1)}${section('1', 2)}`;
    await pc.setRemoteDescription({ type: 'pranswer', sdp });
    const ports = ({ iceTransport }) => iceTransport.getRemoteCandidates().map(({ port }) => port);
    expect([ports(one), ports(two)]).toEqual([[1], [2]]);
    const [candidate] = one.iceTransport.getRemoteCandidates();
    expect(candidate).toMatchObject({ sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'U' });
    expect(one.iceTransport.getRemoteCandidates()[0]).toBe(candidate);
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

  test('of one sender or receiver has its streams and what they refer to', async () => {
    const { sender, receiver } = pc.addTransceiver('audio');
    await pc.setLocalDescription();
    fake.getStats = () => [
      { id: 'P', type: 'peer-connection' },
      { id: 'O', type: 'outbound-rtp', mid: '0', transportId: 'T', codecId: 'gone' },
      { id: 'I', type: 'inbound-rtp', mid: '0', codecId: 'C', qpSum: undefined },
      { id: 'O2', type: 'outbound-rtp', mid: '1' },
      { id: 'T', type: 'transport', localCertificateId: 'L' },
      { id: 'L', type: 'certificate' },
      { id: 'C', type: 'codec', transportId: 'T' },
    ];
    const ids = async (promise) => [...(await promise).keys()];
    expect(await ids(sender.getStats())).toEqual(['O', 'T', 'L']);
    expect(await ids(receiver.getStats())).toEqual(['I', 'C', 'T', 'L']);
    expect('qpSum' in (await receiver.getStats()).get('I')).toBe(false);
    expect(await ids(pc.getStats(receiver.track))).toEqual(['I', 'C', 'T', 'L']);
  });

  test('rejects a track that is of no sender or receiver, or of several', async () => {
    const refused = (track) =>
      expect(pc.getStats(track)).rejects.toMatchObject({ name: 'InvalidAccessError' });
    const track = createLocalTrack('audio');
    await refused(track);
    pc.addTransceiver(track);
    await expect(pc.getStats(track)).resolves.toBeInstanceOf(interfaces.RTCStatsReport);
    pc.addTransceiver(track);
    await refused(track);
  });

  test('rejects a selector that is no track', async () => {
    await expect(pc.getStats({})).rejects.toThrow(TypeError);
    await expect(pc.getStats(() => {})).rejects.toThrow(TypeError);
  });
});
