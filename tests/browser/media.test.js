// Tracks and streams in a page: the page's own objects, also where it cannot generate tracks.

import { useChromium } from './support/browser.js';

const suite = useChromium({ flags: ['--autoplay-policy=no-user-gesture-required'] });

async function openMedia(hasGenerator) {
  const context = await suite.browser.newContext();
  if (!hasGenerator) {
    await context.addInitScript(() => delete globalThis.MediaStreamTrackGenerator);
  }
  const page = await suite.open({ context });
  await page.evaluate(async () => {
    globalThis.media = await import('/js/media/index.js');
  });
  return page;
}

describe.each([
  ['with generators of tracks', true],
  ['without generators of tracks', false],
])('In a page %s', (_, hasGenerator) => {
  test.each(['audio', 'video'])(
    "a receiver's %s track is the page's, live, muted and labelled as remote",
    async (kind) => {
      const page = await openMedia(hasGenerator);
      const seen = await page.evaluate((kind) => {
        const track = globalThis.media.createRemoteTrack(kind);
        const { label, muted, readyState, enabled } = track;
        return {
          prototype: Object.getPrototypeOf(track) === MediaStreamTrack.prototype,
          tag: Object.prototype.toString.call(track),
          kind: track.kind,
          state: { label, muted, readyState, enabled },
        };
      }, kind);
      expect(seen).toEqual({
        prototype: true,
        tag: '[object MediaStreamTrack]',
        kind,
        state: { label: `remote ${kind}`, muted: true, readyState: 'live', enabled: true },
      });
    },
  );

  test.each(['audio', 'video'])(
    'a %s track is taken by streams and media elements',
    async (kind) => {
      const page = await openMedia(hasGenerator);
      const seen = await page.evaluate((kind) => {
        const track = globalThis.media.createRemoteTrack(kind);
        const stream = new MediaStream([track]);
        const element = document.createElement('video');
        element.srcObject = stream;
        const active = [stream.active];
        track.stop();
        active.push(stream.active);
        return { same: element.srcObject.getTracks()[0] === track, active };
      }, kind);
      expect(seen).toEqual({ same: true, active: [true, false] });
    },
  );

  test('mute, unmute and ended are fired at handlers and listeners, of clones as well', async () => {
    const page = await openMedia(hasGenerator);
    const seen = await page.evaluate(() => {
      const { createRemoteTrack, endTrack, setMuted } = globalThis.media;
      const events = [];
      const track = createRemoteTrack('audio');
      const clone = track.clone().clone();
      for (const [name, one] of Object.entries({ track, clone })) {
        one.onmute = one.onunmute = ({ type }) => events.push(`${name} ${type} ${one.muted}`);
        one.addEventListener('ended', () => events.push(`${name} ${one.readyState}`));
      }
      setMuted(track, true);
      setMuted(track, false);
      setMuted(track, true);
      endTrack(track);
      endTrack(track);
      setMuted(track, false);
      return { events, label: clone.label, other: clone.id !== track.id };
    });
    expect(seen).toEqual({
      events: [
        'track unmute false',
        'clone unmute false',
        'track mute true',
        'clone mute true',
        'track ended',
        'clone ended',
      ],
      label: 'remote audio',
      other: true,
    });
  });

  test("a track to send is not muted, and the page's own connection takes it", async () => {
    const page = await openMedia(hasGenerator);
    const seen = await page.evaluate(async () => {
      const native = new RTCPeerConnection();
      const result = [];
      for (const kind of ['audio', 'video']) {
        const track = globalThis.harness.createLocalTrack(kind, { label: 'ours' });
        native.addTrack(track);
        result.push([track.label, track.muted]);
      }
      const { sdp } = await native.createOffer();
      native.close();
      return { result, lines: sdp.match(/^m=\w+/gm) };
    });
    expect(seen).toEqual({
      result: [
        ['ours', false],
        ['ours', false],
      ],
      lines: ['m=audio', 'm=video'],
    });
  });
});

test("A stream of the peer is the page's, has the peer's id, and tells of its tracks", async () => {
  const page = await openMedia(true);
  const seen = await page.evaluate(() => {
    const { addToStream, createRemoteStream, createRemoteTrack, removeFromStream } =
      globalThis.media;
    const stream = createRemoteStream('their stream');
    const track = createRemoteTrack('video', 'their track');
    const events = [];
    stream.onaddtrack = stream.onremovetrack = (event) =>
      events.push([event.type, event.constructor === MediaStreamTrackEvent, event.track === track]);
    addToStream(stream, track);
    const { active } = stream;
    const found = [stream.getTrackById('their track') === track, stream.getTrackById('x')];
    removeFromStream(stream, track);
    return { id: stream.id, page: stream.constructor === MediaStream, active, found, events };
  });
  expect(seen).toEqual({
    id: 'their stream',
    page: true,
    active: true,
    found: [true, null],
    events: [
      ['addtrack', true, true],
      ['removetrack', true, true],
    ],
  });
});

test("The package exports the page's interfaces, and leaves them alone when it is installed", async () => {
  const page = await openMedia(true);
  const seen = await page.evaluate(async () => {
    const { install } = await import('/js/api/install.js');
    const { MediaStream, MediaStreamTrack, RTCPeerConnection } = globalThis;
    const same =
      globalThis.harness.MediaStream === MediaStream &&
      globalThis.harness.MediaStreamTrack === MediaStreamTrack;
    const restore = install({ force: true });
    const installed = {
      stream: globalThis.MediaStream === MediaStream,
      track: globalThis.MediaStreamTrack === MediaStreamTrack,
      connection: globalThis.RTCPeerConnection === RTCPeerConnection,
    };
    restore();
    return { same, installed, restored: globalThis.RTCPeerConnection === RTCPeerConnection };
  });
  expect(seen).toEqual({
    same: true,
    installed: { stream: true, track: true, connection: false },
    restored: true,
  });
});
