import { codecsMatch } from '../../../js/api/codec-match.js';
import { mixesSimulcastKinds, supportsMode } from '../../../js/api/scalability-modes.js';

const codec = (mimeType, sdpFmtpLine, rest = {}) => ({
  mimeType,
  clockRate: 90000,
  ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
  ...rest,
});
const h264 = (profile, mode = '1') =>
  codec('video/H264', `packetization-mode=${mode};profile-level-id=${profile}`);

test('Codecs match when type, clock rate, channels and format are the same', () => {
  expect(codecsMatch(codec('video/VP8'), codec('VIDEO/vp8'))).toBe(true);
  expect(codecsMatch(codec('video/VP8'), codec('video/VP9'))).toBe(false);
  expect(codecsMatch(codec('audio/x'), codec('audio/x', undefined, { clockRate: 1 }))).toBe(false);
  const stereo = codec('audio/opus', undefined, { channels: 2 });
  expect(codecsMatch(stereo, stereo)).toBe(true);
  expect(codecsMatch(stereo, { ...stereo, channels: 1 })).toBe(false);
  expect(codecsMatch(stereo, codec('audio/opus'))).toBe(false);
});

test('The order of parameters, the case of their names and spaces do not matter', () => {
  const one = codec('video/VP9', 'profile-id=0;x=1');
  expect(codecsMatch(one, codec('video/VP9', ' X=1 ; Profile-ID=0;'))).toBe(true);
  expect(codecsMatch(one, codec('video/VP9', 'profile-id=0'))).toBe(false);
  expect(codecsMatch(one, codec('video/VP9'))).toBe(false);
});

test('Lines that are no list of parameters are compared as they are', () => {
  const tones = (line) => codec('audio/telephone-event', line);
  expect(codecsMatch(tones('0-15'), tones('0-15'))).toBe(true);
  expect(codecsMatch(tones('0-15'), tones('0-16'))).toBe(false);
});

test('What each side may choose for itself can be left out of account', () => {
  const loosely = (one, other) => codecsMatch(one, other, { ignoreAsymmetricalParameters: true });
  expect(codecsMatch(h264('42e01f'), h264('42e034'))).toBe(false);
  expect(loosely(h264('42e01f'), h264('42E034'))).toBe(true);
  expect(loosely(h264('42e01f'), h264('640034'))).toBe(false);
  expect(loosely(h264('42e01f', '1'), h264('42e01f', '0'))).toBe(false);
  expect(loosely(codec('video/VP9', 'profile-id=0'), codec('video/VP9', 'x=1'))).toBe(true);
  expect(loosely(codec('video/VP9', 'profile-id=2'), codec('video/VP9', 'x=1'))).toBe(false);
  expect(loosely(codec('video/AV1', 'profile=0'), codec('video/AV1', 'profile=1'))).toBe(true);
});

test('Temporal layers are for all video codecs, spatial ones for VP9 and AV1', () => {
  for (const mode of ['L1T1', 'L1T2', 'L1T3']) {
    expect(supportsMode(mode, codec('video/VP8'))).toBe(true);
    expect(supportsMode(mode, codec('video/H264'))).toBe(true);
  }
  for (const mode of ['L2T1', 'L3T3h', 'S2T2', 'L2T2_KEY', 'L3T3_KEY_SHIFT']) {
    expect(supportsMode(mode, codec('video/VP8'))).toBe(false);
    expect(supportsMode(mode, codec('video/av1'))).toBe(true);
  }
  for (const mode of ['', 'l1t1', 'L4T1', 'L1T4', 'S1T1', 'L1T1h', 'L2T1_KEY_SHIFT']) {
    expect(supportsMode(mode, codec('video/VP9'))).toBe(false);
  }
  expect(supportsMode('L1T1', codec('audio/opus'))).toBe(false);
});

test('An S mode excludes a second active encoding', () => {
  const s = { active: true, scalabilityMode: 'S2T1' };
  expect(mixesSimulcastKinds([s])).toBe(false);
  expect(mixesSimulcastKinds([s, { active: false }])).toBe(false);
  expect(mixesSimulcastKinds([s, { active: true }])).toBe(true);
  expect(mixesSimulcastKinds([{ ...s, active: false }, { active: true }])).toBe(false);
});

test('a long line of a peer is compared in one pass', () => {
  const line = `a=b${' '.repeat(1_000_000)}c`;
  const codec = { mimeType: 'video/VP8', clockRate: 90_000, sdpFmtpLine: line };
  expect(codecsMatch(codec, { ...codec, sdpFmtpLine: `${line};` })).toBe(true);
  expect(codecsMatch(codec, { ...codec, sdpFmtpLine: 'a=b' })).toBe(false);
});
