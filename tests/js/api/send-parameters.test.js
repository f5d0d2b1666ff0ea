import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';

const { RTCPeerConnection } = interfaces;

const answer = { type: 'answer', sdp: 'remote answer' };

let pc;
let fake;

/** Makes parameters of a sender, changes them and sets them in the same task. */
const change = (sender, mutate, options) => {
  const parameters = sender.getParameters();
  mutate(parameters, parameters.encodings[0]);
  return sender.setParameters(parameters, options);
};
const refusal = (promise) =>
  promise.then(
    () => 'nothing',
    ({ name }) => name,
  );

/** A sender of video whose parameters are negotiated. */
const negotiatedSender = async (init) => {
  const { sender } = pc.addTransceiver('video', init);
  await pc.setLocalDescription();
  fake.transceivers.negotiated.add(1);
  await pc.setRemoteDescription(answer);
  return sender;
};

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  pc = new RTCPeerConnection();
  fake = lastFake();
});

afterEach(() => pc.close());

describe('getParameters', () => {
  test('has all required members before negotiation, the lists of RTP being empty', () => {
    const { sender } = pc.addTransceiver('video');
    const parameters = sender.getParameters();
    expect(parameters).toEqual({
      transactionId: expect.stringMatching(/^[\da-f-]{36}$/),
      encodings: [
        { active: true, adaptivePtime: false, priority: 'low', scaleResolutionDownBy: 1 },
      ],
      headerExtensions: [],
      rtcp: { cname: 'cname', reducedSize: false },
      codecs: [],
    });
  });

  test('has what was negotiated afterwards', async () => {
    const sender = await negotiatedSender();
    const { codecs, headerExtensions, rtcp } = sender.getParameters();
    expect(codecs[0]).toEqual({ payloadType: 96, mimeType: 'video/VP8', clockRate: 90000 });
    expect(headerExtensions).toEqual([{ uri: 'urn:x', id: 1, encrypted: false }]);
    expect(rtcp).toEqual({ cname: 'cname', reducedSize: true });
  });

  test('gives equal copies within a task, and another transaction in the next one', async () => {
    const { sender } = pc.addTransceiver('video');
    const [one, two] = [sender.getParameters(), sender.getParameters()];
    expect(one).toEqual(two);
    one.encodings[0].active = false;
    expect(sender.getParameters()).toEqual(two);
    await Promise.resolve();
    expect(sender.getParameters().transactionId).toBe(two.transactionId);
    await tasksDone();
    expect(sender.getParameters().transactionId).not.toBe(two.transactionId);
  });
});

