// Encoded transforms of senders and receivers on the scripted engine, with a worker of Node.js.

import { Worker } from 'node:worker_threads';
import '../../../js/index.node.js';
import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { RTCEncodedSink, RTCEncodedSource } from '../../../js/exports.js';
import { FakeNetwork, lastFake, tasksDone, useFakeEngine } from './fake-engine.js';
import { eventually, textOf } from './fake-flow.js';

const { RTCPeerConnection, RTCRtpScriptTransform } = interfaces;
const answer = { type: 'answer', sdp: 'remote answer' };
const refusal = expect.objectContaining({ name: 'InvalidStateError' });
const bytesOf = (text) => new TextEncoder().encode(text);

let pc;
let fake;
let worker;

function open(configuration) {
  pc = new RTCPeerConnection(configuration);
  fake = lastFake();
}

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  open();
});

afterEach(async () => {
  pc.close();
  await worker?.terminate();
  worker = undefined;
});

/** A worker, and what it tells. */
function startWorker() {
  const told = [];
  worker = new Worker(new URL('encoded-worker.js', import.meta.url));
  worker.on('message', (message) => told.push(message));
  worker.on('error', (error) => told.push(error));
  return told;
}

/** What the engine tells of the only transceiver. */
async function report(type, members) {
  fake.emit(type, { handle: 1, ...members });
  pc.getTransceivers()[0].setCodecPreferences([]);
  for (let i = 0; i < 4; i++) await tasksDone();
}

/** A sender whose encoder is the test. */
async function sending(prepare = () => {}) {
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/VP8' });
  const { sender } = pc.addTransceiver(source.createTrack());
  prepare(sender);
  await pc.setLocalDescription();
  await pc.setRemoteDescription(answer);
  fake.transceivers.negotiated.add(1);
  await report('send-targets', { bitrates: [1_000_000], firstTimestamps: [4_294_967_290] });
  const encode = (text, key = false) =>
    source.onFrame({ data: bytesOf(text), key, rtpTimestamp: 9, width: 4, height: 2 });
  const sent = () =>
    fake.transceivers.calls
      .filter(([name]) => name === 'sendFrame')
      .map(([, , , data]) => new TextDecoder().decode(new Uint8Array(data)));
  return { sender, source, encode, sent };
}

const received = (text, key = true) => ({
  data: bytesOf(text),
  key,
  payloadType: 96,
  rtpTimestamp: 9,
  ssrc: 5,
  csrcs: [6],
  playAt: 0,
  receivedAt: 0,
  width: 4,
  height: 2,
  spatialLayer: 0,
  temporalLayer: 0,
  audioLevel: null,
});

describe('transform', () => {
  test('is null at first, takes transforms and null, and nothing else', () => {
    startWorker();
    const { sender, receiver } = pc.addTransceiver('video');
    for (const one of [sender, receiver]) {
      expect(one.transform).toBe(null);
      const transform = new RTCRtpScriptTransform(worker);
      one.transform = transform;
      expect(one.transform).toBe(transform);
      for (const value of [{}, 5, 'text', worker]) {
        expect(() => (one.transform = value)).toThrow(TypeError);
      }
      expect(one.transform).toBe(transform);
      one.transform = undefined;
      expect(one.transform).toBe(null);
    }
  });

  test('is of one sender or receiver only', () => {
    startWorker();
    const { sender, receiver } = pc.addTransceiver('video');
    const transform = new RTCRtpScriptTransform(worker);
    sender.transform = transform;
    expect(() => (receiver.transform = transform)).toThrow(refusal);
    expect(receiver.transform).toBe(null);
  });
});

