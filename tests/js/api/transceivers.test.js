import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { createLocalTrack, mediaInterfaces } from '../../../js/media/index.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection, RTCRtpSender, RTCRtpReceiver, RTCRtpTransceiver } = interfaces;
const { MediaStream } = mediaInterfaces;

const answer = { type: 'answer', sdp: 'remote answer' };

let pc;
let fake;

const nameOf = (action) => {
  try {
    action();
    return 'nothing';
  } catch (error) {
    return error.name;
  }
};
const called = (name) => fake.transceivers.calls.filter(([method]) => method === name);
/** Runs queued tasks until none that they queue can be left. */
const settled = async () => {
  for (let i = 0; i < 4; i++) await tasksDone();
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  pc = new RTCPeerConnection();
  fake = lastFake();
});

afterEach(() => pc.close());

describe('addTransceiver', () => {
  test('gives a transceiver whose parts are there at once and stay the same', () => {
    const transceiver = pc.addTransceiver('video');
    expect(transceiver).toBeInstanceOf(RTCRtpTransceiver);
    expect(transceiver.sender).toBeInstanceOf(RTCRtpSender);
    expect(transceiver.receiver).toBeInstanceOf(RTCRtpReceiver);
    expect(transceiver.sender).toBe(transceiver.sender);
    expect(transceiver.receiver).toBe(transceiver.receiver);
    expect(transceiver).toMatchObject({
      mid: null,
      direction: 'sendrecv',
      currentDirection: null,
      stopped: false,
      sender: { track: null, transport: null, dtmf: null },
      receiver: { transport: null, jitterBufferTarget: null },
    });
    const { track } = transceiver.receiver;
    expect(track).toMatchObject({
      kind: 'video',
      label: 'remote video',
      readyState: 'live',
      muted: true,
    });
    expect(pc.getTransceivers()).toEqual([transceiver]);
    expect(pc.getSenders()).toEqual([transceiver.sender]);
    expect(pc.getReceivers()).toEqual([transceiver.receiver]);
  });

  test('takes a track, and tells the engine its id and the ids of streams, each once', () => {
    const track = createLocalTrack('audio');
    const [one, two] = [new MediaStream(), new MediaStream()];
    const init = { direction: 'sendonly', streams: [one, two, one] };
    const { sender, direction } = pc.addTransceiver(track, init);
    expect([sender.track, direction]).toEqual([track, 'sendonly']);
    expect(called('addTransceiver')[0][1]).toEqual({
      kind: 'audio',
      direction: 'sendonly',
      hasTrack: true,
      senderId: track.id,
      streams: [one.id, two.id],
      rids: [],
    });
    // A track that is sent twice cannot have the same name twice.
    expect(pc.addTransceiver(track).sender.track).toBe(track);
    expect(called('addTransceiver')[1][1].senderId).toBe('');
  });

  test.each([
    ['a kind that is none', () => pc.addTransceiver('text'), 'TypeError'],
    ['a direction that is none', () => pc.addTransceiver('audio', { direction: 'x' }), 'TypeError'],
    ['"stopped"', () => pc.addTransceiver('audio', { direction: 'stopped' }), 'TypeError'],
    ['an object that is no track', () => pc.addTransceiver({ kind: 'audio' }), 'TypeError'],
  ])('refuses %s', (_, action, name) => {
    expect(nameOf(action)).toBe(name);
    expect(pc.getTransceivers()).toEqual([]);
  });

  test('checks the kind before the state of the connection', () => {
    pc.close();
    expect(nameOf(() => pc.addTransceiver('text'))).toBe('TypeError');
    expect(nameOf(() => pc.addTransceiver('audio'))).toBe('InvalidStateError');
  });

  test('makes negotiation needed in a task of its own', async () => {
    const log = [];
    pc.onnegotiationneeded = () => log.push('negotiationneeded');
    pc.addTransceiver('audio');
    pc.addTransceiver('video');
    expect(log).toEqual([]);
    await tasksDone();
    expect(log).toEqual(['negotiationneeded']);
  });
});

