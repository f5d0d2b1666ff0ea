import {
  createLocalTrack,
  i420ToRgba,
  rgbaToI420,
  RTCAudioSink,
  RTCAudioSource,
  RTCEncodedSink,
  RTCEncodedSource,
  RTCVideoSink,
  RTCVideoSource,
} from '../../../js/media/index.js';
import { brightness, picture, tone } from './support/signals.js';

const sound = (samples) => ({ samples, sampleRate: 48_000, bitsPerSample: 16, channelCount: 1 });

function watch(track) {
  const frames = [];
  const sink = new RTCVideoSink(track);
  sink.onframe = ({ type, frame }) => frames.push({ type, ...frame });
  return { frames, sink };
}

describe('A source of pictures', () => {
  test('shows them on its tracks and their clones, with the time and rotation they were given', () => {
    const source = new RTCVideoSource();
    const track = source.createTrack();
    const seen = [watch(track), watch(track.clone()), watch(source.createTrack())];
    source.onFrame({ ...picture(32, 18), rotation: 90, timestamp: 77 });
    for (const { frames } of seen) {
      const expected = { type: 'frame', ...picture(32, 18), rotation: 90, timestamp: 77 };
      expect(frames).toEqual([expected]);
    }
    expect(track.kind).toBe('video');
    expect(track.muted).toBe(false);
  });

  test('keeps a copy, so that the application may use its memory again', () => {
    const source = new RTCVideoSource();
    const { frames } = watch(source.createTrack());
    const frame = picture(16, 16);
    source.onFrame(frame);
    frame.data.fill(0);
    expect(frames[0].data).toEqual(picture(16, 16).data);
  });

  test('shows black on a track that is disabled, and on that alone', () => {
    const source = new RTCVideoSource();
    const [one, other] = [source.createTrack(), source.createTrack()];
    const seen = [watch(one), watch(other)];
    one.enabled = false;
    source.onFrame(picture(20, 20));
    expect(brightness(seen[0].frames[0])).toBe(16);
    expect(seen[0].frames[0].data.subarray(400)).toEqual(new Uint8Array(200).fill(128));
    expect(brightness(seen[1].frames[0])).toBeGreaterThan(40);
  });

  test('shows nothing on a track that has ended, nor to a sink that was stopped', () => {
    const source = new RTCVideoSource();
    const [one, other] = [source.createTrack(), source.createTrack()];
    const seen = [watch(one), watch(other)];
    one.stop();
    seen[1].sink.stop();
    source.onFrame(picture(16, 16));
    expect(seen.map(({ frames }) => frames.length)).toEqual([0, 0]);
    expect(seen[1].sink.stopped).toBe(true);
  });

  test('refuses what is no picture', () => {
    const source = new RTCVideoSource();
    const good = picture(16, 16);
    for (const bad of [
      undefined,
      {},
      { ...good, width: 0 },
      { ...good, width: 18 },
      { ...good, data: [...good.data] },
      { ...good, rotation: 45 },
    ]) {
      expect(() => source.onFrame(bad)).toThrow(TypeError);
    }
  });

  test('of a screen makes tracks whose sharpness matters', () => {
    expect(new RTCVideoSource({ isScreencast: true }).createTrack().contentHint).toBe('detail');
    expect(new RTCVideoSource().createTrack().contentHint).toBe('');
  });
});

describe('A source of sound', () => {
  test('plays it on its tracks, and silence on those that are disabled', () => {
    const source = new RTCAudioSource();
    const [one, other] = [source.createTrack(), source.createTrack()];
    other.enabled = false;
    const heard = [[], []];
    [one, other].forEach((track, i) => {
      new RTCAudioSink(track).addEventListener('data', ({ samples }) => heard[i].push(samples));
    });
    const samples = tone(440, 48_000, 480);
    source.onData(sound(samples));
    expect(heard).toEqual([[samples], [new Int16Array(480)]]);
  });

  test('fills in what the application may leave out', () => {
    const source = new RTCAudioSource();
    const seen = [];
    new RTCAudioSink(source.createTrack()).ondata = (data) => seen.push(data);
    source.onData({ samples: new Int16Array(320), sampleRate: 16_000, channelCount: 2 });
    expect(seen).toEqual([
      {
        type: 'data',
        samples: new Int16Array(320),
        sampleRate: 16_000,
        bitsPerSample: 16,
        channelCount: 2,
        numberOfFrames: 160,
      },
    ]);
  });

  test('refuses what is no sound', () => {
    const source = new RTCAudioSource();
    for (const bad of [
      undefined,
      { samples: [1, 2] },
      { samples: new Int16Array(4), sampleRate: 1 },
      { samples: new Int16Array(4), sampleRate: 8000, bitsPerSample: 32 },
      { samples: new Int16Array(5), sampleRate: 8000, channelCount: 2 },
      { samples: new Int16Array(5), sampleRate: 8000, numberOfFrames: 4 },
    ]) {
      expect(() => source.onData(bad)).toThrow(TypeError);
    }
  });
});

describe('A source of encoded frames', () => {
  test('hands them to sinks as they are, and asks for key frames when a sink does', () => {
    const source = new RTCEncodedSource({ kind: 'video', mimeType: 'video/AV1' });
    const requests = [];
    source.onkeyframerequest = (event) => requests.push(event);
    const track = source.createTrack();
    const sink = new RTCEncodedSink(track);
    const frames = [];
    sink.onframe = ({ frame }) => frames.push(frame);
    sink.requestKeyFrame();
    const data = Uint8Array.of(1, 2, 3);
    source.onFrame({ data, key: true, rtpTimestamp: 9 });
    track.enabled = false;
    source.onFrame({ data, key: false, rtpTimestamp: 10 });
    expect(frames).toEqual([{ data, key: true, rtpTimestamp: 9, mimeType: 'video/AV1' }]);
    expect(requests).toEqual([{ type: 'keyframerequest', encodingIndex: 0 }]);
  });

  test('refuses what is no frame and what is no type of its kind', () => {
    expect(() => new RTCEncodedSource({ kind: 'text', mimeType: 'text/x' })).toThrow(TypeError);
    expect(() => new RTCEncodedSource({ kind: 'audio', mimeType: 'video/VP8' })).toThrow(TypeError);
    const source = new RTCEncodedSource({ kind: 'audio', mimeType: 'audio/opus' });
    expect(() => source.onFrame({ data: [1] })).toThrow(TypeError);
    expect(() => source.onFrame({ data: new Uint8Array() })).toThrow(TypeError);
  });
});

test('A sink takes tracks of its kind alone', () => {
  expect(() => new RTCVideoSink(createLocalTrack('audio'))).toThrow(TypeError);
  expect(() => new RTCAudioSink(createLocalTrack('video'))).toThrow(TypeError);
  expect(() => new RTCVideoSink({})).toThrow(TypeError);
});

test('Colours survive the way from RGBA to I420 and back', () => {
  const [width, height] = [5, 3];
  for (const [red, green, blue] of [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 200, 0],
    [20, 40, 250],
  ]) {
    const data = new Uint8Array(4 * width * height);
    for (let i = 0; i < data.length; i += 4) data.set([red, green, blue, 255], i);
    const i420 = { width, height, data: new Uint8Array(15 + 2 * 6) };
    rgbaToI420({ width, height, data }, i420);
    const back = { width, height, data: new Uint8Array(data.length) };
    i420ToRgba(i420, back);
    for (let i = 0; i < data.length; i++) {
      expect(Math.abs(back.data[i] - data[i])).toBeLessThanOrEqual(3);
    }
  }
});
