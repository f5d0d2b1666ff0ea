// Tracks and transceivers of two connections on the real engine.

import { interfaces } from '../../../js/api/interfaces.js';
import { createLocalTrack, mediaInterfaces } from '../../../js/media/index.js';
import { tasksDone } from './fake-engine.js';
import { Pair, useEngine } from './pair.js';

const { RTCRtpSender } = interfaces;
const { MediaStream } = mediaInterfaces;

let engine;
let pair;

beforeAll(async () => {
  engine = await useEngine();
});

beforeEach(() => {
  pair = new Pair();
});

afterEach(async () => {
  expect(pair.errors).toEqual([]);
  pair.close();
  await tasksDone();
  expect(engine.liveHandles()).toBe(0);
});

/** Notes the track events of a connection. */
const tracksOf = (pc) => {
  const events = [];
  pc.addEventListener('track', (event) => events.push(event));
  return events;
};
const shapeOf = (pc) =>
  pc
    .getTransceivers()
    .map(({ mid, direction, currentDirection }) => [mid, direction, currentDirection]);
const midsIn = (description) => [...description.sdp.matchAll(/a=mid:(\S+)/g)].map(([, mid]) => mid);
const portsIn = ({ sdp }) => [...sdp.matchAll(/^m=\w+ (\d+)/gm)].map(([, port]) => Number(port));

describe('Tracks', () => {
  test('added on both sides are announced with their streams, and all is connected', async () => {
    const stream = new MediaStream([createLocalTrack('audio'), createLocalTrack('video')]);
    for (const track of stream.getTracks()) pair.a.addTrack(track, stream);
    const fromA = tracksOf(pair.b);
    const fromB = tracksOf(pair.a);
    await pair.a.setLocalDescription();
    await pair.b.setRemoteDescription(pair.a.localDescription);
    pair.b.addTrack(createLocalTrack('audio'));
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    expect(fromA.map(({ track }) => track.kind)).toEqual(['audio', 'video']);
    expect(fromA[0].streams.map(({ id }) => id)).toEqual([stream.id]);
    expect(fromA[0].streams[0]).toBe(fromA[1].streams[0]);
    expect(fromB.map(({ track, streams }) => [track.kind, streams])).toEqual([['audio', []]]);
    expect(shapeOf(pair.a)).toEqual([
      ['0', 'sendrecv', 'sendrecv'],
      ['1', 'sendrecv', 'sendonly'],
    ]);
    expect(shapeOf(pair.b)).toEqual([
      ['0', 'sendrecv', 'sendrecv'],
      ['1', 'recvonly', 'recvonly'],
    ]);
    await pair.until(() => [pair.a, pair.b].every((pc) => pc.connectionState === 'connected'));
    const transports = [pair.a, pair.b].map((pc) => pc.getSenders().map((one) => one.transport));
    for (const [audio, video] of transports) {
      expect(audio).toBe(video);
      expect(audio.state).toBe('connected');
      expect(audio.iceTransport.getSelectedCandidatePair().local.type).toBe('host');
    }
  });

  test('removed and added again keep their receiver', async () => {
    const stream = new MediaStream();
    const sender = pair.a.addTrack(createLocalTrack('audio'), stream);
    const events = tracksOf(pair.b);
    await pair.negotiate();
    const [remoteStream] = events[0].streams;
    pair.a.removeTrack(sender);
    await pair.negotiate();
    expect(remoteStream.getTracks()).toEqual([]);
    expect(shapeOf(pair.b)).toEqual([['0', 'recvonly', 'inactive']]);
    await sender.replaceTrack(createLocalTrack('audio'));
    pair.a.getTransceivers()[0].direction = 'sendrecv';
    sender.setStreams(stream);
    await pair.negotiate();
    expect(events).toHaveLength(2);
    expect(events[1].track).toBe(events[0].track);
    expect(events[1].streams).toEqual([remoteStream]);
    expect(remoteStream.getTracks()).toEqual([events[0].track]);
  });

  test('replaced need no negotiation', async () => {
    const sender = pair.a.addTrack(createLocalTrack('video'));
    await pair.negotiate();
    let isNeeded = false;
    pair.a.onnegotiationneeded = () => (isNeeded = true);
    await sender.replaceTrack(createLocalTrack('video'));
    await sender.replaceTrack(null);
    await tasksDone();
    await tasksDone();
    expect([isNeeded, sender.track]).toEqual([false, null]);
  });

  test('added by the answerer go into what was offered, transceivers of its own do not', async () => {
    pair.a.addTransceiver('audio');
    pair.b.addTransceiver(createLocalTrack('audio'));
    pair.b.addTrack(createLocalTrack('audio'));
    await pair.negotiate();
    expect(shapeOf(pair.b)).toEqual([
      [null, 'sendrecv', null],
      ['0', 'sendrecv', 'sendrecv'],
    ]);
    await pair.negotiate(pair.b, pair.a);
    expect(pair.a.getTransceivers()).toHaveLength(2);
    expect(shapeOf(pair.b)[0]).toEqual(['1', 'sendrecv', 'sendonly']);
  });
});

