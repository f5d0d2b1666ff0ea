// The negotiation-needed flag (webrtc-pc 4.7): what sets it, and when its event fires.

import { audioTrack, connection, videoTrack } from './support/resources.js';
import {
  answerTo,
  connectedPair,
  copy,
  negotiate,
  offerTo,
  openChannel,
  pair,
} from './support/session.js';
import { nextEvent, quiet, record, task } from './support/waiting.js';

/** Two connections with an audio and a video section and data channels, in stable. */
async function negotiated() {
  const [a, b] = pair();
  a.addTrack(audioTrack(), new MediaStream());
  a.addTransceiver('video');
  a.createDataChannel('channel');
  await negotiate(a, b);
  await quiet();
  return [a, b];
}

/** Whether negotiationneeded fires once all is quiet. */
async function fires(pc, action) {
  const events = record(pc, 'negotiationneeded');
  await action();
  await quiet();
  expect(events.length).toBeLessThan(2);
  return events.length === 1;
}

test('negotiationneeded does not fire on a new connection', async () => {
  const pc = connection();
  expect(await fires(pc, () => {})).toBe(false);
});

for (const [what, action] of [
  ['addTransceiver()', (pc) => pc.addTransceiver('audio')],
  ['addTrack()', (pc) => pc.addTrack(audioTrack())],
  ['createDataChannel()', (pc) => pc.createDataChannel('channel')],
]) {
  test(`${what} fires negotiationneeded`, async () => {
    const pc = connection();
    expect(await fires(pc, () => void action(pc))).toBe(true);
  });
}

test('negotiationneeded is a plain event that fires in a later task', async () => {
  const pc = connection();
  const events = record(pc, 'negotiationneeded');
  const needed = nextEvent(pc, 'negotiationneeded');
  pc.addTransceiver('audio');
  await Promise.resolve();
  expect(events).toEqual([]);
  const event = await needed;
  expect(Object.getPrototypeOf(event)).toBe(Event.prototype);
  expect([event.bubbles, event.cancelable]).toEqual([false, false]);
});

test('several changes fire negotiationneeded once', async () => {
  const pc = connection();
  const all = () => {
    pc.addTransceiver('audio');
    pc.addTrack(videoTrack());
    pc.createDataChannel('channel');
  };
  expect(await fires(pc, all)).toBe(true);
});

test('a change after negotiationneeded fired does not fire it again before there was a negotiation', async () => {
  const pc = connection();
  const events = record(pc, 'negotiationneeded');
  pc.addTransceiver('audio');
  await quiet();
  pc.addTransceiver('video');
  pc.createDataChannel('channel');
  await quiet();
  expect(events).toEqual(['negotiationneeded']);
});

test('a change that is undone in the same task fires nothing', async () => {
  const [a] = await negotiated();
  const [transceiver] = a.getTransceivers();
  const undo = () => {
    transceiver.direction = 'inactive';
    transceiver.direction = 'sendrecv';
  };
  expect(await fires(a, undo)).toBe(false);
});

test('a second data channel fires nothing', async () => {
  const [a] = await negotiated();
  expect(await fires(a, () => void a.createDataChannel('another'))).toBe(false);
});

test('a data channel that the other side opened fires nothing', async () => {
  const { a, b } = await connectedPair();
  const events = record(a, 'negotiationneeded');
  await openChannel(b, a, 'from the other side');
  await quiet();
  expect(events).toEqual([]);
});

for (const direction of ['sendonly', 'recvonly', 'inactive']) {
  test(`direction ${direction} in place of a negotiated sendrecv fires negotiationneeded`, async () => {
    const [a, b] = pair();
    a.addTrack(audioTrack());
    b.addTrack(audioTrack());
    await negotiate(a, b);
    await quiet();
    const [transceiver] = a.getTransceivers();
    expect(await fires(a, () => void (transceiver.direction = direction))).toBe(true);
  });
}

test('direction set to what it is already fires nothing', async () => {
  const [a] = await negotiated();
  const [transceiver] = a.getTransceivers();
  expect(await fires(a, () => void (transceiver.direction = 'sendrecv'))).toBe(false);
});

test('an answerer that wants to send where it only receives fires negotiationneeded', async () => {
  const [, b] = await negotiated();
  expect(await fires(b, () => void (b.getTransceivers()[0].direction = 'sendrecv'))).toBe(true);
});

test('removeTrack() fires negotiationneeded once the track was negotiated', async () => {
  const [a] = await negotiated();
  expect(await fires(a, () => a.removeTrack(a.getSenders()[0]))).toBe(true);
});

test('replaceTrack() fires nothing', async () => {
  const [a] = await negotiated();
  const [sender] = a.getSenders();
  expect(await fires(a, () => sender.replaceTrack(audioTrack()))).toBe(false);
  expect(await fires(a, () => sender.replaceTrack(null))).toBe(false);
});

test('setStreams() fires negotiationneeded when the streams change', async () => {
  const [a] = await negotiated();
  expect(await fires(a, () => a.getSenders()[0].setStreams(new MediaStream()))).toBe(true);
});

test('stop() fires negotiationneeded for a negotiated transceiver', async () => {
  const [a] = await negotiated();
  expect(await fires(a, () => a.getTransceivers()[0].stop())).toBe(true);
});

test('an offer under way holds negotiationneeded back until the answer', async () => {
  const [a, b] = await negotiated();
  await offerTo(a, b);
  const events = record(a, 'negotiationneeded');
  a.addTransceiver('audio');
  await quiet();
  expect(events).toEqual([]);
  const needed = nextEvent(a, 'negotiationneeded');
  await answerTo(b, a);
  await needed;
});

test('a change that the offer under way already describes fires nothing after the answer', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  expect(await fires(a, () => {})).toBe(false);
});

test('the answerer is asked to negotiate what its answer could not carry', async () => {
  const [a, b] = pair();
  b.addTransceiver('video');
  await quiet();
  a.addTransceiver('audio');
  await offerTo(a, b);
  const needed = nextEvent(b, 'negotiationneeded');
  await answerTo(b, a);
  await needed;
});

test('rollback fires negotiationneeded again for what is still to be negotiated', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  await nextEvent(pc, 'negotiationneeded');
  await pc.setLocalDescription();
  const needed = nextEvent(pc, 'negotiationneeded');
  await pc.setLocalDescription({ type: 'rollback' });
  await needed;
});

test('negotiationneeded fires after signalingstatechange told stable, and after the promise settled', async () => {
  const [a, b] = await negotiated();
  await offerTo(a, b);
  a.addTransceiver('audio');
  await b.setLocalDescription();
  const order = [];
  a.addEventListener('signalingstatechange', () => order.push(a.signalingState));
  a.addEventListener('negotiationneeded', () => order.push('negotiationneeded'));
  const needed = nextEvent(a, 'negotiationneeded');
  await a.setRemoteDescription(copy(b.localDescription)).then(() => order.push('settled'));
  await needed;
  expect(order).toEqual(['stable', 'settled', 'negotiationneeded']);
});

test('negotiationneeded does not fire after close()', async () => {
  const pc = connection();
  const events = record(pc, 'negotiationneeded');
  pc.addTransceiver('audio');
  pc.close();
  await quiet();
  await task();
  expect(events).toEqual([]);
});

test('onnegotiationneeded is called as well', async () => {
  const pc = connection();
  const called = new Promise((resolve) => (pc.onnegotiationneeded = resolve));
  pc.addTransceiver('audio');
  expect((await called).type).toBe('negotiationneeded');
});
