import { RTCEncodedSink } from '../../../js/index.node.js';
import {
  Simulation,
  expectNoLeaks,
  faults,
  fakeCamera,
  measureVideo,
} from '../../../js/testing.node.js';
import { audioFrame, readFrame, videoFrame } from '../../../js/testing/frame-content.js';
import { openMediaCall } from './support/call.js';

afterEach(() => expectNoLeaks());

test('frames say what they hold, and damage shows', () => {
  const content = { encoding: 2, number: 70_000, captureTime: 1234.5, tone: 0 };
  for (const key of [true, false]) {
    const bytes = videoFrame({ ...content, key, width: 640, height: 480 }, 500);
    expect(bytes).toHaveLength(500);
    expect(readFrame('video', bytes)).toEqual({ ...content, key });
    expect(readFrame('video', bytes.subarray(0, 499))).toBeNull();
    bytes[40] ^= 1;
    expect(readFrame('video', bytes)).toBeNull();
  }
  const sound = audioFrame({ ...content, tone: 1000 }, 80);
  expect(readFrame('audio', sound)).toEqual({ ...content, tone: 1000, key: true });
  expect(readFrame('audio', new Uint8Array(3))).toBeNull();
});

test('a camera takes pictures in its rhythm, and stops when its last track does', async () => {
  const simulation = new Simulation();
  const camera = fakeCamera(simulation.peer(), { framerate: 30, width: 320, height: 240 });
  const tracks = [camera.createTrack(), camera.createTrack()];
  const frames = [];
  const sink = new RTCEncodedSink(tracks[0]);
  sink.onframe = ({ frame }) => frames.push(frame);
  await simulation.run(10_000);
  expect(frames).toHaveLength(300);
  expect(frames[0]).toMatchObject({ key: true, width: 320, height: 240 });
  expect(frames.filter(({ key }) => key)).toHaveLength(1);
  expect(frames[299].captureTime).toBeCloseTo(10_000, 3);
  sink.requestKeyFrame();
  await simulation.run(100);
  expect(frames.filter(({ key }) => key)).toHaveLength(2);
  tracks[0].stop();
  expect(camera.live).toBe(1);
  tracks[1].stop();
  const { frames: before } = camera.counts;
  await simulation.run(1000);
  expect(camera.counts.frames).toBe(before);
  expect(simulation.network.pending).toBe(0);
  simulation.close();
});

test('on a good path all pictures and all sound arrive, in order and in time', async () => {
  const call = await openMediaCall({ link: { latency: 25 } });
  await call.simulation.run(20_000);
  const { video, audio } = call.measures;
  expect(video.figures).toMatchObject({
    lost: 0,
    outOfOrder: 0,
    duplicates: 0,
    damaged: 0,
    freezes: 0,
    width: 640,
    height: 480,
  });
  expect(video.figures.frames).toBeGreaterThan(580);
  expect(video.figures.delay.min).toBeGreaterThanOrEqual(50);
  expect(audio.figures).toMatchObject({ lost: 0, outOfOrder: 0, tone: 1000, longestGap: 20 });
  expect(audio.figures.frames).toBeGreaterThan(980);
  call.end();
});

test('pictures follow the bitrate that a narrow path grants', async () => {
  const narrow = { latency: 20, rate: 300_000, queue: 40_000 };
  const call = await openMediaCall({ link: narrow });
  await call.simulation.run(30_000);
  const { bytes } = call.camera.counts;
  await call.simulation.run(30_000);
  const sent = (8 * (call.camera.counts.bytes - bytes)) / 30;
  expect(call.camera.bitrates[0]).toBeLessThan(300_000);
  expect(sent).toBeLessThan(300_000);
  expect(sent).toBeGreaterThan(50_000);
  call.end();
});

test('a link that is down for a while shows as a freeze and as lost sound', async () => {
  const call = await openMediaCall();
  const { simulation, bob } = call;
  await simulation.run(5000);
  expect(call.measures.video.figures.freezes).toBe(0);
  faults(simulation).linkDown(bob, { for: 2000 });
  await simulation.run(10_000);
  const { video, audio } = call.measures;
  expect(video.figures.freezes).toBeGreaterThan(0);
  expect(video.figures.frozen).toBeGreaterThan(1500);
  expect(video.figures.damaged).toBe(0);
  expect(audio.figures.lost).toBeGreaterThan(50);
  expect(audio.figures.longestGap).toBeGreaterThan(1500);
  call.end();
});

test('a measure stops when it is told to, and takes tracks of its kind only', async () => {
  const simulation = new Simulation();
  const peer = simulation.peer();
  const stream = await peer.mediaDevices.getUserMedia({ audio: true, video: true });
  const [microphone, camera] = stream.getTracks();
  expect(() => measureVideo(microphone)).toThrow(TypeError);
  const measure = measureVideo(camera);
  await simulation.run(1000);
  const { frames } = measure.figures;
  measure.stop();
  await simulation.run(1000);
  expect(measure.figures.frames).toBe(frames);
  expect(frames).toBe(30);
  expect(() => fakeCamera(simulation)).toThrow(TypeError);
  simulation.close();
});

test('simulcast: each encoding has its pictures and its size', async () => {
  const simulation = new Simulation();
  const [alice, bob] = [simulation.peer(), simulation.peer()];
  const a = new alice.RTCPeerConnection();
  const b = new bob.RTCPeerConnection();
  const camera = fakeCamera(alice, { width: 640, height: 480 });
  const sendEncodings = [{ rid: 'q', scaleResolutionDownBy: 2 }, { rid: 'f' }];
  const { sender } = a.addTransceiver(camera.createTrack(), { sendEncodings });
  expect(sender.getParameters().encodings).toHaveLength(2);
  camera.granted({ bitrates: [100_000, 500_000], held: false });
  const sizes = new Set();
  const sink = new RTCEncodedSink(sender.track);
  sink.onframe = ({ frame }) => sizes.add(`${frame.encodingIndex} ${frame.width}x${frame.height}`);
  await simulation.run(200);
  expect([...sizes]).toEqual(['0 320x240', '1 640x480']);
  a.close();
  b.close();
  simulation.close();
});
