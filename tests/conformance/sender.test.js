// RTCRtpSender: webrtc-pc 5.2.

import { rejects, throws } from './support/errors.js';
import { audioTrack, connection, videoTrack } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { connectedPair, negotiate, offerTo, pair } from './support/session.js';
import { fateOf, quiet } from './support/waiting.js';

// ---- replaceTrack()

test('replaceTrack() puts another track of the same kind in place, and resolves with undefined', async () => {
  const sender = connection().addTrack(audioTrack());
  const other = audioTrack();
  await expect(sender.replaceTrack(other)).resolves.toBe(undefined);
  expect(sender.track).toBe(other);
});

test('replaceTrack(null) takes the track away and leaves the direction alone', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  await sender.replaceTrack(null);
  expect(sender.track).toBe(null);
  expect(pc.getTransceivers()[0].direction).toBe('sendrecv');
});

test('replaceTrack() gives a track to a sender that had none', async () => {
  const { sender } = connection().addTransceiver('video');
  const track = videoTrack();
  await sender.replaceTrack(track);
  expect(sender.track).toBe(track);
});

test('replaceTrack() does not set the track before its promise settles', async () => {
  const { sender } = connection().addTransceiver('audio');
  const replacing = sender.replaceTrack(audioTrack());
  expect(sender.track).toBe(null);
  await replacing;
});

test('replaceTrack() rejects with a TypeError for a track of the other kind', async () => {
  const track = audioTrack();
  const sender = connection().addTrack(track);
  await rejects(sender.replaceTrack(videoTrack()), 'TypeError');
  expect(sender.track).toBe(track);
});

test('replaceTrack() rejects with a TypeError for what is no track', async () => {
  const { sender } = connection().addTransceiver('audio');
  await rejects(sender.replaceTrack('track'), 'TypeError');
  await rejects(sender.replaceTrack(), 'TypeError');
});

test('replaceTrack() rejects with InvalidStateError when the transceiver is stopping', async () => {
  const transceiver = connection().addTransceiver('audio');
  transceiver.stop();
  await rejects(transceiver.sender.replaceTrack(audioTrack()), 'InvalidStateError');
});

test('replaceTrack() rejects with InvalidStateError when the connection is closed', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  const other = audioTrack();
  pc.close();
  await rejects(sender.replaceTrack(other), 'InvalidStateError');
});

test('replaceTrack() never settles when the connection is closed before it is done', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  const replacing = sender.replaceTrack(null);
  pc.close();
  expect(await fateOf(replacing)).toBe('pending');
});

test('replaceTrack() works on a connection that is connected', async () => {
  const { a, b } = await connectedPair();
  const sender = a.addTrack(audioTrack());
  await negotiate(a, b);
  const other = audioTrack();
  await sender.replaceTrack(other);
  expect(sender.track).toBe(other);
  await sender.replaceTrack(null);
  expect(sender.track).toBe(null);
});

test('a track that ended can be sent as well', async () => {
  const { sender } = connection().addTransceiver('audio');
  const track = audioTrack();
  track.stop();
  await sender.replaceTrack(track);
  expect(sender.track).toBe(track);
});

test('replaceTrack() is not seen in the offer', async () => {
  const pc = connection();
  const stream = new MediaStream();
  const sender = pc.addTrack(audioTrack(), stream);
  const msid = async () => sectionsOf(await pc.createOffer())[0].value('msid');
  const before = await msid();
  await sender.replaceTrack(audioTrack());
  expect(await msid()).toBe(before);
});

// ---- setStreams()

test('setStreams() changes the streams that are offered', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack(), new MediaStream());
  const streams = [new MediaStream(), new MediaStream()];
  expect(sender.setStreams(...streams)).toBe(undefined);
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual(
    streams.map(({ id }) => id),
  );
});

test('setStreams() without streams offers the track in none', async () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack(), new MediaStream());
  sender.setStreams();
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual(['-']);
});

test('setStreams() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  const sender = pc.addTrack(audioTrack());
  pc.close();
  throws(() => sender.setStreams(new MediaStream()), 'InvalidStateError');
});

test('setStreams() throws a TypeError for what is no stream', () => {
  const sender = connection().addTrack(audioTrack());
  throws(() => sender.setStreams({}), 'TypeError');
});

// ---- getParameters()

test('getParameters() of a new sender has one active encoding', () => {
  const parameters = connection().addTransceiver('audio').sender.getParameters();
  expect(parameters.transactionId).toEqual(expect.any(String));
  expect(parameters.encodings).toHaveLength(1);
  expect(parameters.encodings[0]).toMatchObject({ active: true });
  expect('rid' in parameters.encodings[0]).toBe(false);
});

test('getParameters() of a new sender has no codecs, header extensions or cname yet', () => {
  const { codecs, headerExtensions, rtcp } = connection()
    .addTransceiver('video')
    .sender.getParameters();
  expect(codecs).toEqual([]);
  expect(headerExtensions).toEqual([]);
  expect(rtcp.reducedSize).toBe(false);
});

