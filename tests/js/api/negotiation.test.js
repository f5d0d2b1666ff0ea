import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCError } = interfaces;

const open = [];
const connect = () => {
  const pc = new RTCPeerConnection();
  open.push(pc);
  return pc;
};
const answer = { type: 'answer', sdp: 'remote answer' };
const offer = { type: 'offer', sdp: 'remote offer' };
/** Notes events and promises in the order in which script sees them. */
const logOf = (pc, ...types) => {
  const log = [];
  for (const type of types)
    pc.addEventListener(type, () => log.push(`${type} ${pc.signalingState}`));
  return log;
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
});

afterEach(() => open.splice(0).forEach((pc) => pc.close()));

describe('An engine that fails', () => {
  test('rejects the call that it failed in, and the next one is made', async () => {
    for (const method of ['setRemoteDescription', 'snapshot']) {
      const pc = connect();
      lastFake()[method] = () => {
        throw new WebAssembly.RuntimeError('Aborted(OOM)');
      };
      const failed = pc.setRemoteDescription(offer);
      await expect(failed).rejects.toBeInstanceOf(DOMException);
      await expect(failed).rejects.toMatchObject({ name: 'OperationError' });
      expect(pc.signalingState).toBe('stable');
      expect(pc.remoteDescription).toBeNull();
      delete lastFake()[method];
      if (method === 'setRemoteDescription') await pc.setRemoteDescription(offer);
    }
  });
});