describe('sendEncodings', () => {
  const encodingsOf = (kind, sendEncodings) =>
    pc.addTransceiver(kind, { sendEncodings }).sender.getParameters().encodings;
  const refusal = (kind, ...sendEncodings) =>
    nameOf(() => pc.addTransceiver(kind, { sendEncodings }));

  test('are one by default, which is active', () => {
    const [audio] = pc.addTransceiver('audio').sender.getParameters().encodings;
    expect(audio).toEqual({ active: true, adaptivePtime: false, priority: 'low' });
    const [video] = pc.addTransceiver('video').sender.getParameters().encodings;
    expect(video).toEqual({ ...audio, scaleResolutionDownBy: 1 });
  });

  test('scale by powers of two unless told otherwise, the last one not at all', () => {
    const rids = [{ rid: 'a' }, { rid: 'b' }, { rid: 'c' }];
    const scales = (list) => list.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
    expect(scales(encodingsOf('video', rids))).toEqual([4, 2, 1]);
    const told = [{ rid: 'a' }, { rid: 'b', scaleResolutionDownBy: 3 }, { rid: 'c' }];
    expect(scales(encodingsOf('video', told))).toEqual([1, 3, 1]);
    expect(called('addTransceiver')[0][1].rids).toEqual(['a', 'b', 'c']);
  });

  test('are named by us when the application has no names for them', () => {
    expect(encodingsOf('video', [{}, {}]).map(({ rid }) => rid)).toEqual(['0', '1']);
  });

  test('have no rid when there is but one', () => {
    const [encoding] = encodingsOf('video', [{ rid: 'only', maxBitrate: 5 }]);
    expect(encoding).not.toHaveProperty('rid');
    expect(encoding.maxBitrate).toBe(5);
    expect(called('addTransceiver')[0][1].rids).toEqual([]);
  });

  test('are cut down to what can be sent: three of video, one of audio', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((rid) => ({ rid }));
    expect(encodingsOf('video', five).map(({ rid }) => rid)).toEqual(['a', 'b', 'c']);
    expect(encodingsOf('audio', five)).toHaveLength(1);
  });

  test('of audio lose what only video has', () => {
    const [encoding] = encodingsOf('audio', [{ scaleResolutionDownBy: 0.5, maxFramerate: -1 }]);
    expect(encoding).toEqual({ active: true, adaptivePtime: false, priority: 'low' });
  });

  test.each([
    ['a rid with other characters', [{ rid: 'a b' }], 'TypeError'],
    ['an empty rid', [{ rid: '' }], 'TypeError'],
    ['a rid that no header extension can carry', [{ rid: 'r'.repeat(17) }], 'TypeError'],
    ['rids on some', [{ rid: 'a' }, {}], 'TypeError'],
    ['a rid twice', [{ rid: 'a' }, { rid: 'a' }], 'TypeError'],
    ['scaling up', [{ scaleResolutionDownBy: 0.9 }], 'RangeError'],
    ['no frames at all', [{ maxFramerate: 0 }], 'RangeError'],
    ['an unknown codec', [{ codec: { mimeType: 'video/x', clockRate: 90000 } }], 'OperationError'],
    ['an unknown mode', [{ scalabilityMode: 'L9T9' }], 'OperationError'],
    [
      'a mode that the codec cannot have',
      [{ scalabilityMode: 'L3T3', codec: { mimeType: 'video/VP8', clockRate: 90000 } }],
      'OperationError',
    ],
    [
      'simulcast in one stream beside simulcast in several',
      [{ rid: 'a', scalabilityMode: 'S2T1' }, { rid: 'b' }],
      'OperationError',
    ],
    [
      'a size of zero',
      [{ scaleResolutionDownTo: { maxWidth: 0, maxHeight: 9 } }],
      'OperationError',
    ],
    [
      'a size on some of the active ones',
      [{ rid: 'a', scaleResolutionDownTo: { maxWidth: 9, maxHeight: 9 } }, { rid: 'b' }],
      'OperationError',
    ],
  ])('refuse %s', (_, sendEncodings, name) => {
    expect(refusal('video', ...sendEncodings)).toBe(name);
    expect(pc.getTransceivers()).toEqual([]);
  });

  test('take the codecs of getCapabilities() and the modes that these can have', () => {
    for (const codec of RTCRtpSender.getCapabilities('video').codecs) {
      expect(refusal('video', { codec })).toBe('nothing');
    }
    for (const scalabilityMode of ['L1T1', 'L1T3', 'L3T3_KEY', 'S3T3h']) {
      expect(refusal('video', { scalabilityMode })).toBe('nothing');
    }
    expect(refusal('audio', { scalabilityMode: 'L1T1' })).toBe('OperationError');
  });
});