describe('negotiationneeded', () => {
  test('comes for what has to be negotiated, and no more once it is', async () => {
    const needed = [];
    pair.a.onnegotiationneeded = () => needed.push(pair.a.signalingState);
    const settled = async () => {
      for (let i = 0; i < 4; i++) await tasksDone();
    };
    const transceiver = pair.a.addTransceiver('audio');
    await settled();
    await pair.negotiate();
    await settled();
    expect(needed).toEqual(['stable']);
    for (const change of [
      () => (transceiver.direction = 'inactive'),
      () => (transceiver.direction = 'sendonly'),
      () => transceiver.sender.setStreams(new MediaStream()),
      () => pair.a.createDataChannel('x'),
      () => transceiver.stop(),
    ]) {
      needed.length = 0;
      change();
      await settled();
      expect(needed).toEqual(['stable']);
      await pair.negotiate();
      await settled();
      expect(needed).toEqual(['stable']);
    }
  });

  test('comes after an offer that was rolled back', async () => {
    pair.a.addTransceiver('audio');
    await tasksDone();
    await pair.a.setLocalDescription();
    const needed = new Promise((resolve) => (pair.a.onnegotiationneeded = resolve));
    await pair.a.setLocalDescription({ type: 'rollback' });
    await needed;
    expect(shapeOf(pair.a)).toEqual([[null, 'sendrecv', null]]);
    await pair.negotiate();
    expect(shapeOf(pair.b)).toHaveLength(1);
  });

  test('does not come for offerToReceiveAudio', async () => {
    let isNeeded = false;
    pair.a.onnegotiationneeded = () => (isNeeded = true);
    const { sdp } = await pair.a.createOffer({ offerToReceiveAudio: true });
    for (let i = 0; i < 4; i++) await tasksDone();
    expect(isNeeded).toBe(false);
    expect(sdp).toMatch(/^m=audio .*[^]*^a=recvonly/m);
  });
});

describe('Stopping', () => {
  test('goes through to the other side, and the section is used again', async () => {
    pair.a.addTransceiver('audio');
    const second = pair.a.addTransceiver('video');
    await pair.negotiate();
    const [, remote] = pair.b.getTransceivers();
    const ended = new Promise((resolve) => (remote.receiver.track.onended = resolve));
    second.stop();
    await pair.negotiate();
    await ended;
    expect(second).toMatchObject({ direction: 'stopped', currentDirection: 'stopped' });
    expect(remote).toMatchObject({ direction: 'stopped', currentDirection: 'stopped' });
    expect([shapeOf(pair.a).length, shapeOf(pair.b).length]).toEqual([1, 1]);
    expect(portsIn(pair.a.localDescription)[1]).toBe(0);
    pair.a.addTransceiver('video');
    await pair.negotiate();
    expect(portsIn(pair.a.localDescription)).toHaveLength(2);
    expect(midsIn(pair.a.localDescription)).toEqual(['0', '2']);
    expect(shapeOf(pair.b).map(([mid]) => mid)).toEqual(['0', '2']);
    await pair.until(() => pair.a.connectionState === 'connected');
  });

  test('of all transceivers leaves no transports', async () => {
    const transceiver = pair.a.addTransceiver('audio');
    await pair.negotiate();
    await pair.until(() => pair.a.connectionState === 'connected');
    const { transport } = transceiver.sender;
    const { iceTransport } = transport;
    const closed = new Promise((resolve) => (iceTransport.onstatechange = resolve));
    transceiver.stop();
    await pair.negotiate();
    expect(pair.a).toMatchObject({
      iceGatheringState: 'new',
      iceConnectionState: 'new',
      connectionState: 'new',
    });
    await closed;
    expect([transport.state, iceTransport.state]).toEqual(['closed', 'closed']);
  });

  test('of one that was never negotiated leaves nothing in the offer', async () => {
    pair.a.addTransceiver('audio').stop();
    pair.a.addTransceiver('video');
    await pair.negotiate();
    expect(pair.a.localDescription.sdp).not.toContain('m=audio');
    expect(shapeOf(pair.a)).toEqual([['0', 'sendrecv', 'sendonly']]);
  });
});

