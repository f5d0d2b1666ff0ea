// Header extension control of RTCRtpTransceiver: webrtc-extensions, RFC 8285.

import { throws } from './support/errors.js';
import { connection } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { negotiate, offerTo, pair } from './support/session.js';

const kMid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const kAudioLevel = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

const urisIn = (section) => section.values('extmap').map((line) => line.split(' ')[1]);
const directionOf = (extensions, uri) => extensions.find((x) => x.uri === uri)?.direction;

/** The transceiver's extensions with the direction of one changed. */
const changed = (transceiver, uri, direction) =>
  transceiver
    .getHeaderExtensionsToNegotiate()
    .map((extension) => (extension.uri === uri ? { uri, direction } : extension));

test('getHeaderExtensionsToNegotiate() lists what is supported, with directions', () => {
  for (const kind of ['audio', 'video']) {
    const extensions = connection().addTransceiver(kind).getHeaderExtensionsToNegotiate();
    expect(directionOf(extensions, kMid)).toBe('sendrecv');
    for (const { uri, direction } of extensions) {
      expect(uri).toMatch(/^(urn:|https?:)/);
      expect(['sendrecv', 'stopped']).toContain(direction);
    }
  }
});

test('what is to be negotiated is what is offered', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  const wanted = transceiver
    .getHeaderExtensionsToNegotiate()
    .filter(({ direction }) => direction !== 'stopped');
  const [section] = sectionsOf(await pc.createOffer());
  expect(urisIn(section).sort()).toEqual(wanted.map(({ uri }) => uri).sort());
});

test('setHeaderExtensionsToNegotiate() takes what the getter gave', () => {
  const transceiver = connection().addTransceiver('audio');
  const extensions = transceiver.getHeaderExtensionsToNegotiate();
  expect(transceiver.setHeaderExtensionsToNegotiate(extensions)).toBe(undefined);
  expect(transceiver.getHeaderExtensionsToNegotiate()).toEqual(extensions);
});

test('a stopped extension is not offered', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'stopped'));
  expect(directionOf(transceiver.getHeaderExtensionsToNegotiate(), kAudioLevel)).toBe('stopped');
  expect(urisIn(sectionsOf(await pc.createOffer())[0])).not.toContain(kAudioLevel);
});

test('an extension with a direction is offered with it', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'sendonly'));
  const [section] = sectionsOf(await pc.createOffer());
  const line = section.values('extmap').find((value) => value.includes(kAudioLevel));
  expect(line).toMatch(/^\d+\/sendonly /);
});

for (const [what, change] of [
  ['fewer extensions', (list) => list.slice(1)],
  ['another order', (list) => [list[1], list[0], ...list.slice(2)]],
  [
    'an extension that nobody knows',
    (list) => [{ uri: 'urn:x', direction: 'sendrecv' }, ...list.slice(1)],
  ],
  [
    'mid stopped, which bundling needs',
    (list) => list.map((x) => (x.uri === kMid ? { ...x, direction: 'stopped' } : x)),
  ],
  [
    'mid in one direction alone',
    (list) => list.map((x) => (x.uri === kMid ? { ...x, direction: 'sendonly' } : x)),
  ],
]) {
  test(`setHeaderExtensionsToNegotiate() throws InvalidModificationError for ${what}`, () => {
    const transceiver = connection().addTransceiver('audio');
    const extensions = transceiver.getHeaderExtensionsToNegotiate();
    throws(
      () => transceiver.setHeaderExtensionsToNegotiate(change(extensions)),
      'InvalidModificationError',
    );
    expect(transceiver.getHeaderExtensionsToNegotiate()).toEqual(extensions);
  });
}

test('setHeaderExtensionsToNegotiate() throws a TypeError for an entry without a uri or a direction', () => {
  const transceiver = connection().addTransceiver('audio');
  throws(
    () => transceiver.setHeaderExtensionsToNegotiate([{ direction: 'sendrecv' }]),
    'TypeError',
  );
  throws(() => transceiver.setHeaderExtensionsToNegotiate([{ uri: kMid }]), 'TypeError');
});

