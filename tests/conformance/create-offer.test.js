// RTCPeerConnection.createOffer(): webrtc-pc 4.4.2, and 4.4.3 for the legacy forms and options.

import { rejects } from './support/errors.js';
import { audioTrack, connection, trackOf, videoTrack } from './support/resources.js';
import { parse, sectionsOf } from './support/sdp.js';
import { connectedPair, copy, negotiate, offerTo, pair } from './support/session.js';
import { fateOf, gathered, quiet, record } from './support/waiting.js';

const kKinds = /** @type {const} */ (['audio', 'video']);

/** Counts its calls and keeps their arguments. */
function spy() {
  const calls = [];
  return { calls, callback: (...args) => calls.push(args) };
}

// ---- Forms

test('createOffer() resolves with a description of type offer', async () => {
  const offer = await connection().createOffer();
  expect(offer.type).toBe('offer');
  expect(offer.sdp).toMatch(/^v=0\r\n/);
});

for (const [what, options] of [
  ['undefined', undefined],
  ['null', null],
  ['an empty dictionary', {}],
  ['a dictionary with members that nobody knows', { nobody: 'knows' }],
  // A function is an object, and an object converts to a dictionary.
  ['a single function, which has no members of the dictionary', () => {}],
]) {
  test(`createOffer(options) takes ${what}`, async () => {
    const offer = await connection().createOffer(options);
    expect(offer.type).toBe('offer');
  });
}

test('createOffer(options) rejects with a TypeError for what is no dictionary', async () => {
  await rejects(connection().createOffer('now'), 'TypeError');
});

test('createOffer(success, failure) returns a promise that resolves with undefined', async () => {
  const pc = connection();
  await expect(
    pc.createOffer(
      () => {},
      () => {},
    ),
  ).resolves.toBe(undefined);
});

test('createOffer(success, failure) calls success once, with the offer alone, and failure never', async () => {
  const [success, failure] = [spy(), spy()];
  await connection().createOffer(success.callback, failure.callback);
  await quiet();
  expect(failure.calls).toEqual([]);
  expect(success.calls).toHaveLength(1);
  expect(success.calls[0]).toHaveLength(1);
  expect(success.calls[0][0]).toMatchObject({ type: 'offer', sdp: expect.any(String) });
});

test('createOffer(success, failure, options) regards the options', async () => {
  const pc = connection();
  const offer = await new Promise((resolve, reject) => {
    pc.createOffer(resolve, reject, { offerToReceiveAudio: true });
  });
  expect(sectionsOf(offer).map(({ kind }) => kind)).toEqual(['audio']);
});

test('createOffer(success, failure) gives failure a DOMException once, calls success never, and resolves with undefined', async () => {
  const pc = connection();
  pc.close();
  const [success, failure] = [spy(), spy()];
  await expect(pc.createOffer(success.callback, failure.callback)).resolves.toBe(undefined);
  await quiet();
  expect(success.calls).toEqual([]);
  expect(failure.calls).toHaveLength(1);
  const [[error]] = failure.calls;
  expect(error instanceof DOMException).toBe(true);
  expect(error.name).toBe('InvalidStateError');
});

test('createOffer(success, failure) calls its callbacks in a later task than the call', async () => {
  const pc = connection();
  let isReturned = false;
  await new Promise((resolve, reject) => {
    pc.createOffer(() => {
      expect(isReturned).toBe(true);
      resolve();
    }, reject);
    isReturned = true;
  });
});

for (const [what, args] of [
  ['null in place of failure', [() => {}, null]],
  ['a string in place of success', ['', () => {}]],
]) {
  test(`createOffer(success, failure) rejects with a TypeError for ${what}`, async () => {
    await rejects(connection().createOffer(...args), 'TypeError');
  });
}

// ---- The result

test('the offer is a plain object with type and sdp, and no RTCSessionDescription', async () => {
  const offer = await connection().createOffer();
  expect(Object.getPrototypeOf(offer)).toBe(Object.prototype);
  expect(Object.keys(offer).sort()).toEqual(['sdp', 'type']);
  expect(offer instanceof RTCSessionDescription).toBe(false);
});