describe('Rollback', () => {
  test('of a remote offer takes away what it brought, but for what addTrack() uses', async () => {
    pair.a.addTransceiver('audio');
    pair.a.addTransceiver('video');
    await pair.a.setLocalDescription();
    await pair.b.setRemoteDescription(pair.a.localDescription);
    const [audio, video] = pair.b.getTransceivers();
    pair.b.addTrack(createLocalTrack('audio'));
    await pair.b.setRemoteDescription({ type: 'rollback' });
    expect(pair.b.getTransceivers()).toEqual([audio]);
    expect(shapeOf(pair.b)).toEqual([[null, 'sendrecv', null]]);
    expect(video.direction).toBe('stopped');
    await pair.b.setRemoteDescription(pair.a.localDescription);
    expect(pair.b.getTransceivers()[0]).toBe(audio);
    expect(pair.b.getTransceivers()[1]).not.toBe(video);
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
  });

  test('of a renegotiation puts directions, transports and streams back', async () => {
    const stream = new MediaStream();
    const [transceiver] = [pair.a.addTransceiver('audio', { streams: [stream] })];
    const events = tracksOf(pair.b);
    await pair.negotiate();
    const [remoteStream] = events[0].streams;
    const { transport } = pair.b.getReceivers()[0];
    transceiver.direction = 'recvonly';
    await pair.a.setLocalDescription();
    await pair.b.setRemoteDescription(pair.a.localDescription);
    expect(remoteStream.getTracks()).toEqual([]);
    await pair.b.setRemoteDescription({ type: 'rollback' });
    expect(remoteStream.getTracks()).toEqual([events[0].track]);
    expect(events[1].streams).toEqual([remoteStream]);
    expect(shapeOf(pair.b)).toEqual([['0', 'recvonly', 'recvonly']]);
    expect(pair.b.getReceivers()[0].transport).toBe(transport);
    await pair.a.setLocalDescription({ type: 'rollback' });
    expect(shapeOf(pair.a)).toEqual([['0', 'recvonly', 'sendonly']]);
  });
});

describe('Simulcast', () => {
  const sendEncodings = [{ rid: 'hi' }, { rid: 'mid' }, { rid: 'lo' }];
  const ridsOf = (sender) => sender.getParameters().encodings.map(({ rid }) => rid);

  test('offered to a peer that has none leaves one encoding', async () => {
    const { sender } = pair.a.addTransceiver('video', { sendEncodings });
    await pair.a.setLocalDescription();
    expect(pair.a.localDescription.sdp).toContain('a=simulcast:send hi;mid;lo');
    await pair.b.setRemoteDescription(pair.a.localDescription);
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    expect(ridsOf(sender)).toEqual(['hi']);
  });

  test('is what the answer takes of it', async () => {
    const { sender } = pair.a.addTransceiver('video', { sendEncodings });
    await pair.a.setLocalDescription();
    await pair.b.setRemoteDescription(pair.a.localDescription);
    const { sdp } = await pair.b.createAnswer();
    const simulcast = 'a=rid:hi recv\r\na=rid:lo recv\r\na=simulcast:recv hi;lo\r\n';
    await pair.a.setRemoteDescription({ type: 'answer', sdp: `${sdp}${simulcast}` });
    expect(ridsOf(sender)).toEqual(['hi', 'lo']);
    expect(sender.getParameters().encodings.map((one) => one.scaleResolutionDownBy)).toEqual([
      4, 1,
    ]);
  });

  test('that the peer asks for gives a sender its encodings', async () => {
    pair.a.addTransceiver('video', { direction: 'recvonly' });
    const { sdp } = await pair.a.createOffer();
    const asked = 'a=rid:x recv\r\na=rid:y recv\r\na=simulcast:recv x;y\r\n';
    await pair.b.setRemoteDescription({ type: 'offer', sdp: `${sdp}${asked}` });
    const { sender } = pair.b.getTransceivers()[0];
    expect(ridsOf(sender)).toEqual(['x', 'y']);
    pair.b.addTrack(createLocalTrack('video'));
    const answer = await pair.b.createAnswer();
    expect(answer.sdp).toContain('a=simulcast:send x;y');
    await pair.b.setLocalDescription(answer);
    expect(ridsOf(sender)).toEqual(['x', 'y']);
  });
});

