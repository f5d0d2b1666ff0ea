import {
  createLocalTrack,
  createRemoteTrack,
  endTrack,
  mediaInterfaces,
  setMuted,
} from '../../../js/media/index.js';

const { MediaStreamTrack } = mediaInterfaces;

/** The types of the events that come at a track, in order. */
function record(track, types = ['mute', 'unmute', 'ended']) {
  const seen = [];
  for (const type of types) track.addEventListener(type, (event) => seen.push(event.type));
  return seen;
}

describe('A track', () => {
  test('cannot be constructed', () => {
    expect(() => new MediaStreamTrack()).toThrow('Illegal constructor');
  });

  test('has a UUID for an id, one of its own', () => {
    const [a, b] = [createLocalTrack('audio'), createLocalTrack('audio')];
    const kUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(a.id).toMatch(kUuid);
    expect(a.id).not.toBe(b.id);
  });

  test('is enabled and live, and has the label that it was given', () => {
    const track = createLocalTrack('video', { label: 'a drawing' });
    const { kind, label, enabled, muted, readyState, contentHint } = track;
    expect({ kind, label, enabled, muted, readyState, contentHint }).toEqual({
      kind: 'video',
      label: 'a drawing',
      enabled: true,
      muted: false,
      readyState: 'live',
      contentHint: '',
    });
    expect(createLocalTrack('audio').label).toBe('');
  });

  test('is of the kind audio or video', () => {
    expect(() => createLocalTrack('text')).toThrow(TypeError);
    expect(() => createLocalTrack()).toThrow(TypeError);
  });

  test('is disabled and enabled by script, without an event', () => {
    const track = createLocalTrack('audio');
    track.enabled = 0;
    expect(track.enabled).toBe(false);
    track.enabled = 'yes';
    expect(track.enabled).toBe(true);
  });

  test('takes the content hints of its kind and ignores others', () => {
    const video = createLocalTrack('video');
    video.contentHint = 'detail';
    video.contentHint = 'speech';
    expect(video.contentHint).toBe('detail');
    const audio = createLocalTrack('audio');
    audio.contentHint = 'music';
    audio.contentHint = 'motion';
    expect(audio.contentHint).toBe('music');
    audio.contentHint = '';
    expect(audio.contentHint).toBe('');
  });

  test('ends without an event when script stops it, and stays ended', () => {
    const track = createLocalTrack('audio');
    const seen = record(track);
    track.stop();
    track.stop();
    expect(track.readyState).toBe('ended');
    setMuted(track, true);
    endTrack(track);
    expect(seen).toEqual([]);
    expect(track.muted).toBe(false);
  });

  test('has no capabilities and no settings, and keeps its constraints', async () => {
    const track = createLocalTrack('video');
    expect([track.getCapabilities(), track.getSettings(), track.getConstraints()]).toEqual([
      {},
      {},
      {},
    ]);
    const constraints = { width: { ideal: 640 }, advanced: [{ facingMode: ['user'] }] };
    await expect(track.applyConstraints(constraints)).resolves.toBeUndefined();
    expect(track.getConstraints()).toEqual(constraints);
    track.getConstraints().width.ideal = 1;
    expect(track.getConstraints().width).toEqual({ ideal: 640 });
    await track.applyConstraints();
    expect(track.getConstraints()).toEqual({});
    await expect(track.applyConstraints({ width: { exact: NaN } })).resolves.toBeUndefined();
    await expect(track.applyConstraints({ frameRate: NaN })).rejects.toThrow(TypeError);
  });
});

describe('A clone', () => {
  test('is a track of its own that begins as the original is', async () => {
    const track = createLocalTrack('audio', { label: 'the microphone' });
    track.enabled = false;
    track.contentHint = 'speech';
    await track.applyConstraints({ sampleRate: 48000 });
    const clone = track.clone();
    expect(clone).toBeInstanceOf(MediaStreamTrack);
    expect(clone.id).not.toBe(track.id);
    expect([clone.kind, clone.label, clone.enabled, clone.contentHint]).toEqual([
      'audio',
      'the microphone',
      false,
      'speech',
    ]);
    expect(clone.getConstraints()).toEqual({ sampleRate: 48000 });
    clone.enabled = true;
    expect(track.enabled).toBe(false);
  });

  test('is stopped by itself', () => {
    const track = createLocalTrack('audio');
    const clone = track.clone();
    track.stop();
    expect(clone.readyState).toBe('live');
    expect(track.clone().readyState).toBe('ended');
  });

  test('is muted, unmuted and ended together with the original, since they have one source', () => {
    const track = createRemoteTrack('video');
    const clone = track.clone();
    const seen = record(clone);
    setMuted(track, false);
    expect(clone.muted).toBe(false);
    endTrack(track);
    expect(clone.readyState).toBe('ended');
    expect(seen).toEqual(['unmute', 'ended']);
  });

  test('goes on being muted and unmuted when the original has been stopped', () => {
    const track = createRemoteTrack('audio');
    const clone = track.clone();
    const [ofTrack, ofClone] = [record(track), record(clone)];
    track.stop();
    setMuted(track, false);
    expect([ofTrack, ofClone]).toEqual([[], ['unmute']]);
  });
});

describe('The track of a receiver', () => {
  test('is live and muted, and labelled as remote', () => {
    const [audio, video] = [createRemoteTrack('audio'), createRemoteTrack('video')];
    expect([audio.kind, audio.label, audio.muted, audio.readyState]).toEqual([
      'audio',
      'remote audio',
      true,
      'live',
    ]);
    expect([video.kind, video.label]).toEqual(['video', 'remote video']);
  });

  test('has the id that the peer gave it, or one of its own', () => {
    const track = createRemoteTrack('audio', 'their track');
    expect(track.id).toBe('their track');
    expect(track.clone().id).not.toBe('their track');
    expect(createRemoteTrack('audio', '').id).toHaveLength(36);
  });

  test('fires mute and unmute at its handlers when that changes, with the new state in place', () => {
    const track = createRemoteTrack('audio');
    const seen = [];
    track.onunmute = track.onmute = ({ type, target }) => seen.push([type, target.muted]);
    setMuted(track, true);
    setMuted(track, false);
    setMuted(track, false);
    setMuted(track, true);
    expect(seen).toEqual([
      ['unmute', false],
      ['mute', true],
    ]);
  });

  test('fires ended once when it is ended', () => {
    const track = createRemoteTrack('audio');
    const seen = [];
    track.onended = () => seen.push(track.readyState);
    endTrack(track);
    endTrack(track);
    expect(seen).toEqual(['ended']);
  });
});
