import { sdpStructure } from '../../../js/compare/sdp-structure.js';
import { Tokens } from '../../../js/compare/tokens.js';
import { kAudioOffer, kDataOffer } from '../../../js/compare/scenarios/sample-sdp.js';

const structure = (sdp, { common = () => true, tokens = new Tokens(), ordered } = {}) =>
  sdpStructure(sdp, { tokens, common, ordered });

test('What is random is a token, by the order of appearance', () => {
  const tokens = new Tokens();
  const first = structure(kDataOffer, { tokens });
  expect(first.media[0]).toMatchObject({
    kind: 'application',
    mid: '<mid 1>',
    transport: { ufrag: '<ufrag 1>', pwd: '<pwd 1>', fingerprint: 'sha-256 <fingerprint 1>' },
  });
  const restarted = structure(kDataOffer.replace('4ZcD', 'abcd'), { tokens });
  expect(restarted.media[0].transport.ufrag).toBe('<ufrag 2>');
  expect(restarted.media[0].mid).toBe('<mid 1>');
});

test('An attribute of the session holds for its sections', () => {
  const moved = kDataOffer
    .replace('a=setup:actpass\r\n', '')
    .replace('a=group', 'a=setup:actpass\r\na=group');
  expect(structure(moved)).toEqual(structure(kDataOffer));
});

test('A bundled section has the transport of the one that speaks for it', () => {
  const second = 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n';
  const [data, audio] = structure(kDataOffer.replace('BUNDLE 0', 'BUNDLE 0 1') + second).media;
  expect(audio.transport).toEqual(data.transport);
});

test('Codecs go by name, not by payload type, and in one order unless it was chosen', () => {
  const renumbered = kAudioOffer.replaceAll('111', '96');
  expect(structure(renumbered)).toEqual(structure(kAudioOffer));
  const swapped = kAudioOffer.replace('SAVPF 111 0', 'SAVPF 0 111');
  expect(structure(swapped)).toEqual(structure(kAudioOffer));
  expect(structure(swapped, { ordered: true })).not.toEqual(
    structure(kAudioOffer, { ordered: true }),
  );
});

test('Codecs that one side alone has are left out', () => {
  const { codecs } = structure(kAudioOffer, { common: (entry) => !entry.includes('opus') })
    .media[0];
  expect(codecs.map(({ name }) => name)).toEqual(['PCMU/8000']);
});

test('Profiles make codecs of their own, levels do not', () => {
  const video = (parameters) =>
    structure(
      `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 ${parameters}\r\n`,
    ).media[0].codecs;
  expect(video('profile-level-id=42e01f')).toEqual(video('profile-level-id=42e034'));
  expect(video('profile-level-id=42e01f')).not.toEqual(video('profile-level-id=64001f'));
});

test('A rejected section is no more than that', () => {
  expect(structure(kAudioOffer.replace('m=audio 9', 'm=audio 0')).media[0]).toEqual({
    kind: 'audio',
    port: 'zero',
    mid: '<mid 1>',
  });
});

test('Text that is no description is called so', () => {
  expect(structure('hello')).toBe('text that is no description');
  expect(structure('')).toBe('');
});