describe('Parameters', () => {
  test('are empty of codecs until they are negotiated', async () => {
    const { sender, receiver } = pair.a.addTransceiver('audio');
    expect(sender.getParameters().codecs).toEqual([]);
    await pair.negotiate();
    await tasksDone();
    const { codecs, headerExtensions, rtcp } = sender.getParameters();
    expect(codecs[0]).toMatchObject({ mimeType: 'audio/opus', clockRate: 48000, channels: 2 });
    expect(headerExtensions.length).toBeGreaterThan(0);
    expect(rtcp).toEqual({ cname: expect.any(String), reducedSize: true });
    expect(receiver.getParameters().codecs).toEqual([]);
    const remote = pair.b.getReceivers()[0].getParameters();
    expect(remote.codecs.map(({ payloadType }) => payloadType)).toEqual(
      codecs.map(({ payloadType }) => payloadType),
    );
    expect(remote.rtcp).not.toHaveProperty('cname');
  });

  test('can choose among the negotiated codecs', async () => {
    const transceiver = pair.a.addTransceiver('video');
    await pair.negotiate();
    await tasksDone();
    const { sender } = transceiver;
    const parameters = sender.getParameters();
    const vp9 = parameters.codecs.find(({ mimeType }) => mimeType === 'video/VP9');
    parameters.encodings[0].codec = vp9;
    await sender.setParameters(parameters);
    expect(sender.getParameters().encodings[0].codec).toMatchObject({ mimeType: 'video/VP9' });
    // Once the codec is gone, so is the choice.
    const isVp8 = ({ mimeType }) => mimeType === 'video/VP8';
    transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(isVp8));
    await pair.negotiate();
    await tasksDone();
    expect(sender.getParameters().codecs.every(isVp8)).toBe(true);
    expect(sender.getParameters().encodings[0]).not.toHaveProperty('codec');
  });

  test('follow the preferences for codecs and header extensions', async () => {
    const transceiver = pair.a.addTransceiver('audio');
    const pcmu = RTCRtpSender.getCapabilities('audio').codecs.filter(
      ({ mimeType }) => mimeType === 'audio/PCMU',
    );
    transceiver.setCodecPreferences(pcmu);
    const extensions = transceiver.getHeaderExtensionsToNegotiate();
    const isMid = ({ uri }) => uri.endsWith(':mid');
    transceiver.setHeaderExtensionsToNegotiate(
      extensions.map((one) => (isMid(one) ? one : { ...one, direction: 'stopped' })),
    );
    await pair.negotiate();
    await tasksDone();
    const { codecs, headerExtensions } = transceiver.sender.getParameters();
    expect(codecs.map(({ mimeType }) => mimeType)).toEqual(['audio/PCMU']);
    expect(headerExtensions.map(({ uri }) => uri)).toEqual(['urn:ietf:params:rtp-hdrext:sdes:mid']);
    const negotiated = transceiver.getNegotiatedHeaderExtensions();
    expect(negotiated.filter(({ direction }) => direction !== 'stopped').every(isMid)).toBe(true);
    const vp8 = { mimeType: 'video/VP8', clockRate: 90000 };
    expect(() => transceiver.setCodecPreferences([vp8])).toThrow(
      expect.objectContaining({ name: 'InvalidModificationError' }),
    );
  });
});