describe('setParameters', () => {
  test('changes the encodings in a task', async () => {
    const { sender } = pc.addTransceiver('video');
    const promise = change(sender, (_, encoding) => {
      encoding.active = false;
      encoding.maxBitrate = 1000;
      encoding.maxFramerate = 0;
      encoding.networkPriority = 'high';
      encoding.priority = 'medium';
      encoding.scalabilityMode = 'L1T2';
    });
    expect(sender.getParameters().encodings[0].active).toBe(true);
    await expect(promise).resolves.toBe(undefined);
    expect(sender.getParameters().encodings).toEqual([
      {
        active: false,
        adaptivePtime: false,
        maxBitrate: 1000,
        maxFramerate: 0,
        networkPriority: 'high',
        priority: 'medium',
        scalabilityMode: 'L1T2',
        scaleResolutionDownBy: 1,
      },
    ]);
  });

  test('keeps nothing of the objects that it was given', async () => {
    const { sender } = pc.addTransceiver('video');
    const parameters = sender.getParameters();
    parameters.encodings[0].scaleResolutionDownTo = { maxWidth: 10, maxHeight: 10 };
    await sender.setParameters(parameters);
    parameters.encodings[0].scaleResolutionDownTo.maxWidth = 99;
    expect(sender.getParameters().encodings[0].scaleResolutionDownTo.maxWidth).toBe(10);
  });

  test('gives video its scale back when it was taken out, and takes from audio what it has not', async () => {
    const { sender } = pc.addTransceiver('video');
    await change(sender, (_, encoding) => delete encoding.scaleResolutionDownBy);
    expect(sender.getParameters().encodings[0].scaleResolutionDownBy).toBe(1);
    const audio = pc.addTransceiver('audio').sender;
    await change(audio, (_, encoding) => {
      encoding.scaleResolutionDownBy = 0.5;
      encoding.maxFramerate = -1;
    });
    expect(audio.getParameters().encodings[0]).not.toHaveProperty('scaleResolutionDownBy');
  });

  test('remembers degradationPreference, which is absent until it was set', async () => {
    const { sender } = pc.addTransceiver('video');
    expect('degradationPreference' in sender.getParameters()).toBe(false);
    await change(sender, (parameters) => (parameters.degradationPreference = 'balanced'));
    expect(sender.getParameters().degradationPreference).toBe('balanced');
    const wrong = change(sender, (parameters) => (parameters.degradationPreference = 'x'));
    await expect(wrong).rejects.toThrow(TypeError);
  });

  test('is an InvalidStateError without getParameters() in the same task', async () => {
    const { sender } = pc.addTransceiver('video');
    const parameters = sender.getParameters();
    await tasksDone();
    expect(await refusal(sender.setParameters(parameters))).toBe('InvalidStateError');
  });

  test('is an InvalidStateError for the same parameters once more', async () => {
    const { sender } = pc.addTransceiver('video');
    const parameters = sender.getParameters();
    await sender.setParameters(parameters);
    expect(await refusal(sender.setParameters(parameters))).toBe('InvalidStateError');
  });

  test('is an InvalidModificationError with parameters of an earlier transaction', async () => {
    const { sender } = pc.addTransceiver('video');
    const old = sender.getParameters();
    await tasksDone();
    sender.getParameters();
    expect(await refusal(sender.setParameters(old))).toBe('InvalidModificationError');
  });

  test('is an InvalidStateError once the transceiver is stopping', async () => {
    const transceiver = pc.addTransceiver('video');
    const parameters = transceiver.sender.getParameters();
    transceiver.stop();
    const promise = transceiver.sender.setParameters(parameters);
    expect(await refusal(promise)).toBe('InvalidStateError');
  });

  test.each([
    ['another transactionId', (p) => (p.transactionId = 'x')],
    ['no encodings', (p) => (p.encodings = [])],
    ['one encoding more', (p) => p.encodings.push({})],
    ['another order', (p) => p.encodings.reverse()],
    ['another rid', (_, encoding) => (encoding.rid = 'other')],
    ['no rid', (_, encoding) => delete encoding.rid],
    ['other codecs', (p) => p.codecs.pop()],
    ['a changed codec', (p) => (p.codecs[0].clockRate = 1)],
    ['other header extensions', (p) => (p.headerExtensions[0].id = 2)],
    ['another cname', (p) => (p.rtcp.cname = 'other')],
    ['other feedback', (p) => (p.rtcp.reducedSize = false)],
    [
      'a codec that was not negotiated',
      (_, encoding) => (encoding.codec = { mimeType: 'video/AV1', clockRate: 90000 }),
    ],
    [
      'a mode that the codec in use cannot have',
      (_, encoding) => (encoding.scalabilityMode = 'L3T3'),
    ],
    [
      'an S mode beside other encodings',
      (_, encoding) => {
        encoding.codec = { mimeType: 'video/VP9', clockRate: 90000, sdpFmtpLine: 'profile-id=0' };
        encoding.scalabilityMode = 'S2T1';
      },
    ],
    [
      'a size on one of two active encodings',
      (_, encoding) => (encoding.scaleResolutionDownTo = { maxWidth: 1, maxHeight: 1 }),
    ],
  ])('is an InvalidModificationError with %s', async (_, mutate) => {
    const sender = await negotiatedSender({ sendEncodings: [{ rid: 'a' }, { rid: 'b' }] });
    const before = sender.getParameters().encodings;
    expect(await refusal(change(sender, mutate))).toBe('InvalidModificationError');
    expect(sender.getParameters().encodings).toEqual(before);
  });

  test.each([
    ['scaling up', (encoding) => (encoding.scaleResolutionDownBy = 0.5)],
    ['a negative frame rate', (encoding) => (encoding.maxFramerate = -0.1)],
  ])('is a RangeError with %s', async (_, mutate) => {
    const { sender } = pc.addTransceiver('video');
    await expect(change(sender, (__, encoding) => mutate(encoding))).rejects.toThrow(RangeError);
  });

  test('takes key frame requests for each encoding of video, or for none', async () => {
    const { sender } = pc.addTransceiver('video');
    await change(sender, () => {}, { encodingOptions: [{ keyFrame: true }] });
    const two = change(sender, () => {}, { encodingOptions: [{}, {}] });
    expect(await refusal(two)).toBe('InvalidModificationError');
    const audio = pc.addTransceiver('audio').sender;
    await change(audio, () => {}, { encodingOptions: [{}, {}] });
  });

  test('keeps a description back that is set meanwhile', async () => {
    const { sender } = pc.addTransceiver('video');
    const order = [];
    const set = pc.setLocalDescription().then(() => order.push('description'));
    const parameters = change(sender, () => {}).then(() => order.push('parameters'));
    await Promise.all([set, parameters]);
    expect(order).toEqual(['parameters', 'description']);
    expect(fake.calls.filter(([name]) => name === 'setLocalDescription')).toHaveLength(1);
  });
});

