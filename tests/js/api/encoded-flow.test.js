// The way of encoded frames through script, between a fake end and streams or a transformer.

import { EncodedFlow } from '../../../js/api/encoded-flow.js';
import { interfaces } from '../../../js/api/interfaces.js';
import { acceptHostObjects } from '../../../js/api/webidl/convert.js';
import { FakeEnd, FakeWorker, eventually, textOf } from './fake-flow.js';

const { RTCEncodedVideoFrame, RTCEncodedAudioFrame, RTCRtpScriptTransform, KeyFrameRequestEvent } =
  interfaces;

acceptHostObjects('Worker', (value) => value instanceof FakeWorker);

let worker;
const flows = [];

beforeEach(() => {
  worker = new FakeWorker();
});

afterEach(() => {
  for (const flow of flows.splice(0)) flow.close();
});

function flowOf(side = 'sender', kind = 'video', waits = false) {
  const end = new FakeEnd(side, kind);
  const flow = new EncodedFlow(end, waits);
  flows.push(flow);
  return { end, flow };
}

/** A flow with a transform, and the far end of that. */
async function transformed(side, kind, options) {
  const { end, flow } = flowOf(side, kind);
  const transform = new RTCRtpScriptTransform(worker, options);
  flow.transform = transform;
  const transformer = worker.transformers.at(-1);
  const reader = transformer.readable.getReader();
  const writer = transformer.writable.getWriter();
  return { end, flow, transform, transformer, reader, writer };
}

const next = async (reader) => (await reader.read()).value;
const nameOf = (promise) =>
  promise.then(
    () => 'resolved',
    ({ name }) => name,
  );

describe('Without a transform', () => {
  test('frames go straight on', () => {
    const { end } = flowOf();
    end.produce('frame');
    expect(end.texts).toEqual(['frame']);
  });

  test('frames of a connection with encodedInsertableStreams wait for streams, and are dropped', () => {
    const { end } = flowOf('sender', 'video', true);
    end.produce('frame');
    expect(end.texts).toEqual([]);
  });
});

