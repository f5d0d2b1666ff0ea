// Frames that are encoded elsewhere, through the pipelines as they are.

import {
  createReceivePipeline,
  createRemoteTrack,
  createSendPipeline,
  RTCEncodedSink,
  RTCEncodedSource,
} from '../../../js/media/index.js';
import { TestClock } from './support/clock.js';

const kH264 = { mimeType: 'video/H264', clockRate: 90_000, sdpFmtpLine: 'packetization-mode=1' };

function sendFrom(source, codec, { kind = 'video', encodings = [{}] } = {}) {
  const sent = [];
  const errors = [];
  const track = source.createTrack();
  const sender = createSendPipeline({
    kind,
    clock: new TestClock(),
    onframe: (index, frame) => sent.push([index, frame]),
    onerror: (error) => errors.push(error),
  });
  sender.configure({ codec, encodings });
  sender.setTrack(track);
  return { sender, sent, errors, track };
}

const frame = (number, key = false) => ({
  data: Uint8Array.of(0, 0, 0, 1, number),
  key,
  rtpTimestamp: 3000 * number,
  width: 640,
  height: 480,
  captureTime: 40 * number,
});

test('Frames go out as they came in, from a key frame on, for which the source is asked', () => {
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/h264' });
  const requests = [];
  source.onkeyframerequest = ({ encodingIndex }) => requests.push(encodingIndex);
  const { sender, sent, errors } = sendFrom(source, kH264);
  expect(requests).toEqual([0]);
  source.onFrame(frame(1));
  source.onFrame(frame(2, true));
  source.onFrame({ ...frame(3), temporalLayer: 1, rotation: 90 });
  expect(requests).toEqual([0, 0]);
  expect(sent.map(([index, one]) => [index, one.data[4], one.key])).toEqual([
    [0, 2, true],
    [0, 3, false],
  ]);
  expect(sent[1][1]).toMatchObject({
    rtpTimestamp: 9000,
    width: 640,
    height: 480,
    temporalLayer: 1,
    spatialLayer: 0,
    rotation: 90,
    captureTime: 120,
  });
  sender.requestKeyFrame(0);
  expect(requests).toEqual([0, 0, 0]);
  expect(errors).toEqual([]);
  expect(sender.stats().encodings).toEqual([
    expect.objectContaining({ framesSent: 2, keyFramesEncoded: 1, frameWidth: 640 }),
  ]);
});

test('Encodings of a simulcast are told apart by their index, and bitrates are told to the source', () => {
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/H264' });
  const bitrates = [];
  source.onbitrates = ({ bitrates: each, held }) => bitrates.push([each, held]);
  const { sender, sent } = sendFrom(source, kH264, { encodings: [{}, {}, { active: false }] });
  sender.setBitrates([100_000, 500_000, 0]);
  sender.setBitrates([50_000, 0, 0], true);
  for (const encodingIndex of [0, 1, 2, 3]) source.onFrame({ ...frame(1, true), encodingIndex });
  expect(sent.map(([index]) => index)).toEqual([0, 1]);
  expect(bitrates).toEqual([
    [[100_000, 500_000, 0], false],
    [[50_000, 0, 0], true],
  ]);
});

test('Frames of another codec than was negotiated are not sent, and that is told once', () => {
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/VP8' });
  const { sent, errors, sender } = sendFrom(source, kH264);
  source.onFrame(frame(1, true));
  source.onFrame(frame(2, true));
  expect(sent).toEqual([]);
  expect(errors.map(({ name }) => name)).toEqual(['NotSupportedError']);
  sender.configure({ codec: { mimeType: 'video/VP8', clockRate: 90_000 }, encodings: [{}] });
  source.onFrame(frame(3, true));
  expect(sent.length).toBe(1);
});

test('Nothing is sent while the track is disabled, and nothing after it has ended', () => {
  const source = new RTCEncodedSource({ kind: 'audio', mimeType: 'audio/opus' });
  const codec = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 };
  const { sent, track } = sendFrom(source, codec, { kind: 'audio' });
  const packet = { data: Uint8Array.of(1, 2), captureTime: 20 };
  source.onFrame(packet);
  track.enabled = false;
  source.onFrame(packet);
  track.enabled = true;
  source.onFrame(packet);
  track.stop();
  source.onFrame(packet);
  // Without a time of the codec's clock, that of the capture tells it.
  expect(sent.map(([, { key, rtpTimestamp }]) => [key, rtpTimestamp])).toEqual([
    [true, 960],
    [true, 960],
  ]);
});

test('What is received is forwarded without being decoded, and requests for key frames go back', () => {
  const remote = createRemoteTrack('video');
  let requested = 0;
  const receiver = createReceivePipeline({
    kind: 'video',
    track: remote,
    clock: new TestClock(),
    requestKeyFrame: () => requested++,
  });
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/AV1' });
  const sink = new RTCEncodedSink(remote);
  sink.onframe = (event) => source.onFrame(event.frame);
  source.onkeyframerequest = () => sink.requestKeyFrame();
  const codec = { mimeType: 'video/AV1', clockRate: 90_000 };
  const { sent, errors } = sendFrom(source, codec);
  expect(requested).toBe(1);
  receiver.push({ ...codec, ...frame(1, true), playAt: 1000, receivedAt: 990 });
  receiver.push({ ...codec, ...frame(2), playAt: 1040, receivedAt: 1030 });
  expect(sent.map(([, { rtpTimestamp, key, width }]) => [rtpTimestamp, key, width])).toEqual([
    [3000, true, 640],
    [6000, false, 640],
  ]);
  expect(receiver.stats().framesDecoded).toBe(0);
  expect(errors).toEqual([]);
  receiver.close();
});

test('A pipeline that is closed, or whose track was taken away, is silent', () => {
  const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/H264' });
  const { sender, sent } = sendFrom(source, kH264);
  sender.setTrack(null);
  source.onFrame(frame(1, true));
  sender.close();
  sender.setTrack(source.createTrack());
  source.onFrame(frame(2, true));
  expect(sent).toEqual([]);
});