describe('Negotiation', () => {
  const ridsOf = (sender) => sender.getParameters().encodings.map(({ rid }) => rid);
  const scalesOf = (sender) =>
    sender.getParameters().encodings.map((encoding) => encoding.scaleResolutionDownBy);
  const three = { sendEncodings: [{ rid: 'a' }, { rid: 'b' }, { rid: 'c' }] };

  test('leaves the encodings that the answer takes, as they were', async () => {
    const { sender } = pc.addTransceiver('video', three);
    await pc.setLocalDescription();
    expect(ridsOf(sender)).toEqual(['a', 'b', 'c']);
    fake.effects.push((engine) => (engine.find(1).sendRids = ['a', 'c']));
    await pc.setRemoteDescription(answer);
    expect([ridsOf(sender), scalesOf(sender)]).toEqual([
      ['a', 'c'],
      [4, 1],
    ]);
  });

  test('leaves the first encoding alone when the answer knows no simulcast', async () => {
    const { sender } = pc.addTransceiver('video', three);
    await pc.setLocalDescription();
    fake.effects.push((engine) => (engine.find(1).sendRids = []));
    await pc.setRemoteDescription(answer);
    expect(ridsOf(sender)).toEqual(['a']);
  });

  test('takes over what a remote offer proposes, until it is rolled back', async () => {
    const { sender } = pc.addTransceiver('video');
    fake.effects.push((engine) =>
      Object.assign(engine.find(1), { mid: 'v', mLineIndex: 0, sendRids: ['hi', 'lo'] }),
    );
    await pc.setRemoteDescription({ type: 'offer', sdp: 'remote offer' });
    expect([ridsOf(sender), scalesOf(sender)]).toEqual([
      ['hi', 'lo'],
      [2, 1],
    ]);
    fake.effects.push((engine) => Object.assign(engine.find(1), { mid: null, sendRids: [] }));
    await pc.setRemoteDescription({ type: 'rollback' });
    expect([ridsOf(sender), scalesOf(sender)]).toEqual([[undefined], [1]]);
  });

  test('does not touch encodings that have names already', async () => {
    const { sender } = pc.addTransceiver('video', three);
    fake.effects.push((engine) =>
      Object.assign(engine.find(1), { mid: 'v', mLineIndex: 0, sendRids: ['hi', 'lo'] }),
    );
    await pc.setRemoteDescription({ type: 'offer', sdp: 'remote offer' });
    expect(ridsOf(sender)).toEqual(['a', 'b', 'c']);
  });

  test('drops the choice of a codec that it does not bring', async () => {
    const [vp8] = interfaces.RTCRtpSender.getCapabilities('video').codecs;
    const chosen = { mimeType: 'video/AV1', clockRate: 90000 };
    const { sender } = pc.addTransceiver('video', { sendEncodings: [{ codec: vp8 }] });
    expect(sender.getParameters().encodings[0].codec).toEqual(vp8);
    await pc.setLocalDescription();
    fake.transceivers.negotiated.add(1);
    fake.getSendParameters = () => ({
      codecs: [{ payloadType: 99, ...chosen }],
      headerExtensions: [],
      rtcp: { reducedSize: true },
    });
    await pc.setRemoteDescription(answer);
    expect(sender.getParameters().encodings[0]).not.toHaveProperty('codec');
  });
});