describe('createEncodedStreams()', () => {
  test('gives frames, and sends those that are written', async () => {
    const { end, flow } = flowOf();
    const { readable, writable } = flow.createStreams();
    end.produce('one', { key: true, rtpTimestamp: 90 });
    end.produce('two');
    const reader = readable.getReader();
    const writer = writable.getWriter();
    const frame = await next(reader);
    expect(frame).toBeInstanceOf(RTCEncodedVideoFrame);
    expect([frame.type, frame.timestamp, textOf(frame)]).toEqual(['key', 90, 'one']);
    frame.data = new TextEncoder().encode('changed').buffer;
    await writer.write(frame);
    const second = await next(reader);
    expect(second.type).toBe('delta');
    await writer.write(second);
    expect(end.texts).toEqual(['changed', 'two']);
    expect(end.delivered[0]).toMatchObject({ key: true, rtpTimestamp: 90, layer: 0 });
  });

  test('asks for a key frame of each encoding, since what came before is lost', () => {
    const { end, flow } = flowOf('sender', 'video', true);
    end.encodings = [{ index: 0 }, { index: 1 }];
    flow.createStreams();
    expect(end.requested).toEqual([0, 1]);
  });

  test('may be called once', () => {
    const { flow } = flowOf('sender', 'video', true);
    flow.createStreams();
    expect(() => flow.createStreams()).toThrow(
      expect.objectContaining({ name: 'InvalidStateError' }),
    );
  });

  test('is too late in a later task, unless the configuration had encodedInsertableStreams', async () => {
    const { flow } = flowOf();
    const { flow: waiting } = flowOf('sender', 'video', true);
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(() => flow.createStreams()).toThrow(
      expect.objectContaining({ name: 'InvalidStateError' }),
    );
    expect(waiting.createStreams()).toHaveProperty('readable');
  });

  test('rejects a frame that is written twice with OperationError', async () => {
    const { end, flow } = flowOf();
    const { readable, writable } = flow.createStreams();
    end.produce('frame', { key: true });
    const frame = await next(readable.getReader());
    const writer = writable.getWriter();
    await writer.write(frame);
    expect(frame.data.byteLength).toBe(0);
    expect(await nameOf(writer.write(frame))).toBe('OperationError');
    writer.closed.catch(() => {});
    expect(end.texts).toEqual(['frame']);
  });

  test('rejects what is no frame with a TypeError', async () => {
    const writer = flowOf().flow.createStreams().writable.getWriter();
    writer.closed.catch(() => {});
    expect(await nameOf(writer.write({}))).toBe('TypeError');
  });

  test('of audio gives frames of audio', async () => {
    const { end, flow } = flowOf('receiver', 'audio');
    const { readable } = flow.createStreams();
    end.produce('sound');
    expect(await next(readable.getReader())).toBeInstanceOf(RTCEncodedAudioFrame);
  });

  test('ends its readable stream when the flow closes', async () => {
    const { flow } = flowOf();
    const { readable } = flow.createStreams();
    flow.close();
    expect((await readable.getReader().read()).done).toBe(true);
  });

  test('keeps sixty frames for a slow reader, and wants a key frame after a gap', async () => {
    const { end, flow } = flowOf();
    const { readable } = flow.createStreams();
    end.requested = [];
    for (let i = 0; i < 62; i++) end.produce(`${i}`, { key: i === 0 });
    const reader = readable.getReader();
    for (let i = 0; i < 60; i++) await reader.read();
    expect(end.requested).toEqual([]);
    // These build on what was dropped.
    end.produce('delta');
    end.produce('delta');
    expect(end.requested).toEqual([0]);
    end.produce('key', { key: true });
    end.produce('after');
    expect(textOf(await next(reader))).toBe('key');
    expect(textOf(await next(reader))).toBe('after');
  });

  test('of audio loses single frames only', async () => {
    const { end, flow } = flowOf('sender', 'audio');
    const { readable } = flow.createStreams();
    for (let i = 0; i < 61; i++) end.produce(`${i}`);
    const reader = readable.getReader();
    for (let i = 0; i < 60; i++) await reader.read();
    end.produce('after');
    expect(textOf(await next(reader))).toBe('after');
  });
});