describe('A worker of Node.js', () => {
  test('changes the frames that are sent, and sees what they are', async () => {
    const told = startWorker();
    const { encode, sent } = await sending((sender) => {
      sender.transform = new RTCRtpScriptTransform(worker, { name: 'sent' });
    });
    await eventually(() => told.some(({ type }) => type === 'rtctransform'));
    expect(told[0]).toEqual({ name: 'sent', type: 'rtctransform', isTransformer: true });
    encode('\0\0', true);
    await eventually(() => sent().length > 0);
    expect(fake.transceivers.calls.at(-1).slice(2, 4)).toEqual([0, [0xff, 0xff]]);
    expect(told[1]).toEqual({
      name: 'sent',
      isFrame: true,
      type: 'key',
      metadata: expect.objectContaining({
        rtpTimestamp: 3, // 9 after the first one, modulo 2^32
        payloadType: 96,
        mimeType: 'video/VP8',
        contributingSources: [],
        captureTime: expect.any(Number),
        frameId: 1,
        width: 4,
        height: 2,
        spatialIndex: 0,
        temporalIndex: 0,
      }),
    });
  });

  test('changes the frames that are received', async () => {
    const told = startWorker();
    const { receiver } = pc.addTransceiver('video');
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    fake.transceivers.negotiated.add(1);
    receiver.transform = new RTCRtpScriptTransform(worker, { name: 'received' });
    const sink = new RTCEncodedSink(receiver.track);
    const frames = [];
    sink.onframe = ({ frame }) => frames.push(new TextDecoder().decode(frame.data));
    const text = new TextDecoder().decode(bytesOf('frame'));
    await report('media-frame', {
      ...received(''),
      data: bytesOf(text).map((byte) => byte ^ 0xff),
    });
    await eventually(() => frames.length > 0);
    expect(frames).toEqual(['frame']);
    expect(told.at(-1)).toMatchObject({
      isFrame: true,
      type: 'key',
      metadata: {
        synchronizationSource: 5,
        contributingSources: [6],
        payloadType: 96,
        mimeType: 'video/VP8',
        rtpTimestamp: 9,
        receiveTime: expect.any(Number),
      },
    });
    sink.stop();
  });

  test('is asked before a key frame is made for the peer', async () => {
    const told = startWorker();
    const { source } = await sending((sender) => {
      sender.transform = new RTCRtpScriptTransform(worker, { name: 'sent' });
    });
    let wanted = 0;
    source.onkeyframerequest = () => wanted++;
    await report('key-frame-requested', { encoding: 0 });
    await eventually(() => wanted > 0);
    expect(told).toContainEqual({ name: 'sent', keyFrameRequest: null });
  });

  test('hears the application, and the application nothing of transforms', async () => {
    const told = startWorker();
    new RTCRtpScriptTransform(worker, { name: 'mine' });
    worker.postMessage('hello');
    await eventually(() => told.length > 1);
    expect(told).toEqual([
      { name: 'mine', type: 'rtctransform', isTransformer: true },
      { seenByApplication: 'hello' },
    ]);
  });

  test('hears the end when the connection closes', async () => {
    const told = startWorker();
    const { sender } = pc.addTransceiver('video');
    sender.transform = new RTCRtpScriptTransform(worker, { name: 'sent' });
    await eventually(() => told.length > 0);
    pc.close();
    await eventually(() => told.length > 1);
    expect(told[1]).toEqual({ name: 'sent', isOver: true });
  });
});

describe('createEncodedStreams()', () => {
  test('lets script change what is sent', async () => {
    pc.close();
    open({ encodedInsertableStreams: true });
    let streams;
    const { encode, sent } = await sending((sender) => (streams = sender.createEncodedStreams()));
    encode('frame', true);
    const frame = (await streams.readable.getReader().read()).value;
    expect(textOf(frame)).toBe('frame');
    frame.data = bytesOf('other').buffer;
    await streams.writable.getWriter().write(frame);
    expect(sent()).toEqual(['other']);
  });

  test('is waited for when the configuration says so', async () => {
    pc.close();
    open({ encodedInsertableStreams: true });
    expect(pc.getConfiguration().encodedInsertableStreams).toBe(true);
    const { sender, source, encode, sent } = await sending();
    let wanted = 0;
    source.onkeyframerequest = () => wanted++;
    encode('lost', true);
    const { readable, writable } = sender.createEncodedStreams();
    expect(wanted).toBe(1);
    void readable.pipeTo(writable);
    encode('frame', true);
    await eventually(() => sent().length > 0);
    expect(sent()).toEqual(['frame']);
    expect(() => sender.createEncodedStreams()).toThrow(refusal);
  });

  test('of a receiver gives what is received', async () => {
    pc.close();
    open({ encodedInsertableStreams: true });
    const { receiver } = pc.addTransceiver('video');
    const { readable } = receiver.createEncodedStreams();
    await pc.setLocalDescription();
    await pc.setRemoteDescription(answer);
    fake.transceivers.negotiated.add(1);
    await report('media-frame', received('frame'));
    expect(textOf((await readable.getReader().read()).value)).toBe('frame');
  });

  test('throws InvalidStateError when there is a transform', () => {
    startWorker();
    const { sender } = pc.addTransceiver('video');
    sender.transform = new RTCRtpScriptTransform(worker);
    expect(() => sender.createEncodedStreams()).toThrow(refusal);
  });
});

test('A transform that is taken out ends in its worker, which may then refuse others', async () => {
  const told = startWorker();
  const { sender } = pc.addTransceiver('video');
  sender.transform = new RTCRtpScriptTransform(worker, { name: 'last' });
  await eventually(() => told.length > 0);
  sender.transform = null;
  await eventually(() => told.some(({ isOver }) => isOver));
  // What is announced now is no more than a message to the application.
  new RTCRtpScriptTransform(worker, { name: 'refused' });
  await eventually(() => told.at(-1).seenByApplication !== undefined);
  expect(told.some(({ name }) => name === 'refused')).toBe(false);
});