test('getParameters() has what was negotiated', async () => {
  const [a, b] = pair();
  const { sender } = a.addTransceiver(audioTrack());
  await negotiate(a, b);
  const { codecs, headerExtensions, rtcp } = sender.getParameters();
  const [section] = sectionsOf(b.localDescription);
  expect(codecs.map(({ payloadType }) => payloadType).sort()).toEqual(
    section.formats.map(Number).sort(),
  );
  const opus = codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
  expect(opus).toMatchObject({ clockRate: 48_000, channels: 2 });
  expect(opus.sdpFmtpLine).toContain('minptime');
  expect(headerExtensions.map(({ uri }) => uri)).toContain('urn:ietf:params:rtp-hdrext:sdes:mid');
  expect(rtcp.reducedSize).toBe(true);
});

test('getParameters() gives the same transaction id within a task, and another one later', async () => {
  const { sender } = connection().addTransceiver('audio');
  const first = sender.getParameters();
  const second = sender.getParameters();
  expect(second.transactionId).toBe(first.transactionId);
  expect(second).not.toBe(first);
  await quiet();
  expect(sender.getParameters().transactionId).not.toBe(first.transactionId);
});

test('getParameters() takes encodings from addTransceiver()', () => {
  const { sender } = connection().addTransceiver('video', {
    sendEncodings: [{ active: false, maxBitrate: 100_000, scaleResolutionDownBy: 2 }],
  });
  expect(sender.getParameters().encodings).toEqual([
    expect.objectContaining({ active: false, maxBitrate: 100_000, scaleResolutionDownBy: 2 }),
  ]);
});

test('scaleResolutionDownBy is 1 for video and absent for audio', () => {
  const pc = connection();
  const [video] = pc.addTransceiver('video').sender.getParameters().encodings;
  expect(video.scaleResolutionDownBy).toBe(1);
  const [audio] = pc
    .addTransceiver('audio', {
      sendEncodings: [{ scaleResolutionDownBy: 2 }],
    })
    .sender.getParameters().encodings;
  expect('scaleResolutionDownBy' in audio).toBe(false);
});

for (const [kind, encoding, name] of [
  ['video', { scaleResolutionDownBy: 0.5 }, 'RangeError'],
  ['video', { maxFramerate: -1 }, 'RangeError'],
  ['video', { scaleResolutionDownBy: 'half' }, 'TypeError'],
  ['video', { rid: 'not valid!' }, 'TypeError'],
  ['video', { rid: '' }, 'TypeError'],
]) {
  test(`addTransceiver('${kind}') throws a ${name} for the encoding ${JSON.stringify(encoding)}`, () => {
    const pc = connection();
    throws(() => pc.addTransceiver(kind, { sendEncodings: [encoding] }), name);
    expect(pc.getTransceivers()).toEqual([]);
  });
}

// ---- setParameters()

test('setParameters() takes what getParameters() gave, and resolves with undefined', async () => {
  const { sender } = connection().addTransceiver('video');
  await expect(sender.setParameters(sender.getParameters())).resolves.toBe(undefined);
});

test('setParameters() changes members of encodings', async () => {
  const { sender } = connection().addTransceiver('video');
  const parameters = sender.getParameters();
  Object.assign(parameters.encodings[0], {
    active: false,
    maxBitrate: 500_000,
    maxFramerate: 15,
    scaleResolutionDownBy: 1.5,
    priority: 'high',
    networkPriority: 'low',
  });
  await sender.setParameters(parameters);
  expect(sender.getParameters().encodings[0]).toMatchObject({
    active: false,
    maxBitrate: 500_000,
    maxFramerate: 15,
    scaleResolutionDownBy: 1.5,
    priority: 'high',
    networkPriority: 'low',
  });
});

test('setParameters() takes members away that are left out', async () => {
  const { sender } = connection().addTransceiver('video', {
    sendEncodings: [{ maxBitrate: 100_000 }],
  });
  const parameters = sender.getParameters();
  delete parameters.encodings[0].maxBitrate;
  await sender.setParameters(parameters);
  expect('maxBitrate' in sender.getParameters().encodings[0]).toBe(false);
});

test('setParameters() rejects with InvalidStateError when getParameters() was never called', async () => {
  const pc = connection();
  const first = pc.addTransceiver('video').sender;
  const second = pc.addTransceiver('video').sender;
  await rejects(second.setParameters(first.getParameters()), 'InvalidStateError');
});

test('setParameters() rejects with InvalidStateError the second time with the same parameters', async () => {
  const { sender } = connection().addTransceiver('video');
  const parameters = sender.getParameters();
  await sender.setParameters(parameters);
  await rejects(sender.setParameters(parameters), 'InvalidStateError');
});

