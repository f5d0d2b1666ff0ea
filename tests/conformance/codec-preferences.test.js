// RTCRtpTransceiver.setCodecPreferences(): webrtc-pc 5.4.

import { throws } from './support/errors.js';
import { connection } from './support/resources.js';
import { sectionsOf } from './support/sdp.js';
import { negotiate, offerTo, pair } from './support/session.js';

const capabilities = (kind) => RTCRtpReceiver.getCapabilities(kind).codecs;
const isReal = ({ mimeType }) =>
  !/\/(rtx|red|ulpfec|flexfec.*|CN|telephone-event)$/i.test(mimeType);
const named = (kind, name) =>
  capabilities(kind).filter(({ mimeType }) => mimeType.toLowerCase() === `${kind}/${name}`);
/** The names of the codecs of a section, in order and each once. */
const namesIn = (description) => [
  ...new Set(
    sectionsOf(description)[0]
      .codecs()
      .map(({ name }) => name.toLowerCase()),
  ),
];

test('setCodecPreferences() decides which codecs are offered, and in which order', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  const codecs = [...named('audio', 'pcma'), ...named('audio', 'opus')];
  expect(transceiver.setCodecPreferences(codecs)).toBe(undefined);
  expect(namesIn(await pc.createOffer())).toEqual(['pcma', 'opus']);
});

test('setCodecPreferences() takes all capabilities, in reverse order', async () => {
  for (const kind of ['audio', 'video']) {
    const pc = connection();
    const codecs = capabilities(kind).reverse();
    pc.addTransceiver(kind).setCodecPreferences(codecs);
    const [first] = sectionsOf(await pc.createOffer())[0].codecs();
    const best = codecs.find(isReal) ?? codecs[0];
    expect(codecs.map(({ mimeType }) => mimeType.toLowerCase())).toContain(
      `${kind}/${first.name.toLowerCase()}`,
    );
    expect(best.mimeType).toMatch(new RegExp(`^${kind}/`));
  }
});

test('setCodecPreferences() leaves retransmission out when it is not listed', async () => {
  const pc = connection();
  pc.addTransceiver('video').setCodecPreferences(named('video', 'vp8'));
  expect(namesIn(await pc.createOffer())).toEqual(['vp8']);
});

test('setCodecPreferences() offers retransmission for the codecs listed when it is listed', async () => {
  const pc = connection();
  pc.addTransceiver('video').setCodecPreferences([
    ...named('video', 'vp8'),
    ...named('video', 'rtx'),
  ]);
  const codecs = sectionsOf(await pc.createOffer())[0].codecs();
  expect(codecs.map(({ name }) => name)).toEqual(['VP8', 'rtx']);
  expect(codecs[1].fmtp).toBe(`apt=${codecs[0].payloadType}`);
});

test('setCodecPreferences([]) goes back to the default', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  const before = namesIn(await pc.createOffer());
  transceiver.setCodecPreferences(named('audio', 'pcmu'));
  transceiver.setCodecPreferences([]);
  expect(namesIn(await pc.createOffer())).toEqual(before);
});

test('setCodecPreferences() passes over a codec that is listed again', async () => {
  const pc = connection();
  const [opus] = named('audio', 'opus');
  const [pcmu] = named('audio', 'pcmu');
  pc.addTransceiver('audio').setCodecPreferences([opus, pcmu, opus]);
  expect(namesIn(await pc.createOffer())).toEqual(['opus', 'pcmu']);
});

test('setCodecPreferences() compares names without regard to case', async () => {
  const pc = connection();
  const [opus] = named('audio', 'opus');
  pc.addTransceiver('audio').setCodecPreferences([{ ...opus, mimeType: 'AUDIO/OPUS' }]);
  expect(namesIn(await pc.createOffer())).toEqual(['opus']);
});