describe('Transports', () => {
  test('are two before the answer, and one bundled one after it', async () => {
    pair.a.addTransceiver('audio');
    pair.a.addTransceiver('video');
    await pair.a.setLocalDescription();
    const [audio, video] = pair.a.getSenders().map(({ transport }) => transport);
    expect(audio).not.toBe(video);
    await pair.b.setRemoteDescription(pair.a.localDescription);
    expect(pair.b.getSenders().map(({ transport }) => transport)).toEqual([null, null]);
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    for (const { transport } of pair.a.getSenders()) expect(transport).toBe(audio);
    await pair.until(() => video.state === 'closed');
    await pair.until(() => pair.a.connectionState === 'connected');
    expect(pair.a.iceGatheringState).toBe('complete');
  });

  test('are one from the start with max-bundle', async () => {
    pair.close();
    pair = new Pair({ a: { bundlePolicy: 'max-bundle' } });
    pair.a.addTransceiver('audio');
    pair.a.addTransceiver('video');
    pair.a.createDataChannel('x');
    await pair.a.setLocalDescription();
    const [audio, video] = pair.a.getSenders().map(({ transport }) => transport);
    expect(audio).toBe(video);
    expect(pair.a.sctp.transport).toBe(audio);
    await pair.b.setRemoteDescription(pair.a.localDescription);
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    await pair.until(() => pair.a.connectionState === 'connected');
  });

  test('stay two when the peer knows no BUNDLE, and the states are of both', async () => {
    pair.a.addTransceiver('audio');
    pair.a.addTransceiver('video');
    await pair.a.setLocalDescription();
    const unbundled = ({ type, sdp }) => ({ type, sdp: sdp.replace(/a=group:BUNDLE.*\r\n/, '') });
    await pair.b.setRemoteDescription(unbundled(pair.a.localDescription));
    await pair.b.setLocalDescription();
    await pair.a.setRemoteDescription(pair.b.localDescription);
    for (const pc of [pair.a, pair.b]) {
      const [audio, video] = pc.getSenders().map(({ transport }) => transport);
      expect(audio).not.toBe(video);
      await pair.until(() => pc.connectionState === 'connected');
      expect([audio.state, video.state]).toEqual(['connected', 'connected']);
      for (const { iceTransport } of [audio, video]) {
        expect(iceTransport.getLocalCandidates()).toHaveLength(1);
        expect(iceTransport.getRemoteCandidates()).toHaveLength(1);
      }
    }
  });
});

describe('Perfect negotiation', () => {
  /** The pattern of webrtc-pc section 10.7, over a wire that delivers in order. */
  const connect = (pc, isPolite, send) => {
    let makingOffer = false;
    let ignoreOffer = false;
    pc.onnegotiationneeded = async () => {
      makingOffer = true;
      await pc.setLocalDescription();
      send({ description: pc.localDescription.toJSON() });
      makingOffer = false;
    };
    return async ({ description }) => {
      const collides =
        description.type === 'offer' && (makingOffer || pc.signalingState !== 'stable');
      ignoreOffer = !isPolite && collides;
      if (ignoreOffer) return;
      await pc.setRemoteDescription(description);
      if (description.type !== 'offer') return;
      await pc.setLocalDescription();
      send({ description: pc.localDescription.toJSON() });
    };
  };

  test('under glare ends with all tracks on both sides', async () => {
    const wires = { a: Promise.resolve(), b: Promise.resolve() };
    const receivers = {};
    const sendTo = (name) => (message) => {
      wires[name] = wires[name].then(() => receivers[name](message));
    };
    receivers.a = connect(pair.a, true, sendTo('b'));
    receivers.b = connect(pair.b, false, sendTo('a'));
    for (let i = 0; i < 5; i++) {
      pair.a.addTrack(createLocalTrack('audio'), new MediaStream());
      pair.b.addTrack(createLocalTrack('video'), new MediaStream());
      for (let k = 0; k < i; k++) await tasksDone();
      if (i === 3) pair.a.getTransceivers()[0].stop();
    }
    const isDone = () =>
      [pair.a, pair.b].every(
        (pc) =>
          pc.signalingState === 'stable' &&
          pc.getSenders().every(({ transport }) => transport) &&
          pc.getTransceivers().every(({ mid }) => mid),
      ) && pair.a.getTransceivers().length === pair.b.getTransceivers().length;
    await pair.until(isDone);
    await pair.until(() => pair.a.connectionState === 'connected');
    const sorted = (pc) =>
      shapeOf(pc)
        .map(([mid]) => mid)
        .sort();
    expect(sorted(pair.a)).toEqual(sorted(pair.b));
    const sending = (pc) =>
      pc.getTransceivers().filter(({ currentDirection }) => currentDirection.startsWith('send'));
    expect([sending(pair.a).length, sending(pair.b).length]).toEqual([4, 5]);
  });
});
