// RTCRtpReceiver: webrtc-pc 5.3, and jitterBufferTarget of webrtc-extensions.

import { throws } from './support/errors.js';
import { audioTrack, connection } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { negotiate, pair } from './support/session.js';
import { nextEvent } from './support/waiting.js';

for (const kind of ['audio', 'video']) {
  test(`RTCRtpReceiver.getCapabilities('${kind}') has codecs and header extensions`, () => {
    const { codecs, headerExtensions } = RTCRtpReceiver.getCapabilities(kind);
    expect(codecs.length).toBeGreaterThan(0);
    for (const { mimeType } of codecs) expect(mimeType).toMatch(new RegExp(`^${kind}/`));
    for (const { uri } of headerExtensions) expect(uri).toMatch(/^(urn:|https?:)/);
  });
}

test('RTCRtpReceiver.getCapabilities() is null for a kind that is none', () => {
  expect(RTCRtpReceiver.getCapabilities('smell')).toBe(null);
});

test('getParameters() of a new receiver is empty', () => {
  const { codecs, headerExtensions, rtcp } = connection()
    .addTransceiver('audio')
    .receiver.getParameters();
  expect(codecs).toEqual([]);
  expect(headerExtensions).toEqual([]);
  expect(rtcp).toBeDefined();
});

test('getParameters() has the codecs and header extensions that were negotiated', async () => {
  const [a, b] = pair();
  a.addTrack(audioTrack());
  await negotiate(a, b);
  const { codecs, headerExtensions } = b.getReceivers()[0].getParameters();
  const [section] = sectionsOf(b.localDescription);
  expect(codecs.map(({ payloadType }) => payloadType).sort()).toEqual(
    section.formats.map(Number).sort(),
  );
  for (const { uri, id } of headerExtensions) {
    expect(section.values('extmap').join('\n')).toMatch(new RegExp(`^${id}(/\\w+)? ${uri}`, 'm'));
  }
});

test('getParameters() has neither encodings nor a transaction id', () => {
  const parameters = connection().addTransceiver('video').receiver.getParameters();
  expect('transactionId' in parameters).toBe(false);
});

test('getContributingSources() and getSynchronizationSources() are empty before media came', async () => {
  const { receiver } = connection().addTransceiver('audio');
  expect(receiver.getContributingSources()).toEqual([]);
  expect(receiver.getSynchronizationSources()).toEqual([]);
});

test('the track of a receiver that addTransceiver() made is the one that the track event tells', async () => {
  const [a, b] = pair();
  const { receiver } = a.addTransceiver('audio');
  const { track } = receiver;
  const tracked = nextEvent(a, 'track');
  b.addTrack(audioTrack());
  b.addTransceiver('video');
  await negotiate(b, a);
  const event = await tracked;
  // addTransceiver()'s are not taken for what the other side offers.
  expect(event.receiver).not.toBe(receiver);
  expect(receiver.track).toBe(track);
});

test('the id of a receiver’s track is its own, whatever the other side calls it', async () => {
  const [a, b] = pair();
  const tracked = nextEvent(b, 'track');
  a.addTrack(audioTrack(), new MediaStream());
  await negotiate(a, b);
  const { track } = await tracked;
  expect(track.id).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
});

test('jitterBufferTarget is null, and takes milliseconds up to 4000', () => {
  const { receiver } = connection().addTransceiver('audio');
  expect(receiver.jitterBufferTarget).toBe(null);
  for (const value of [0, 500, 4000, null]) {
    receiver.jitterBufferTarget = value;
    expect(receiver.jitterBufferTarget).toBe(value);
  }
});

for (const value of [-1, 4001]) {
  test(`jitterBufferTarget throws a RangeError for ${value}, and keeps its value`, () => {
    const { receiver } = connection().addTransceiver('audio');
    receiver.jitterBufferTarget = 300;
    throws(() => (receiver.jitterBufferTarget = value), 'RangeError');
    expect(receiver.jitterBufferTarget).toBe(300);
  });
}

test('getStats() of a receiver gives a report', async () => {
  const { receiver } = connection().addTransceiver('audio');
  expect((await receiver.getStats()) instanceof RTCStatsReport).toBe(true);
});