test('the offer can be changed', async () => {
  const offer = await connection().createOffer();
  offer.sdp = 'v=0\r\n';
  offer.type = 'answer';
  offer.more = 1;
  expect(offer).toEqual({ type: 'answer', sdp: 'v=0\r\n', more: 1 });
});

test('the offer goes straight into setLocalDescription()', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  expect(pc.signalingState).toBe('have-local-offer');
});

test('the offer survives JSON on its way to setLocalDescription() and to the peer', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  const offer = JSON.parse(JSON.stringify(await a.createOffer()));
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  expect(b.remoteDescription.sdp).toBe(offer.sdp);
});

test('making an offer changes neither the descriptions nor the signaling state', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  const events = record(pc, 'signalingstatechange', 'icegatheringstatechange', 'icecandidate');
  await pc.createOffer();
  await quiet();
  expect(events).toEqual([]);
  expect(pc.signalingState).toBe('stable');
  expect(pc.localDescription).toBe(null);
  expect(pc.iceGatheringState).toBe('new');
  expect(pc.getTransceivers()[0].mid).toBe(null);
});

test('two offers of a connection that did not change have the same session, credentials and fingerprints', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  const [first, second] = [await pc.createOffer(), await pc.createOffer()];
  expect(parse(second).origin[1]).toBe(parse(first).origin[1]);
  expect(parse(second).value('fingerprint') ?? sectionsOf(second)[0].value('fingerprint')).toBe(
    parse(first).value('fingerprint') ?? sectionsOf(first)[0].value('fingerprint'),
  );
  expect(second.sdp.match(/^m=.*$/gm)).toEqual(first.sdp.match(/^m=.*$/gm));
});

// ---- What it describes

test('the offer of a connection without anything has no media section', async () => {
  const { sections, bundles } = parse(await connection().createOffer());
  expect(sections).toEqual([]);
  expect(bundles.flat()).toEqual([]);
});

for (const kind of kKinds) {
  test(`the offer describes an attached ${kind} track: a section that sends it in its streams`, async () => {
    const pc = connection();
    const streams = [new MediaStream(), new MediaStream()];
    pc.addTrack(trackOf(kind), ...streams);
    const [section] = sectionsOf(await pc.createOffer());
    expect(section.kind).toBe(kind);
    expect(section.direction).toBe('sendrecv');
    expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual(
      streams.map(({ id }) => id),
    );
  });

  test(`the offer describes an attached ${kind} track without streams with the msid "-"`, async () => {
    const pc = connection();
    pc.addTrack(trackOf(kind));
    const [section] = sectionsOf(await pc.createOffer());
    expect(section.values('msid').map((msid) => msid.split(' ')[0])).toEqual(['-']);
  });
}

test('the offer describes every track and transceiver in the order in which they came', async () => {
  const pc = connection();
  pc.addTrack(videoTrack());
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.createDataChannel('channel');
  pc.addTransceiver('video', { direction: 'inactive' });
  pc.addTransceiver(audioTrack(), { direction: 'sendonly' });
  const sections = sectionsOf(await pc.createOffer());
  expect(sections.map(({ kind, direction }) => `${kind} ${direction}`)).toEqual([
    'video sendrecv',
    'audio recvonly',
    'video inactive',
    'audio sendonly',
    'application sendrecv',
  ]);
});

test('every section of the offer has a mid of its own, and one BUNDLE group names them all', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  pc.addTransceiver('video');
  pc.createDataChannel('channel');
  const { sections, bundles } = parse(await pc.createOffer());
  const mids = sections.map(({ mid }) => mid);
  expect(new Set(mids).size).toBe(3);
  expect(bundles).toEqual([mids]);
});