test('getNegotiatedHeaderExtensions() is empty or all stopped before an answer', () => {
  const extensions = connection().addTransceiver('audio').getNegotiatedHeaderExtensions();
  expect(extensions.filter(({ direction }) => direction !== 'stopped')).toEqual([]);
});

test('getNegotiatedHeaderExtensions() has what both sides agreed on', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  await offerTo(a, b);
  const [other] = b.getTransceivers();
  other.setHeaderExtensionsToNegotiate(changed(other, kAudioLevel, 'stopped'));
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  for (const side of [transceiver, other]) {
    const extensions = side.getNegotiatedHeaderExtensions();
    expect(directionOf(extensions, kAudioLevel)).toBe('stopped');
    expect(directionOf(extensions, kMid)).toBe('sendrecv');
  }
});

test('getNegotiatedHeaderExtensions() sees a direction from its own side', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'sendonly'));
  await negotiate(a, b);
  expect(directionOf(transceiver.getNegotiatedHeaderExtensions(), kAudioLevel)).toBe('sendonly');
  const [other] = b.getTransceivers();
  expect(directionOf(other.getNegotiatedHeaderExtensions(), kAudioLevel)).toBe('recvonly');
});

test('what was negotiated is what is offered from then on', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  await offerTo(a, b);
  const [other] = b.getTransceivers();
  other.setHeaderExtensionsToNegotiate(changed(other, kAudioLevel, 'stopped'));
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  expect(directionOf(transceiver.getHeaderExtensionsToNegotiate(), kAudioLevel)).toBe('stopped');
  expect(urisIn(sectionsOf(await a.createOffer())[0])).not.toContain(kAudioLevel);
});

test('what was not negotiated is answered when a later offer has it', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'stopped'));
  await negotiate(a, b);
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'sendrecv'));
  await negotiate(a, b);
  const [other] = b.getTransceivers();
  for (const side of [transceiver, other]) {
    expect(directionOf(side.getNegotiatedHeaderExtensions(), kAudioLevel)).toBe('sendrecv');
  }
});

test('what a later offer brings can be stopped before it is answered', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('audio');
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'stopped'));
  await negotiate(a, b);
  transceiver.setHeaderExtensionsToNegotiate(changed(transceiver, kAudioLevel, 'sendrecv'));
  await offerTo(a, b);
  const [other] = b.getTransceivers();
  other.setHeaderExtensionsToNegotiate(changed(other, kAudioLevel, 'stopped'));
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  expect(directionOf(transceiver.getNegotiatedHeaderExtensions(), kAudioLevel)).toBe('stopped');
});

test('a later transceiver of the kind takes over what the first is to negotiate', () => {
  const pc = connection();
  const first = pc.addTransceiver('audio');
  first.setHeaderExtensionsToNegotiate(changed(first, kAudioLevel, 'stopped'));
  const second = pc.addTransceiver('audio');
  expect(second.getHeaderExtensionsToNegotiate()).toEqual(first.getHeaderExtensionsToNegotiate());
});

test('the ids of extensions stay over negotiations', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await negotiate(a, b);
  const before = sectionsOf(a.localDescription)[0].values('extmap').sort();
  a.addTransceiver('video');
  await negotiate(a, b);
  await negotiate(b, a);
  expect(sectionsOf(a.localDescription)[0].values('extmap').sort()).toEqual(before);
});

test('RTCRtpParameters.headerExtensions has the ids that were negotiated', async () => {
  const [a, b] = pair();
  const { sender } = a.addTransceiver('audio');
  await negotiate(a, b);
  const lines = sectionsOf(b.localDescription)[0].values('extmap');
  const { headerExtensions } = sender.getParameters();
  expect(headerExtensions.length).toBeGreaterThan(0);
  for (const { uri, id, encrypted } of headerExtensions) {
    expect(lines).toContain(`${id} ${uri}`);
    expect(encrypted ?? false).toBe(false);
  }
});