describe('addTrack', () => {
  test('makes a transceiver for the track, and gives its sender', () => {
    const track = createLocalTrack('audio');
    const stream = new MediaStream();
    const sender = pc.addTrack(track, stream);
    expect(pc.getTransceivers()[0].sender).toBe(sender);
    expect(sender.track).toBe(track);
    expect(called('addTrack')[0][1]).toEqual({
      kind: 'audio',
      senderId: track.id,
      streams: [stream.id],
    });
  });

  test('uses the sender that the engine finds free, and its new direction', () => {
    const transceiver = pc.addTransceiver('audio', { direction: 'recvonly' });
    const track = createLocalTrack('audio');
    expect(pc.addTrack(track)).toBe(transceiver.sender);
    expect([transceiver.sender.track, transceiver.direction]).toEqual([track, 'sendrecv']);
    expect(pc.getTransceivers()).toHaveLength(1);
  });

  test('refuses a track that a sender has already, and any on a closed connection', () => {
    const track = createLocalTrack('audio');
    pc.addTrack(track);
    expect(nameOf(() => pc.addTrack(track))).toBe('InvalidAccessError');
    pc.close();
    expect(nameOf(() => pc.addTrack(createLocalTrack('audio')))).toBe('InvalidStateError');
    expect(nameOf(() => pc.addTrack({}))).toBe('TypeError');
  });
});

describe('removeTrack', () => {
  test('takes the track and the sending away, and makes negotiation needed', async () => {
    const sender = pc.addTrack(createLocalTrack('audio'));
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    const needed = new Promise((resolve) => (pc.onnegotiationneeded = resolve));
    pc.removeTrack(sender);
    expect([sender.track, pc.getTransceivers()[0].direction]).toEqual([null, 'recvonly']);
    await needed;
    pc.removeTrack(sender);
    expect(called('removeTrack')).toHaveLength(1);
  });

  test('refuses the sender of another connection, and all on a closed one', () => {
    const other = new RTCPeerConnection();
    const { sender } = other.addTransceiver('audio');
    expect(nameOf(() => pc.removeTrack(sender))).toBe('InvalidAccessError');
    other.close();
    expect(nameOf(() => other.removeTrack(sender))).toBe('InvalidStateError');
    expect(nameOf(() => pc.removeTrack({}))).toBe('TypeError');
  });

  test('does nothing to a transceiver that is stopping', () => {
    const track = createLocalTrack('audio');
    const sender = pc.addTrack(track);
    pc.getTransceivers()[0].stop();
    pc.removeTrack(sender);
    expect(sender.track).toBe(track);
  });
});

describe('The direction', () => {
  test('can be changed, which makes negotiation needed unless nothing changed', async () => {
    const transceiver = pc.addTransceiver('audio');
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    const log = [];
    pc.onnegotiationneeded = () => log.push(transceiver.direction);
    transceiver.direction = 'sendrecv';
    fake.needsNegotiation = false;
    await settled();
    expect(log).toEqual([]);
    transceiver.direction = 'recvonly';
    await settled();
    expect(log).toEqual(['recvonly']);
  });

  test('ignores what is no direction, and cannot be set to "stopped"', () => {
    const transceiver = pc.addTransceiver('audio');
    transceiver.direction = 'sideways';
    expect(transceiver.direction).toBe('sendrecv');
    expect(nameOf(() => (transceiver.direction = 'stopped'))).toBe('TypeError');
  });

  test('cannot be changed once the transceiver is stopping', () => {
    const transceiver = pc.addTransceiver('audio');
    transceiver.stop();
    expect(nameOf(() => (transceiver.direction = 'sendonly'))).toBe('InvalidStateError');
    expect(nameOf(() => (transceiver.direction = 'stopped'))).toBe('InvalidStateError');
  });
});