describe('RTCRtpScriptTransform', () => {
  test('takes frames to its transformer and back', async () => {
    const { end, reader, writer } = await transformed('sender', 'video');
    end.produce('frame', { key: true, rtpTimestamp: 5 });
    const frame = await next(reader);
    expect(frame).toBeInstanceOf(RTCEncodedVideoFrame);
    expect(frame.getMetadata()).toEqual({
      rtpTimestamp: 5,
      contributingSources: [7],
      receiveTime: expect.closeTo(1000, 3),
    });
    frame.data = new TextEncoder().encode('other').buffer;
    await writer.write(frame);
    await eventually(() => end.texts.length > 0);
    expect(end.delivered).toEqual([
      expect.objectContaining({ text: 'other', rtpTimestamp: 5, key: true }),
    ]);
  });

  test('gives its options to the transformer', async () => {
    const { port1, port2 } = new MessageChannel();
    new RTCRtpScriptTransform(worker, { name: 'mine', port: port2 }, [port2]);
    const [{ options }] = worker.transformers;
    expect(options.name).toBe('mine');
    options.port.postMessage('hello');
    const heard = await new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    expect(heard).toBe('hello');
    port1.close();
  });

  test('throws DataCloneError for options that cannot be cloned', () => {
    expect(() => new RTCRtpScriptTransform(worker, () => {})).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    );
  });

  test('takes the worker from a dictionary as well', () => {
    new RTCRtpScriptTransform({ worker });
    expect(worker.transformers).toHaveLength(1);
  });

  test('throws a TypeError for what is no worker', () => {
    for (const value of [undefined, null, {}, 5, { worker: {} }]) {
      expect(() => new RTCRtpScriptTransform(value)).toThrow(TypeError);
    }
  });

  test('throws NotSupportedError for the type sframe', () => {
    expect(() => new RTCRtpScriptTransform({ worker, type: 'sframe' })).toThrow(
      expect.objectContaining({ name: 'NotSupportedError' }),
    );
    expect(worker.transformers).toHaveLength(0);
  });

  test('belongs to one sender or receiver for good', () => {
    const transform = new RTCRtpScriptTransform(worker);
    const { flow } = flowOf();
    const { flow: other } = flowOf();
    flow.transform = transform;
    flow.transform = transform;
    expect(flow.transform).toBe(transform);
    const refusal = expect.objectContaining({ name: 'InvalidStateError' });
    expect(() => (other.transform = transform)).toThrow(refusal);
    expect(other.transform).toBe(null);
    flow.transform = null;
    expect(() => (flow.transform = transform)).toThrow(refusal);
    expect(flow.transform).toBe(null);
  });

  test('that is taken out lets frames go straight on, and ends what script reads', async () => {
    const { end, flow, reader } = await transformed();
    flow.transform = null;
    end.produce('straight');
    expect(end.texts).toEqual(['straight']);
    expect((await reader.read()).done).toBe(true);
  });

  test('that is replaced has no say any more', async () => {
    const { end, flow, reader, writer } = await transformed();
    end.produce('old', { key: true });
    const frame = await next(reader);
    flow.transform = new RTCRtpScriptTransform(worker);
    const second = worker.transformers[1];
    end.produce('new', { key: true });
    await writer.write(frame);
    const secondWriter = second.writable.getWriter();
    await secondWriter.write(await next(second.readable.getReader()));
    await eventually(() => end.texts.length > 0);
    expect(end.texts).toEqual(['new']);
  });

  test('drops frames that are out of order, written twice, of others, or copies', async () => {
    const { end, reader, writer } = await transformed();
    const other = await transformed();
    other.end.produce('foreign', { key: true });
    for (const text of ['one', 'two', 'three']) end.produce(text, { key: true });
    const [one, two, three] = [await next(reader), await next(reader), await next(reader)];
    await writer.write(await next(other.reader));
    await writer.write(new RTCEncodedVideoFrame(one));
    await writer.write(two);
    await writer.write(one);
    await writer.write(two);
    await writer.write(three);
    await eventually(() => end.texts.length > 1);
    expect(end.texts).toEqual(['two', 'three']);
    expect(textOf(one)).toBe('one');
    expect(other.end.texts).toEqual([]);
  });

  test('drops a frame whose data was transferred', async () => {
    const { end, reader, writer } = await transformed();
    end.produce('one', { key: true });
    end.produce('two');
    const frame = await next(reader);
    structuredClone(frame.data, { transfer: [frame.data] });
    await writer.write(frame);
    await writer.write(await next(reader));
    await eventually(() => end.texts.length > 0);
    expect(end.texts).toEqual(['two']);
  });

  test('errors its stream with a TypeError for what is no frame', async () => {
    const { writer } = await transformed();
    writer.closed.catch(() => {});
    expect(await nameOf(writer.write('text'))).toBe('TypeError');
  });

  test('sends nothing to a transformer that reads no more', async () => {
    const { end, flow, reader } = await transformed();
    await reader.cancel();
    // A message back and forth says that the news has arrived.
    await nameOf(worker.transformers[0].generateKeyFrame());
    end.encodings = [];
    await nameOf(worker.transformers[0].generateKeyFrame());
    end.produce('frame', { key: true });
    expect(end.texts).toEqual([]);
    flow.transform = null;
    end.produce('straight');
    expect(end.texts).toEqual(['straight']);
  });
});