test('every section of the offer has ICE credentials, a fingerprint and leaves the DTLS role to the answer', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  pc.createDataChannel('channel');
  const { sections, value } = parse(await pc.createOffer());
  for (const section of sections) {
    const of = (name) => section.value(name) ?? value(name);
    // RFC 8839: at least 4 and 22 characters.
    expect(of('ice-ufrag')).toMatch(/^[A-Za-z0-9+/]{4,256}$/);
    expect(of('ice-pwd')).toMatch(/^[A-Za-z0-9+/]{22,256}$/);
    expect(of('fingerprint')).toMatch(/^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(of('setup')).toBe('actpass');
    expect(of('ice-options')).toMatch(/\btrickle\b/);
  }
});

test('the offer speaks SAVPF over UDP and TLS, and multiplexes RTCP', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  pc.addTransceiver('video');
  for (const section of sectionsOf(await pc.createOffer())) {
    expect(section.protocol).toBe('UDP/TLS/RTP/SAVPF');
    expect(section.value('rtcp-mux')).toBe('');
  }
});

test('the offer has one section for data channels, over SCTP on DTLS', async () => {
  const pc = connection();
  pc.createDataChannel('one');
  pc.createDataChannel('two');
  const sections = sectionsOf(await pc.createOffer());
  expect(sections).toHaveLength(1);
  const [section] = sections;
  expect(section).toMatchObject({
    kind: 'application',
    protocol: 'UDP/DTLS/SCTP',
    formats: ['webrtc-datachannel'],
  });
  expect(section.value('sctp-port')).toBe('5000');
  expect(Number(section.value('max-message-size'))).toBeGreaterThan(65_535);
});

test('the offer lists the audio codecs that every implementation has: Opus, PCMU, PCMA and telephone-event', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  const [section] = sectionsOf(await pc.createOffer());
  const names = section
    .codecs()
    .map(({ name, clockRate, channels }) => `${name}/${clockRate}/${channels}`);
  // RFC 7874 section 3
  expect(names).toContain('opus/48000/2');
  expect(names).toContain('PCMU/8000/1');
  expect(names).toContain('PCMA/8000/1');
  expect(names).toContain('telephone-event/8000/1');
});

test('the offer lists the video codecs that every implementation has: VP8 and H.264 constrained baseline', async () => {
  const pc = connection();
  pc.addTransceiver('video');
  const [section] = sectionsOf(await pc.createOffer());
  const codecs = section.codecs();
  // RFC 7742 section 5
  expect(codecs.map(({ name }) => name)).toContain('VP8');
  const h264 = codecs.filter(({ name }) => name === 'H264').map(({ fmtp }) => fmtp);
  expect(h264.some((fmtp) => /profile-level-id=42[ec]0/i.test(fmtp))).toBe(true);
});

test('every format of the offer has an rtpmap or is a static one, and every rtpmap is a format', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  pc.addTransceiver('video');
  for (const section of sectionsOf(await pc.createOffer())) {
    const mapped = section.values('rtpmap').map((line) => line.split(' ')[0]);
    for (const format of mapped) expect(section.formats).toContain(format);
    for (const format of section.formats) {
      if (Number(format) >= 35) expect(mapped).toContain(format);
    }
    expect(new Set(section.formats).size).toBe(section.formats.length);
  }
});

test('retransmission formats of the offer name a format that it has', async () => {
  const pc = connection();
  pc.addTransceiver('video');
  const [section] = sectionsOf(await pc.createOffer());
  const retransmissions = section.codecs().filter(({ name }) => name === 'rtx');
  expect(retransmissions.length).toBeGreaterThan(0);
  for (const { fmtp } of retransmissions) {
    expect(section.formats).toContain(/^apt=(\d+)/.exec(fmtp)[1]);
  }
});

test('header extensions of the offer have ids that do not clash in the bundle', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  pc.addTransceiver('video');
  const uris = new Map();
  for (const section of sectionsOf(await pc.createOffer())) {
    const extensions = section.values('extmap').map((line) => line.split(' '));
    expect(extensions.map(([, uri]) => uri)).toContain('urn:ietf:params:rtp-hdrext:sdes:mid');
    for (const [id, uri] of extensions) {
      const number = id.split('/')[0];
      expect(uris.get(number) ?? uri).toBe(uri);
      uris.set(number, uri);
    }
  }
});

