// webrtc-encoded-transform: interfaces, `transform`, createEncodedStreams(). Frames that flow through
// workers are in tests/js/api/encoded-transform.test.js and tests/browser/encoded-transform.test.js.

import { throws } from './support/errors.js';
import { connection } from './support/resources.js';
import { task } from './support/waiting.js';

const waiting = { encodedInsertableStreams: true };
const sides = ['sender', 'receiver'];
const both = (pc, kind = 'video') => {
  const transceiver = pc.addTransceiver(kind);
  return sides.map((side) => transceiver[side]);
};

test('RTCRtpScriptTransform has a constructor that takes a worker', () => {
  expect(RTCRtpScriptTransform.length).toBe(1);
  throws(() => new RTCRtpScriptTransform(), 'TypeError');
  for (const value of [null, {}, 'worker', { worker: {} }]) {
    throws(() => new RTCRtpScriptTransform(value), 'TypeError');
  }
  throws(() => RTCRtpScriptTransform({}), 'TypeError');
});

test('RTCEncodedVideoFrame has a constructor that copies a frame', () => {
  expect(RTCEncodedVideoFrame.length).toBe(1);
  throws(() => new RTCEncodedVideoFrame(), 'TypeError');
  throws(() => new RTCEncodedVideoFrame({}), 'TypeError');
  const { prototype } = RTCEncodedVideoFrame;
  for (const member of ['type', 'data', 'timestamp', 'getMetadata']) {
    expect(member in prototype).toBe(true);
  }
  throws(() => prototype.data, 'TypeError');
  throws(() => prototype.getMetadata(), 'TypeError');
});

test('RTCEncodedAudioFrame has a constructor that copies a frame', () => {
  expect(RTCEncodedAudioFrame.length).toBe(1);
  throws(() => new RTCEncodedAudioFrame(), 'TypeError');
  throws(() => new RTCEncodedAudioFrame({}), 'TypeError');
  const { prototype } = RTCEncodedAudioFrame;
  for (const member of ['data', 'timestamp', 'getMetadata']) {
    expect(member in prototype).toBe(true);
  }
  expect('type' in prototype).toBe(false);
});

test('transform of senders and receivers is null at first', () => {
  for (const one of both(connection())) expect(one.transform).toBe(null);
});

test('transform takes null and undefined', () => {
  for (const one of both(connection())) {
    one.transform = null;
    one.transform = undefined;
    expect(one.transform).toBe(null);
  }
});

test('transform refuses what is no transform with a TypeError', () => {
  for (const one of both(connection())) {
    for (const value of [{}, 5, 'transform', new TransformStream()]) {
      throws(() => (one.transform = value), 'TypeError');
    }
    expect(one.transform).toBe(null);
  }
});

test('createEncodedStreams() gives a readable and a writable stream', () => {
  for (const one of both(connection(waiting))) {
    const { readable, writable } = one.createEncodedStreams();
    expect(readable instanceof ReadableStream).toBe(true);
    expect(writable instanceof WritableStream).toBe(true);
  }
});

test('createEncodedStreams() throws InvalidStateError the second time', () => {
  for (const one of both(connection(waiting), 'audio')) {
    one.createEncodedStreams();
    throws(() => one.createEncodedStreams(), 'InvalidStateError');
  }
});

test('createEncodedStreams() may be called later when the configuration has encodedInsertableStreams', async () => {
  const parts = both(connection(waiting));
  await task();
  await task();
  for (const one of parts) expect('readable' in one.createEncodedStreams()).toBe(true);
});

test('createEncodedStreams() throws InvalidStateError later when the configuration has no encodedInsertableStreams', async () => {
  const parts = both(connection());
  await task();
  await task();
  for (const one of parts) throws(() => one.createEncodedStreams(), 'InvalidStateError');
});

test('createEncodedStreams() is there for the task that made the sender, whatever the configuration says', () => {
  for (const one of both(connection())) expect('writable' in one.createEncodedStreams()).toBe(true);
});

test('getConfiguration() says whether encodedInsertableStreams was asked for', () => {
  expect(connection().getConfiguration().encodedInsertableStreams).toBe(false);
  expect(connection(waiting).getConfiguration().encodedInsertableStreams).toBe(true);
});

test('a stream of createEncodedStreams() rejects what is no frame with a TypeError', async () => {
  const [sender] = both(connection(waiting));
  const writer = sender.createEncodedStreams().writable.getWriter();
  writer.closed.catch(() => {});
  const error = await writer.write({}).then(
    () => null,
    (reason) => reason,
  );
  expect(error instanceof TypeError).toBe(true);
});