describe('stop', () => {
  test('is visible at once, ends the receiving track in a task, and needs negotiation', async () => {
    const transceiver = pc.addTransceiver('audio');
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    const log = [];
    transceiver.receiver.track.onended = () => log.push('ended');
    pc.onnegotiationneeded = () => log.push('negotiationneeded');
    transceiver.stop();
    transceiver.stop();
    expect([transceiver.direction, log]).toEqual(['stopped', []]);
    expect(transceiver.receiver.track.readyState).toBe('live');
    await settled();
    expect(log).toEqual(['ended', 'negotiationneeded']);
    expect(transceiver.receiver.track.readyState).toBe('ended');
    expect(transceiver.currentDirection).not.toBe('stopped');
    expect(transceiver.stopped).toBe(false);
    expect(pc.getSenders()).toEqual([transceiver.sender]);
  });

  test('becomes final, and the transceiver goes, with the answer', async () => {
    const transceiver = pc.addTransceiver('audio');
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    transceiver.stop();
    await pc.setLocalDescription();
    expect(pc.getTransceivers()).toEqual([transceiver]);
    await pc.setRemoteDescription(answer);
    expect([transceiver.direction, transceiver.currentDirection]).toEqual(['stopped', 'stopped']);
    expect(transceiver.stopped).toBe(true);
    expect([pc.getTransceivers(), pc.getSenders(), pc.getReceivers()]).toEqual([[], [], []]);
  });

  test('of one that was never negotiated takes it off the list with the next answer', async () => {
    const transceiver = pc.addTransceiver('audio');
    pc.addTransceiver('video');
    transceiver.stop();
    await pc.setLocalDescription();
    expect(pc.getTransceivers()).toHaveLength(2);
    await pc.setRemoteDescription(answer);
    expect(pc.getTransceivers()).toHaveLength(1);
    expect(transceiver.currentDirection).toBe('stopped');
  });

  test('is an InvalidStateError on a closed connection', () => {
    const transceiver = pc.addTransceiver('audio');
    pc.close();
    expect(nameOf(() => transceiver.stop())).toBe('InvalidStateError');
  });
});

describe('A remote description', () => {
  const offer = { type: 'offer', sdp: 'remote offer' };

  test('that rejects a section stops its transceiver, which goes with the answer', async () => {
    const transceiver = pc.addTransceiver('audio');
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    const ended = new Promise((resolve) => (transceiver.receiver.track.onended = resolve));
    fake.effects.push((engine) => engine.reject(1));
    await pc.setRemoteDescription(offer);
    expect([transceiver.direction, transceiver.currentDirection]).toEqual(['stopped', 'stopped']);
    expect([pc.getTransceivers().length, pc.getSenders().length]).toEqual([1, 0]);
    await ended;
    await pc.setLocalDescription();
    expect(pc.getTransceivers()).toEqual([]);
  });

  test('brings transceivers in the order of its sections, which a rollback takes away', async () => {
    fake.effects.push((engine) => {
      engine.create({ kind: 'video', mid: 'v', mLineIndex: 0, direction: 'recvonly' });
      engine.create({ kind: 'audio', mid: 'a', mLineIndex: 1, direction: 'recvonly' });
    });
    await pc.setRemoteDescription(offer);
    const made = pc.getTransceivers();
    expect(made.map(({ mid }) => mid)).toEqual(['v', 'a']);
    expect(made[0]).toMatchObject({ direction: 'recvonly', sender: { track: null } });
    fake.effects.push((engine) => engine.remove(1, 2));
    const ended = new Promise((resolve) => (made[1].receiver.track.onended = resolve));
    await pc.setRemoteDescription({ type: 'rollback' });
    expect(pc.getTransceivers()).toEqual([]);
    expect(made[0]).toMatchObject({ direction: 'stopped', currentDirection: 'stopped', mid: null });
    await ended;
  });

  test('of which a rollback keeps the transceivers that script has put a track on', async () => {
    fake.effects.push((engine) =>
      engine.create({ mid: 'a', mLineIndex: 0, direction: 'recvonly' }),
    );
    await pc.setRemoteDescription(offer);
    const [transceiver] = pc.getTransceivers();
    pc.addTrack(createLocalTrack('audio'));
    fake.effects.push((engine) => {
      engine.find(1).mid = null;
    });
    await pc.setRemoteDescription({ type: 'rollback' });
    expect(pc.getTransceivers()).toEqual([transceiver]);
    expect([transceiver.mid, transceiver.direction]).toEqual([null, 'sendrecv']);
  });
});

