import { pairLines } from '../../../js/compare/report/side-by-side.js';
import { linesOf } from '../../../js/compare/report/value-lines.js';
import { specName, standingOf } from '../../../js/compare/report/words.js';
import { sdpStructure } from '../../../js/compare/sdp-structure.js';
import { Tokens } from '../../../js/compare/tokens.js';
import { kAudioOffer } from '../../../js/compare/scenarios/sample-sdp.js';

const known = new Map([
  ['late', { verdict: 'browser' }],
  ['free', { verdict: 'allowed' }],
  ['bug', { verdict: 'ours' }],
]);

test('Lines that are the same stand once, and others beside each other', () => {
  const pairs = pairLines({ a: 1, b: 2, c: 3 }, { a: 1, b: 4, c: 3 });
  expect(pairs.map(({ left, right, same }) => [left.text, right.text, same])).toEqual([
    ['a: 1', 'a: 1', true],
    ['b: 2', 'b: 4', false],
    ['c: 3', 'c: 3', true],
  ]);
});

test('What one side alone has stands beside nothing', () => {
  const pairs = pairLines({ a: 1 }, undefined);
  expect(pairs).toEqual([{ left: { text: 'a: 1', depth: 0 }, right: undefined, same: false }]);
});

test('A description is told by its meaning', () => {
  const sdp = sdpStructure(kAudioOffer, { tokens: new Tokens(), common: () => true });
  expect(linesOf(sdp).map(({ text }) => text)).toEqual([
    'group BUNDLE <mid 1>',
    'audio <mid 1>',
    'UDP/TLS/RTP/SAVPF',
    'sendrecv',
    'ICE <ufrag 1> <pwd 1> trickle',
    'DTLS actpass, sha-256 <fingerprint 1>',
    'stream <stream id 1>',
    'codec opus/48000/2 · useinbandfec=1',
    'codec PCMU/8000',
    'rtcp-mux',
  ]);
});

test('Links are called by their document and paragraph', () => {
  const rfc = 'https://www.rfc-editor.org/rfc/rfc9429.html#section-5.2';
  expect(specName(rfc)).toBe('RFC 9429 § 5.2');
  const close = 'https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-close';
  expect(specName(close)).toBe('webrtc-pc · close');
});

test('What nobody knows weighs most, then a bug of ours, then one of the browser', () => {
  const standing = (...ids) => standingOf({ same: ids.length === 0, known: ids }, known);
  expect(standing()).toBe('same');
  expect(standing('free')).toBe('allowed');
  expect(standing('free', 'late')).toBe('browser');
  expect(standing('late', 'bug')).toBe('ours');
  expect(standing('bug', null)).toBe('unexplained');
});