describe('generateKeyFrame()', () => {
  /** Its transformer has learned what it is on when a frame has come. */
  async function attached(side, kind) {
    const all = await transformed(side, kind);
    all.end.produce('first', { key: true });
    await all.reader.read();
    return all;
  }

  test('asks the encoders, and resolves when their key frames are about to be read', async () => {
    const { end, transformer, reader } = await attached('sender', 'video');
    const order = [];
    const asked = transformer.generateKeyFrame().then((value) => order.push(['resolved', value]));
    await eventually(() => end.requested.length > 0);
    end.produce('delta');
    end.produce('key', { key: true });
    for (let i = 0; i < 2; i++) order.push(textOf(await next(reader)));
    await asked;
    expect(order).toEqual(['delta', ['resolved', undefined], 'key']);
  });

  test('waits for every active encoding, and asks each only once', async () => {
    const { end, transformer } = await attached('sender', 'video');
    end.encodings = [
      { index: 0, rid: 'lo' },
      { index: 2, rid: 'hi' },
    ];
    const settled = [];
    void transformer.generateKeyFrame().then(() => settled.push('both'));
    const second = transformer.generateKeyFrame('hi').then(() => settled.push('hi'));
    await eventually(() => end.requested.length === 2);
    end.produce('key', { key: true, layer: 2 });
    await second;
    expect(settled).toEqual(['hi']);
    end.produce('key', { key: true, layer: 0 });
    await eventually(() => settled.length === 2);
    expect(end.requested).toEqual([0, 2]);
  });

  test('rejects with NotFoundError when no active encoding has the rid, or there is none', async () => {
    const { end, transformer } = await attached('sender', 'video');
    expect(await nameOf(transformer.generateKeyFrame('other'))).toBe('NotFoundError');
    end.encodings = [];
    expect(await nameOf(transformer.generateKeyFrame())).toBe('NotFoundError');
    expect(end.requested).toEqual([]);
  });

  test('rejects with a TypeError for a rid that cannot be one', async () => {
    const { transformer } = await attached('sender', 'video');
    expect(await nameOf(transformer.generateKeyFrame('not valid!'))).toBe('TypeError');
    expect(await nameOf(transformer.generateKeyFrame(''))).toBe('TypeError');
  });

  test('rejects with InvalidStateError on a receiver, on audio, and before the transform is set', async () => {
    const receiver = await attached('receiver', 'video');
    expect(await nameOf(receiver.transformer.generateKeyFrame())).toBe('InvalidStateError');
    const audio = await attached('sender', 'audio');
    expect(await nameOf(audio.transformer.generateKeyFrame())).toBe('InvalidStateError');
    new RTCRtpScriptTransform(worker);
    expect(await nameOf(worker.transformers.at(-1).generateKeyFrame())).toBe('InvalidStateError');
  });

  test('never settles when the transform is taken out, and rejects with InvalidStateError after that', async () => {
    const { end, flow, reader, transformer } = await attached('sender', 'video');
    const settled = [];
    void nameOf(transformer.generateKeyFrame()).then((name) => settled.push(name));
    await eventually(() => end.requested.length > 0);
    flow.transform = null;
    await reader.closed;
    expect(settled).toEqual([]);
    expect(await nameOf(transformer.generateKeyFrame())).toBe('InvalidStateError');
  });

  test('sendKeyFrameRequest() asks the peer, on a receiver of video alone', async () => {
    const { end, transformer } = await attached('receiver', 'video');
    await expect(transformer.sendKeyFrameRequest()).resolves.toBe(undefined);
    expect(end.requested).toEqual([0]);
    const sender = await attached('sender', 'video');
    expect(await nameOf(sender.transformer.sendKeyFrameRequest())).toBe('InvalidStateError');
    const audio = await attached('receiver', 'audio');
    expect(await nameOf(audio.transformer.sendKeyFrameRequest())).toBe('InvalidStateError');
  });
});