describe('replaceTrack', () => {
  test('changes the track in a task, and tells the engine there is one', async () => {
    const { sender } = pc.addTransceiver('audio');
    const track = createLocalTrack('audio');
    const promise = sender.replaceTrack(track);
    expect(sender.track).toBe(null);
    await expect(promise).resolves.toBe(undefined);
    expect(sender.track).toBe(track);
    await sender.replaceTrack(null);
    expect(sender.track).toBe(null);
    expect(called('setSenderTrack').map(([, , hasTrack]) => hasTrack)).toEqual([true, false]);
  });

  test('waits in the operations chain, the last of several calls counting', async () => {
    const { sender } = pc.addTransceiver('audio');
    const [one, two] = [createLocalTrack('audio'), createLocalTrack('audio')];
    const order = [];
    pc.createOffer().then(() => order.push('createOffer'));
    const first = sender.replaceTrack(one).then(() => order.push(sender.track === one));
    const second = sender.replaceTrack(two).then(() => order.push(sender.track === two));
    await Promise.all([first, second]);
    expect(order).toEqual(['createOffer', true, true]);
  });

  test('refuses a track of the other kind, and all when stopping or closed', async () => {
    const transceiver = pc.addTransceiver('audio');
    const { sender } = transceiver;
    await expect(sender.replaceTrack(createLocalTrack('video'))).rejects.toThrow(TypeError);
    await expect(sender.replaceTrack()).rejects.toThrow(TypeError);
    transceiver.stop();
    const refused = sender.replaceTrack(null);
    await expect(refused).rejects.toMatchObject({ name: 'InvalidStateError' });
    pc.close();
    const closed = sender.replaceTrack(null);
    await expect(closed).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  test('never settles when the connection is closed meanwhile', async () => {
    const { sender } = pc.addTransceiver('audio');
    let isSettled = false;
    const note = () => (isSettled = true);
    sender.replaceTrack(createLocalTrack('audio')).then(note, note);
    pc.close();
    await settled();
    expect([isSettled, sender.track]).toEqual([false, null]);
  });
});

test('setStreams tells the engine the ids, each once, until the connection is closed', () => {
  const { sender } = pc.addTransceiver('audio');
  const stream = new MediaStream();
  sender.setStreams(stream, stream);
  sender.setStreams();
  expect(called('setSenderStreams').map(([, , ids]) => ids)).toEqual([[stream.id], []]);
  pc.close();
  expect(nameOf(() => sender.setStreams())).toBe('InvalidStateError');
});

test('The engine says what codec preferences and header extensions are refused', () => {
  const transceiver = pc.addTransceiver('video');
  const [vp8] = RTCRtpSender.getCapabilities('video').codecs;
  transceiver.setCodecPreferences([vp8]);
  const unknown = [{ mimeType: 'video/unknown', clockRate: 1 }];
  expect(nameOf(() => transceiver.setCodecPreferences(unknown))).toBe('InvalidModificationError');
  const extensions = transceiver.getHeaderExtensionsToNegotiate();
  expect(extensions).toEqual([{ uri: 'urn:x', direction: 'sendrecv' }]);
  transceiver.setHeaderExtensionsToNegotiate(extensions);
  const none = () => transceiver.setHeaderExtensionsToNegotiate([]);
  expect(nameOf(none)).toBe('InvalidModificationError');
  expect(transceiver.getNegotiatedHeaderExtensions()).toEqual([
    { uri: 'urn:x', direction: 'stopped' },
  ]);
});

test('getCapabilities is null for what is neither audio nor video, else a copy', () => {
  for (const side of [RTCRtpSender, RTCRtpReceiver]) {
    expect(side.getCapabilities('application')).toBe(null);
    const { codecs, headerExtensions } = side.getCapabilities('audio');
    expect(codecs[0]).toMatchObject({ mimeType: 'audio/opus', clockRate: 48000, channels: 2 });
    expect(headerExtensions[0].uri).toMatch(/^urn:/);
    codecs.pop();
    expect(side.getCapabilities('audio').codecs.length).toBeGreaterThan(codecs.length);
  }
});

describe('offerToReceiveAudio and offerToReceiveVideo', () => {
  const kinds = () => pc.getTransceivers().map(({ receiver }) => receiver.track.kind);
  const directions = () => pc.getTransceivers().map(({ direction }) => direction);

  test('make sure that the kind can be received, by one transceiver', async () => {
    await pc.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: true });
    await pc.createOffer({ offerToReceiveAudio: true });
    expect([kinds(), directions()]).toEqual([
      ['audio', 'video'],
      ['recvonly', 'recvonly'],
    ]);
  });

  test('take receiving away from all transceivers of the kind when false', async () => {
    for (const direction of ['sendrecv', 'recvonly', 'sendonly', 'inactive']) {
      pc.addTransceiver('audio', { direction });
    }
    pc.addTransceiver('video');
    await pc.createOffer({ offerToReceiveAudio: false });
    expect(directions()).toEqual(['sendonly', 'inactive', 'sendonly', 'inactive', 'sendrecv']);
  });

  test('work in the form with callbacks, and ask for no negotiation', async () => {
    const log = [];
    pc.onnegotiationneeded = () => log.push('negotiationneeded');
    await new Promise((resolve, reject) =>
      pc.createOffer(resolve, reject, { offerToReceiveVideo: true }),
    );
    await settled();
    expect([kinds(), log]).toEqual([['video'], []]);
  });

  test('do nothing on a closed connection', async () => {
    pc.close();
    const promise = pc.createOffer({ offerToReceiveAudio: true });
    await expect(promise).rejects.toMatchObject({ name: 'InvalidStateError' });
    expect(pc.getTransceivers()).toEqual([]);
  });
});

