import {
  addToStream,
  createLocalTrack,
  createRemoteStream,
  createRemoteTrack,
  mediaInterfaces,
  removeFromStream,
} from '../../../js/media/index.js';

const { MediaStream, MediaStreamTrack, MediaStreamTrackEvent } = mediaInterfaces;

describe('A stream', () => {
  test('is empty, has the tracks of another one, or those of a sequence', () => {
    const [audio, video] = [createLocalTrack('audio'), createLocalTrack('video')];
    expect(new MediaStream().getTracks()).toEqual([]);
    const stream = new MediaStream(new Set([video, audio, video]));
    expect(stream.getTracks()).toEqual([video, audio]);
    const other = new MediaStream(stream);
    expect(other.getTracks()).toEqual([video, audio]);
    other.removeTrack(video);
    expect(stream.getTracks()).toEqual([video, audio]);
  });

  test('is made of nothing else', () => {
    expect(MediaStream.length).toBe(0);
    for (const content of [
      {},
      null,
      'x',
      1,
      createLocalTrack('audio'),
      [{}],
      [new MediaStream()],
    ]) {
      expect(() => new MediaStream(content)).toThrow(TypeError);
    }
  });

  test('has a UUID for an id, one of its own', () => {
    const [a, b] = [new MediaStream(), new MediaStream()];
    expect(a.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(a.id).not.toBe(b.id);
  });

  test('tells its tracks by kind and by id', () => {
    const [audio, video] = [createLocalTrack('audio'), createLocalTrack('video')];
    const stream = new MediaStream([audio, video]);
    expect(stream.getAudioTracks()).toEqual([audio]);
    expect(stream.getVideoTracks()).toEqual([video]);
    expect(stream.getTrackById(video.id)).toBe(video);
    expect(stream.getTrackById('no such track')).toBe(null);
    expect(stream.getTracks()).not.toBe(stream.getTracks());
  });

  test('fires nothing when script adds and removes tracks, and has each once', () => {
    const stream = new MediaStream();
    const track = createLocalTrack('audio');
    stream.onaddtrack = stream.onremovetrack = () => {
      throw new Error('an event');
    };
    stream.addTrack(track);
    stream.addTrack(track);
    expect(stream.getTracks()).toEqual([track]);
    stream.removeTrack(track);
    stream.removeTrack(track);
    expect(stream.getTracks()).toEqual([]);
    expect(() => stream.addTrack({})).toThrow(TypeError);
  });

  test('is active while one of its tracks is live', () => {
    const stream = new MediaStream();
    expect(stream.active).toBe(false);
    const tracks = [createLocalTrack('audio'), createLocalTrack('video')];
    tracks.forEach((track) => stream.addTrack(track));
    tracks[0].stop();
    expect(stream.active).toBe(true);
    tracks[1].stop();
    expect(stream.active).toBe(false);
  });

  test('is cloned together with its tracks', () => {
    const stream = new MediaStream([createLocalTrack('audio', { label: 'a' })]);
    const clone = stream.clone();
    expect(clone).toBeInstanceOf(MediaStream);
    expect(clone.id).not.toBe(stream.id);
    const [track] = clone.getTracks();
    expect([track.label, track.kind]).toEqual(['a', 'audio']);
    expect(track).toBeInstanceOf(MediaStreamTrack);
    expect(track.id).not.toBe(stream.getTracks()[0].id);
  });
});

describe('A stream of the peer', () => {
  test('has the id that the peer gave it', () => {
    const stream = createRemoteStream('their stream');
    expect(stream).toBeInstanceOf(MediaStream);
    expect([stream.id, stream.active, stream.getTracks()]).toEqual(['their stream', false, []]);
    expect(stream.clone().id).not.toBe('their stream');
  });

  test('fires addtrack and removetrack, each once and with the change made', () => {
    const stream = createRemoteStream('x');
    const track = createRemoteTrack('audio');
    const seen = [];
    stream.onaddtrack = stream.onremovetrack = (event) => {
      expect(event).toBeInstanceOf(MediaStreamTrackEvent);
      expect(event.track).toBe(track);
      seen.push([event.type, stream.getTracks().length]);
    };
    addToStream(stream, track);
    addToStream(stream, track);
    removeFromStream(stream, track);
    removeFromStream(stream, track);
    expect(seen).toEqual([
      ['addtrack', 1],
      ['removetrack', 0],
    ]);
  });
});

test('MediaStreamTrackEvent is made with a track, and with nothing else', () => {
  const track = createLocalTrack('audio');
  const event = new MediaStreamTrackEvent('addtrack', { track, bubbles: true });
  expect(event).toBeInstanceOf(Event);
  expect([event.type, event.track, event.bubbles, event.cancelable]).toEqual([
    'addtrack',
    track,
    true,
    false,
  ]);
  expect(() => new MediaStreamTrackEvent('addtrack', { track: {} })).toThrow(TypeError);
  expect(() => new MediaStreamTrackEvent('addtrack', {})).toThrow(TypeError);
  expect(() => new MediaStreamTrackEvent('addtrack')).toThrow(TypeError);
});