test('the offer contains the candidates already gathered for the current generation', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription(await pc.createOffer());
  await gathered(pc);
  const [applied] = sectionsOf(pc.localDescription);
  expect(applied.values('candidate').length).toBeGreaterThan(0);
  const [section] = sectionsOf(await pc.createOffer());
  expect(section.values('candidate').sort()).toEqual(applied.values('candidate').sort());
});

test('an offer that restarts ICE contains no candidates of the generation before', async () => {
  const { a } = await connectedPair();
  await gathered(a);
  const [section] = sectionsOf(await a.createOffer({ iceRestart: true }));
  expect(section.values('candidate')).toEqual([]);
});

test('a later offer keeps the order and the mids of the sections, with new ones behind', async () => {
  const [a, b] = pair();
  a.addTransceiver('video');
  a.createDataChannel('channel');
  await negotiate(a, b);
  const before = sectionsOf(a.localDescription).map(({ mid }) => mid);
  a.addTransceiver('audio');
  const sections = sectionsOf(await a.createOffer());
  expect(sections.map(({ kind }) => kind)).toEqual(['video', 'application', 'audio']);
  expect(sections.slice(0, 2).map(({ mid }) => mid)).toEqual(before);
});

test('a later offer has the same session id and a greater version', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await negotiate(a, b);
  const [, id, version] = parse(a.localDescription).origin;
  a.addTransceiver('audio');
  const later = parse(await a.createOffer()).origin;
  expect(later[1]).toBe(id);
  expect(BigInt(later[2])).toBeGreaterThan(BigInt(version));
});

test('the offer describes changes that were made while it was being created', async () => {
  const pc = connection();
  pc.addTransceiver('audio');
  const offering = pc.createOffer();
  pc.addTransceiver('video');
  expect(sectionsOf(await offering).map(({ kind }) => kind)).toEqual(['audio', 'video']);
});

// ---- Rejections

test('createOffer() rejects with InvalidStateError when the connection is closed', async () => {
  const pc = connection();
  pc.close();
  await rejects(pc.createOffer(), 'InvalidStateError');
});

test('createOffer() never settles when the connection is closed before it is done', async () => {
  const pc = connection();
  const offering = pc.createOffer();
  pc.close();
  expect(await fateOf(offering)).toBe('pending');
});

test('createOffer() never settles when the connection is closed while it waits in the operations chain', async () => {
  const pc = connection();
  const operations = [pc.createOffer(), pc.setLocalDescription(), pc.createOffer()];
  pc.close();
  expect(await Promise.all(operations.map(fateOf))).toEqual(['pending', 'pending', 'pending']);
});

test('the callbacks of createOffer() are not called when the connection is closed before it is done', async () => {
  const pc = connection();
  const [success, failure] = [spy(), spy()];
  pc.createOffer(success.callback, failure.callback);
  pc.close();
  await quiet();
  expect([success.calls, failure.calls]).toEqual([[], []]);
});

test('createOffer() works in have-local-offer', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  pc.addTransceiver('audio');
  const sections = sectionsOf(await pc.createOffer());
  expect(sections.map(({ kind }) => kind).sort()).toEqual(['application', 'audio']);
});

test('createOffer() rejects with InvalidStateError in have-remote-offer', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  await rejects(b.createOffer(), 'InvalidStateError');
});

test('createOffer() rejects with InvalidStateError in have-local-pranswer', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await rejects(b.createOffer(), 'InvalidStateError');
});

test('createOffer() rejects with InvalidStateError in have-remote-pranswer', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await offerTo(a, b);
  const { sdp } = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp });
  await a.setRemoteDescription(copy(b.localDescription));
  await rejects(a.createOffer(), 'InvalidStateError');
});

test('createOffer() checks the signaling state when its turn in the chain comes', async () => {
  const [a, b] = pair();
  a.createDataChannel('channel');
  await a.setLocalDescription();
  const remote = b.setRemoteDescription(copy(a.localDescription));
  const offering = b.createOffer();
  await remote;
  await rejects(offering, 'InvalidStateError');
});