describe('keyframerequest', () => {
  test('is fired when the peer asks, before a key frame is made', async () => {
    const { end, flow, transformer } = await transformed();
    end.encodings = [{ index: 0, rid: 'lo' }];
    const events = [];
    transformer.onkeyframerequest = (event) => events.push(event);
    flow.keyFrameRequested(0);
    await eventually(() => end.requested.length > 0);
    expect(events).toHaveLength(1);
    expect(events[0]).toBeInstanceOf(KeyFrameRequestEvent);
    expect([events[0].rid, events[0].cancelable]).toEqual(['lo', true]);
    expect(end.requested).toEqual([0]);
  });

  test('that script cancels makes no key frame', async () => {
    const { end, flow, transformer } = await transformed();
    const seen = new Promise((resolve) => {
      transformer.onkeyframerequest = (event) => {
        event.preventDefault();
        resolve(event);
      };
    });
    flow.keyFrameRequested(0);
    expect((await seen).rid).toBe(null);
    // A request of script's own is later than an answer to the event would be.
    void transformer.generateKeyFrame();
    await eventually(() => end.requested.length > 0);
    expect(end.requested).toEqual([0]);
  });

  test('is not asked for without a script transform', () => {
    const { end, flow } = flowOf();
    flow.keyFrameRequested(0);
    flow.createStreams();
    end.requested = [];
    flow.keyFrameRequested(0);
    expect(end.requested).toEqual([0]);
  });

  test('has a constructor that takes a rid', () => {
    const event = new KeyFrameRequestEvent('keyframerequest', 'hi');
    expect([event.type, event.rid, event.cancelable]).toEqual(['keyframerequest', 'hi', false]);
    expect(new KeyFrameRequestEvent('x').rid).toBe(null);
  });
});

describe('Encoded frames', () => {
  async function frameOf(kind = 'video') {
    const { end, flow } = flowOf('sender', kind);
    const { readable } = flow.createStreams();
    end.produce('frame', { key: true, rtpTimestamp: 5 });
    return next(readable.getReader());
  }

  test('are copied with members of the metadata replaced', async () => {
    const frame = await frameOf();
    const copy = new RTCEncodedVideoFrame(frame, {
      metadata: { rtpTimestamp: 6, dependencies: [1, 2] },
    });
    expect(copy.getMetadata()).toEqual({
      ...frame.getMetadata(),
      rtpTimestamp: 6,
      dependencies: [1, 2],
    });
    expect(copy.timestamp).toBe(6);
    expect([copy.type, textOf(copy)]).toEqual(['key', 'frame']);
    new Uint8Array(copy.data)[0] = 0;
    copy.getMetadata().contributingSources.push(1);
    expect(textOf(frame)).toBe('frame');
    expect(copy.getMetadata().contributingSources).toEqual([7]);
  });

  test('are not copied once their data has been transferred', async () => {
    const frame = await frameOf('audio');
    structuredClone(frame.data, { transfer: [frame.data] });
    expect(() => new RTCEncodedAudioFrame(frame)).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    );
  });

  test('are copied as what they are only', async () => {
    const frame = await frameOf();
    expect(() => new RTCEncodedAudioFrame(frame)).toThrow(TypeError);
    expect(() => new RTCEncodedVideoFrame({})).toThrow(TypeError);
    expect(() => new RTCEncodedVideoFrame()).toThrow(TypeError);
  });

  test('take whole, fixed buffers as their data', async () => {
    const frame = await frameOf();
    const before = frame.data;
    expect(frame.data).toBe(before);
    for (const value of [new Uint8Array(4), 'text', null, new SharedArrayBuffer(4)]) {
      expect(() => (frame.data = value)).toThrow(TypeError);
    }
    expect(frame.data).toBe(before);
    const data = new ArrayBuffer(4);
    frame.data = data;
    expect(frame.data).toBe(data);
  });
});