test('A receiver has no sources while no media flows, and a jitter buffer of four seconds', () => {
  const { receiver } = pc.addTransceiver('audio');
  expect(receiver.getContributingSources()).toEqual([]);
  expect(receiver.getSynchronizationSources()).toEqual([]);
  receiver.jitterBufferTarget = 4000;
  for (const target of [-1, 4000.1]) {
    expect(nameOf(() => (receiver.jitterBufferTarget = target))).toBe('RangeError');
  }
  expect(nameOf(() => (receiver.jitterBufferTarget = NaN))).toBe('TypeError');
  expect(receiver.jitterBufferTarget).toBe(4000);
  receiver.jitterBufferTarget = null;
  expect(receiver.jitterBufferTarget).toBe(null);
});

test('close() stops all transceivers and keeps what they said last', async () => {
  const transceiver = pc.addTransceiver('audio');
  fake.transceivers.negotiated.add(1);
  await pc.setLocalDescription();
  const ended = new Promise((resolve) => (transceiver.receiver.track.onended = resolve));
  pc.close();
  expect(transceiver).toMatchObject({
    direction: 'stopped',
    currentDirection: 'stopped',
    mid: '0',
  });
  expect([pc.getTransceivers(), pc.getSenders()]).toEqual([[transceiver], []]);
  expect(transceiver.sender.getParameters().codecs).toHaveLength(3);
  expect(transceiver.receiver.getParameters().codecs).toHaveLength(3);
  await ended;
  expect(transceiver.getHeaderExtensionsToNegotiate()).toEqual([]);
});