for (const [what, codecs] of [
  ['a codec that nobody has', () => [{ mimeType: 'audio/nobody-has-this', clockRate: 8000 }]],
  ['a codec of the other kind', () => named('video', 'vp8')],
  ['another clock rate', () => [{ ...named('audio', 'opus')[0], clockRate: 1 }]],
  ['another number of channels', () => [{ ...named('audio', 'opus')[0], channels: 7 }]],
  ['other format parameters', () => [{ ...named('audio', 'opus')[0], sdpFmtpLine: 'a=b' }]],
]) {
  test(`setCodecPreferences() throws InvalidModificationError for ${what}`, () => {
    const transceiver = connection().addTransceiver('audio');
    throws(() => transceiver.setCodecPreferences(codecs()), 'InvalidModificationError');
  });
}

test('setCodecPreferences() throws InvalidModificationError for retransmission and FEC alone', () => {
  const transceiver = connection().addTransceiver('video');
  const codecs = capabilities('video').filter((codec) => !isReal(codec));
  expect(codecs.length).toBeGreaterThan(0);
  throws(() => transceiver.setCodecPreferences(codecs), 'InvalidModificationError');
});

test('setCodecPreferences() that is refused leaves what was preferred', async () => {
  const pc = connection();
  const transceiver = pc.addTransceiver('audio');
  transceiver.setCodecPreferences(named('audio', 'pcmu'));
  throws(() => transceiver.setCodecPreferences(named('video', 'vp8')), 'InvalidModificationError');
  expect(namesIn(await pc.createOffer())).toEqual(['pcmu']);
});

test('setCodecPreferences() throws a TypeError for what is no list of codecs', () => {
  const transceiver = connection().addTransceiver('audio');
  throws(() => transceiver.setCodecPreferences('opus'), 'TypeError');
  throws(() => transceiver.setCodecPreferences([{ clockRate: 8000 }]), 'TypeError');
});

test('setCodecPreferences() of the answerer decides the order of its answer', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio');
  await offerTo(a, b);
  b.getTransceivers()[0].setCodecPreferences([
    ...named('audio', 'pcma'),
    ...named('audio', 'opus'),
  ]);
  expect(namesIn(await b.createAnswer())).toEqual(['pcma', 'opus']);
});

test('setCodecPreferences() of the answerer cannot bring in what was not offered', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio').setCodecPreferences(named('audio', 'opus'));
  await offerTo(a, b);
  b.getTransceivers()[0].setCodecPreferences([
    ...named('audio', 'pcma'),
    ...named('audio', 'opus'),
  ]);
  expect(namesIn(await b.createAnswer())).toEqual(['opus']);
});

test('an answerer without preferences answers in the order of the offer', async () => {
  const [a, b] = pair();
  a.addTransceiver('audio').setCodecPreferences([
    ...named('audio', 'pcmu'),
    ...named('audio', 'opus'),
  ]);
  await offerTo(a, b);
  expect(namesIn(await b.createAnswer())).toEqual(['pcmu', 'opus']);
});

test('payload types stay with their codecs when preferences change between negotiations', async () => {
  const [a, b] = pair();
  const transceiver = a.addTransceiver('video');
  await negotiate(a, b);
  const before = new Map(
    sectionsOf(a.localDescription)[0]
      .codecs()
      .map((codec) => [codec.payloadType, `${codec.name} ${codec.fmtp}`]),
  );
  transceiver.setCodecPreferences(named('video', 'vp9'));
  for (const { payloadType, name, fmtp } of sectionsOf(await a.createOffer())[0].codecs()) {
    expect(before.get(payloadType)).toBe(`${name} ${fmtp}`);
  }
});

test('setCodecPreferences() of one transceiver does not change another', async () => {
  const pc = connection();
  pc.addTransceiver('audio').setCodecPreferences(named('audio', 'pcmu'));
  pc.addTransceiver('audio');
  const [, second] = sectionsOf(await pc.createOffer());
  expect(second.codecs().map(({ name }) => name)).toContain('opus');
});