test('setParameters() rejects with InvalidStateError in a later task than getParameters()', async () => {
  const { sender } = connection().addTransceiver('video');
  const parameters = sender.getParameters();
  await quiet();
  await rejects(sender.setParameters(parameters), 'InvalidStateError');
});

test('setParameters() rejects with InvalidStateError after the negotiation went on', async () => {
  const [a, b] = pair();
  const { sender } = a.addTransceiver('video');
  const parameters = sender.getParameters();
  await offerTo(a, b);
  await rejects(sender.setParameters(parameters), 'InvalidStateError');
});

test('setParameters() rejects with InvalidStateError when the transceiver is stopping', async () => {
  const transceiver = connection().addTransceiver('video');
  const parameters = transceiver.sender.getParameters();
  transceiver.stop();
  await rejects(transceiver.sender.setParameters(parameters), 'InvalidStateError');
});

for (const [what, change] of [
  ['another transaction id', (parameters) => void (parameters.transactionId = 'mine')],
  ['more encodings', ({ encodings }) => void encodings.push({ ...encodings[0] })],
  ['no encodings', (parameters) => void (parameters.encodings = [])],
  ['another rid', ({ encodings }) => void (encodings[0].rid = 'mine')],
  ['other codecs', ({ codecs }) => void codecs.pop()],
  ['other header extensions', ({ headerExtensions }) => void headerExtensions.pop()],
  ['another cname', ({ rtcp }) => void (rtcp.cname = 'mine')],
]) {
  test(`setParameters() rejects with InvalidModificationError for ${what}`, async () => {
    const [a, b] = pair();
    const { sender } = a.addTransceiver(videoTrack());
    await negotiate(a, b);
    const parameters = sender.getParameters();
    change(parameters);
    await rejects(sender.setParameters(parameters), 'InvalidModificationError');
  });
}

for (const [what, change, name] of [
  ['a scaleResolutionDownBy below 1', { scaleResolutionDownBy: 0.5 }, 'RangeError'],
  ['a negative maxFramerate', { maxFramerate: -1 }, 'RangeError'],
  ['a priority that is none', { priority: 'utmost' }, 'TypeError'],
]) {
  test(`setParameters() rejects with a ${name} for ${what}`, async () => {
    const { sender } = connection().addTransceiver('video');
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0], change);
    await rejects(sender.setParameters(parameters), name);
  });
}

test('setParameters() rejects with a TypeError for parameters without a required member', async () => {
  const { sender } = connection().addTransceiver('video');
  const parameters = sender.getParameters();
  delete parameters.transactionId;
  await rejects(sender.setParameters(parameters), 'TypeError');
});

// ---- getCapabilities()

for (const [kind, codec] of [
  ['audio', { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  ['video', { mimeType: 'video/VP8', clockRate: 90_000 }],
]) {
  test(`RTCRtpSender.getCapabilities('${kind}') has codecs and header extensions`, () => {
    const { codecs, headerExtensions } = RTCRtpSender.getCapabilities(kind);
    expect(codecs).toEqual(expect.arrayContaining([expect.objectContaining(codec)]));
    for (const { mimeType, clockRate } of codecs) {
      expect(mimeType).toMatch(new RegExp(`^${kind}/[\\w.-]+$`));
      expect(clockRate).toBeGreaterThan(0);
    }
    expect(headerExtensions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }),
      ]),
    );
  });
}

test('RTCRtpSender.getCapabilities() has one entry for retransmission', () => {
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const found = codecs.filter(({ mimeType }) => mimeType === 'video/rtx');
  expect(found).toEqual([{ mimeType: 'video/rtx', clockRate: 90_000 }]);
});

test('RTCRtpSender.getCapabilities() is null for a kind that is none', () => {
  expect(RTCRtpSender.getCapabilities('smell')).toBe(null);
});

test('RTCRtpSender.getCapabilities() has no codec twice', () => {
  for (const kind of ['audio', 'video']) {
    const all = RTCRtpSender.getCapabilities(kind).codecs.map((codec) => JSON.stringify(codec));
    expect(new Set(all).size).toBe(all.length);
  }
});

// ---- The rest

test('transport is null before there is a local description, and the DTLS transport then', async () => {
  const [a, b] = pair();
  const { sender, receiver } = a.addTransceiver('audio');
  expect([sender.transport, receiver.transport]).toEqual([null, null]);
  await offerTo(a, b);
  expect(sender.transport instanceof RTCDtlsTransport).toBe(true);
  expect(receiver.transport).toBe(sender.transport);
});

test('dtmf is there for audio and null for video', () => {
  const pc = connection();
  expect(pc.addTransceiver('audio').sender.dtmf instanceof RTCDTMFSender).toBe(true);
  expect(pc.addTransceiver('video').sender.dtmf).toBe(null);
});

test('getStats() of a sender gives a report', async () => {
  const { sender } = connection().addTransceiver('audio');
  expect((await sender.getStats()) instanceof RTCStatsReport).toBe(true);
});