describe('createOffer and createAnswer', () => {
  test('resolve with a plain, mutable dictionary', async () => {
    const description = await connect().createOffer();
    expect(Object.getPrototypeOf(description)).toBe(Object.prototype);
    expect(description).toEqual({ type: 'offer', sdp: 'offer 1\r\n' });
    description.sdp += 'a=x\r\n';
    expect(description.sdp).toBe('offer 1\r\na=x\r\n');
  });

  test('hand their options to the engine as booleans', async () => {
    const pc = connect();
    await pc.createOffer({ iceRestart: 'yes', voiceActivityDetection: 0 });
    await pc.createOffer();
    await pc.setRemoteDescription(offer);
    await pc.createAnswer({ voiceActivityDetection: false });
    expect(lastFake().calls.filter(([name]) => name.startsWith('create'))).toEqual([
      ['createOffer', { iceRestart: true, voiceActivityDetection: false }],
      ['createOffer', { iceRestart: false, voiceActivityDetection: true }],
      ['createAnswer', { voiceActivityDetection: false }],
    ]);
  });

  test('reach the engine in the task in which they settle, not before', async () => {
    const pc = connect();
    const promise = pc.createOffer();
    const begun = () => lastFake().calls.some(([name]) => name === 'createOffer');
    await null;
    expect(begun()).toBe(false);
    await tasksDone();
    expect(begun()).toBe(true);
    await promise;
  });

  test('reject with the DOMException that the engine names', async () => {
    const error = await connect()
      .createAnswer()
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe('InvalidStateError');
  });

  test('reject in the task of the call when the state forbids them', async () => {
    const pc = connect();
    await pc.setRemoteDescription(offer);
    const idle = connect();
    const refused = [];
    const calls = {
      createOffer: pc.createOffer(),
      createAnswer: idle.createAnswer(),
      rollback: idle.setLocalDescription({ type: 'rollback' }),
      addIceCandidate: connect().addIceCandidate(),
    };
    for (const [name, promise] of Object.entries(calls)) {
      promise.catch((error) => refused.push(`${name} ${error.name}`));
    }
    // Microtasks only: no task may pass.
    for (let i = 0; i < 20; i++) await null;
    expect(refused.sort()).toEqual(
      Object.keys(calls)
        .map((name) => `${name} InvalidStateError`)
        .sort(),
    );
  });

  test('reject with InvalidStateError on a closed connection', async () => {
    const pc = connect();
    pc.close();
    await expect(pc.createOffer()).rejects.toMatchObject({ name: 'InvalidStateError' });
    await expect(pc.addIceCandidate()).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  test('never settle when the connection is closed meanwhile', async () => {
    const pc = connect();
    let settled = false;
    const note = () => (settled = true);
    pc.createOffer().then(note, note);
    pc.setLocalDescription().then(note, note);
    pc.close();
    await tasksDone();
    await tasksDone();
    expect(settled).toBe(false);
  });
});

describe('The legacy callback forms', () => {
  test('call exactly one callback and resolve with undefined', async () => {
    const pc = connect();
    const calls = [];
    const failure = (error) => calls.push(['failure', error.name]);
    const result = await pc.createOffer(
      (description) => calls.push(['success', description.type]),
      failure,
    );
    expect(result).toBe(undefined);
    await pc.setLocalDescription({ type: 'offer', sdp: '' }, () => calls.push(['set']), failure);
    await pc.createAnswer(() => calls.push(['answer']), failure);
    await tasksDone();
    await tasksDone();
    await tasksDone();
    expect(calls).toEqual([['success', 'offer'], ['set'], ['failure', 'InvalidStateError']]);
  });

  test('take the options as third argument', async () => {
    const pc = connect();
    await new Promise((resolve, reject) => pc.createOffer(resolve, reject, { iceRestart: true }));
    expect(lastFake().calls.at(-1)).toMatchObject(['createOffer', { iceRestart: true }]);
  });

  test('reject with a TypeError when the callbacks are none', async () => {
    const pc = connect();
    await expect(pc.createOffer(() => {}, null)).rejects.toThrow(TypeError);
    await expect(pc.createOffer(null, () => {})).rejects.toThrow(TypeError);
    await expect(pc.setRemoteDescription(offer, () => {})).rejects.toThrow(TypeError);
  });

  test('call the failure callback on a closed connection', async () => {
    const pc = connect();
    pc.close();
    const error = await new Promise((resolve) => pc.createOffer(() => {}, resolve));
    expect(error.name).toBe('InvalidStateError');
  });
});

describe('The operations chain', () => {
  test('runs one operation after the other, in the order of the calls', async () => {
    const pc = connect();
    const order = [];
    const note = (name) => () => order.push(name);
    await Promise.all([
      pc.createOffer().then(note('createOffer')),
      pc.setLocalDescription().then(note('setLocalDescription')),
      pc.setRemoteDescription(answer).then(note('setRemoteDescription')),
      pc.createAnswer().catch(note('createAnswer')),
    ]);
    expect(order).toEqual([
      'createOffer',
      'setLocalDescription',
      'setRemoteDescription',
      'createAnswer',
    ]);
    expect(pc.signalingState).toBe('stable');
  });

  test('begins the next operation only when the one before has settled', async () => {
    const pc = connect();
    pc.createOffer();
    pc.createOffer();
    const begun = () => lastFake().calls.filter(([name]) => name === 'createOffer').length;
    await tasksDone();
    expect(begun()).toBe(1);
    await tasksDone();
    expect(begun()).toBe(2);
  });

  test('goes on after an operation that failed', async () => {
    const pc = connect();
    const first = pc.createAnswer();
    const second = pc.createOffer();
    await expect(first).rejects.toBeDefined();
    await expect(second).resolves.toMatchObject({ type: 'offer' });
  });

  test('lets reactions to a promise run before the next operation begins', async () => {
    const pc = connect();
    const begun = () => lastFake().calls.filter(([name]) => name === 'createOffer').length;
    const seen = pc.createOffer().then(begun);
    pc.createOffer();
    expect(await seen).toBe(1);
  });
});

describe('Setting descriptions', () => {
  test('changes nothing that script sees before its task', async () => {
    const pc = connect();
    const done = pc.setLocalDescription();
    expect([pc.signalingState, pc.localDescription]).toEqual(['stable', null]);
    await done;
    expect(pc.signalingState).toBe('have-local-offer');
    expect(pc.pendingLocalDescription).toBeInstanceOf(interfaces.RTCSessionDescription);
    expect(pc.localDescription).toBe(pc.pendingLocalDescription);
    expect(pc.currentLocalDescription).toBe(null);
  });

  test('fires signalingstatechange before the promise resolves, once per change', async () => {
    const pc = connect();
    const log = logOf(pc, 'signalingstatechange');
    await pc.setLocalDescription().then(() => log.push('set'));
    await pc.setLocalDescription().then(() => log.push('set again'));
    await pc.setRemoteDescription(answer).then(() => log.push('answered'));
    expect(log).toEqual([
      'signalingstatechange have-local-offer',
      'set',
      'set again',
      'signalingstatechange stable',
      'answered',
    ]);
    expect(pc.currentRemoteDescription.toJSON()).toEqual(answer);
    expect(pc.pendingLocalDescription).toBe(null);
  });

  test('gives the same description object until it changes', async () => {
    const pc = connect();
    await pc.setLocalDescription();
    const before = pc.localDescription;
    await pc.setRemoteDescription({ type: 'pranswer', sdp: 'p' });
    expect(pc.localDescription).toBe(before);
  });

  test('rejects broken SDP with an RTCError that names the line', async () => {
    const pc = connect();
    const error = await pc.setRemoteDescription({ type: 'offer', sdp: 'broken' }).catch((e) => e);
    expect(error).toBeInstanceOf(RTCError);
    expect(error).toMatchObject({ errorDetail: 'sdp-syntax-error', sdpLineNumber: 2 });
    expect(pc.signalingState).toBe('stable');
  });

  test('rolls a local offer back when a remote one comes, with an event for each step', async () => {
    const pc = connect();
    await pc.setLocalDescription();
    const log = logOf(pc, 'signalingstatechange');
    await pc.setRemoteDescription(offer);
    expect(log).toEqual(['signalingstatechange stable', 'signalingstatechange have-remote-offer']);
    expect(pc.pendingLocalDescription).toBe(null);
  });

  test('does not resolve, nor fire, once a listener has closed the connection', async () => {
    const pc = connect();
    const log = logOf(pc, 'signalingstatechange');
    pc.addEventListener('signalingstatechange', () => pc.close());
    pc.setLocalDescription().then(() => log.push('resolved'));
    await tasksDone();
    await tasksDone();
    expect(log).toEqual(['signalingstatechange have-local-offer']);
    expect(pc.signalingState).toBe('closed');
  });
});

describe('addIceCandidate', () => {
  test('rejects with a TypeError when a candidate names no section', async () => {
    await expect(connect().addIceCandidate({ candidate: 'candidate:1' })).rejects.toThrow(
      TypeError,
    );
  });

  test('rejects with InvalidStateError without a remote description', async () => {
    const promise = connect().addIceCandidate({ candidate: 'x', sdpMid: '0' });
    await expect(promise).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  test('takes an RTCIceCandidate, null and undefined', async () => {
    const pc = connect();
    await pc.setRemoteDescription(offer);
    await pc.addIceCandidate(new interfaces.RTCIceCandidate({ candidate: 'c', sdpMLineIndex: 0 }));
    await pc.addIceCandidate(null);
    await pc.addIceCandidate();
    const given = lastFake()
      .calls.filter(([name]) => name === 'addIceCandidate')
      .map(([, c]) => c);
    expect(given.map(({ candidate }) => candidate)).toEqual(['c', '', '']);
    expect(given[0]).toEqual({
      candidate: 'c',
      sdpMid: null,
      sdpMLineIndex: 0,
      usernameFragment: null,
    });
  });

  test('waits in the chain behind the description that it belongs to', async () => {
    const pc = connect();
    const set = pc.setRemoteDescription(offer);
    const added = pc.addIceCandidate({ candidate: 'c', sdpMid: '0' });
    await expect(Promise.all([set, added])).resolves.toEqual([undefined, undefined]);
  });
});

describe('negotiationneeded', () => {
  test('comes in a task of its own after the first data channel, once for several', async () => {
    const pc = connect();
    const log = logOf(pc, 'negotiationneeded');
    pc.createDataChannel('one');
    pc.createDataChannel('two');
    expect(log).toEqual([]);
    await Promise.resolve();
    expect(log).toEqual([]);
    await tasksDone();
    expect(log).toEqual(['negotiationneeded stable']);
  });

  test('does not come while the signalling state is not stable, but when it is again', async () => {
    const pc = connect();
    await pc.setRemoteDescription(offer);
    const log = logOf(pc, 'negotiationneeded');
    pc.createDataChannel('one');
    await tasksDone();
    expect(log).toEqual([]);
    await pc.setRemoteDescription({ type: 'rollback' });
    await tasksDone();
    await tasksDone();
    expect(log).toEqual(['negotiationneeded stable']);
  });

  test('waits until the operations chain is empty', async () => {
    const pc = connect();
    const log = logOf(pc, 'negotiationneeded');
    const operation = pc.createOffer().then(() => log.push('createOffer'));
    pc.createDataChannel('one');
    await operation;
    await tasksDone();
    await tasksDone();
    expect(log).toEqual(['createOffer', 'negotiationneeded stable']);
  });

  test('does not come after close', async () => {
    const pc = connect();
    const log = logOf(pc, 'negotiationneeded', 'signalingstatechange');
    pc.createDataChannel('one');
    pc.close();
    await tasksDone();
    expect(log).toEqual([]);
  });

  test('comes again for restartIce, once there was a negotiation', async () => {
    const pc = connect();
    const log = logOf(pc, 'negotiationneeded');
    pc.restartIce();
    await tasksDone();
    expect(log).toEqual([]);
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    pc.restartIce();
    await tasksDone();
    await tasksDone();
    expect(log).toEqual(['negotiationneeded stable']);
    pc.close();
    expect(() => pc.restartIce()).not.toThrow();
  });
});
