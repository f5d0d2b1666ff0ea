// Descriptions that are broken, each in its way: by which error, and where.

import { subject } from '../scenario.js';
import { kAudioOffer, kDataOffer, kVideoOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('bad input', spec.jsepParse);
export const badInput = all;

const without = (/** @type {string} */ sdp, /** @type {RegExp} */ line) => sdp.replace(line, '');

for (const [label, sdp] of /** @type {[string, string][]} */ ([
  ['no text at all', ''],
  ['text that is no SDP', 'hello'],
  ['no version', without(kDataOffer, /v=0\r\n/)],
  ['another version', kDataOffer.replace('v=0', 'v=1')],
  ['no origin', without(kDataOffer, /o=.*\r\n/)],
  ['a line without an equals sign', kDataOffer.replace('t=0 0', 'nonsense')],
  ['a media line with too few fields', kDataOffer.replace(/m=.*/, 'm=application 9')],
  ['a port that is no number', kDataOffer.replace('m=application 9', 'm=application x')],
  ['line feeds alone', kDataOffer.replaceAll('\r\n', '\n')],
  ['no end of the last line', kDataOffer.slice(0, -2)],
  ['no mid', without(kDataOffer, /a=mid.*\r\n/)],
  ['no mid and no group', without(without(kDataOffer, /a=mid.*\r\n/), /a=group.*\r\n/)],
  ['no ICE credentials', without(without(kDataOffer, /a=ice-ufrag.*\r\n/), /a=ice-pwd.*\r\n/)],
  ['a ufrag that is too short', kDataOffer.replace('4ZcD', '4Z')],
  ['a password that is too short', kDataOffer.replace('2/1muCWoOi3uLifh0NuRHlbn', 'short')],
  ['no fingerprint', without(kDataOffer, /a=fingerprint.*\r\n/)],
  ['a fingerprint of an unknown hash', kDataOffer.replace('sha-256', 'sha-7')],
  ['a fingerprint that is too short', kDataOffer.replace(/sha-256 .*/, 'sha-256 75:74')],
  ['no setup', without(kDataOffer, /a=setup.*\r\n/)],
  ['an unknown setup', kDataOffer.replace('actpass', 'whatever')],
  ['no SCTP port', without(kDataOffer, /a=sctp-port.*\r\n/)],
  ['a group that names nobody', kDataOffer.replace('BUNDLE 0', 'BUNDLE 7')],
  ['no rtcp-mux', without(kAudioOffer, /a=rtcp-mux\r\n/)],
  ['no rtpmap', without(kAudioOffer, /a=rtpmap:111.*\r\n/)],
  ['an rtpmap of nobody', `${kAudioOffer}a=rtpmap:99 x/8000\r\n`],
  ['an rtpmap without a clock', kAudioOffer.replace('opus/48000/2', 'opus')],
  ['a payload type twice', kAudioOffer.replace('SAVPF 111 0', 'SAVPF 111 111')],
  ['an extension id of zero', `${kAudioOffer}a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid\r\n`],
  [
    'an extension id twice',
    `${kAudioOffer}a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n`,
  ],
  ['two directions', `${kAudioOffer}a=recvonly\r\n`],
  ['an unknown protocol', kAudioOffer.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP')],
  ['an unknown kind of media', kAudioOffer.replace('m=audio', 'm=smell')],
  ['two sections with one mid', kAudioOffer + kVideoOffer.slice(kVideoOffer.indexOf('m='))],
  ['a rid of nobody', `${kVideoOffer}a=simulcast:recv a;b\r\n`],
])) {
  scenario(`an offer with ${label}`, {}, async ({ pc, attempt, note, table, step }) => {
    const b = pc();
    await attempt(() => b.setRemoteDescription({ type: 'offer', sdp }));
    note('state', b.signalingState);
    table(b);
    if (b.signalingState !== 'have-remote-offer') return;
    await step('the answer');
    await attempt(() => b.createAnswer());
  });
}

for (const [label, description] of /** @type {[string, any][]} */ ([
  ['nothing', undefined],
  ['null', null],
  ['text', 'v=0'],
  ['no type', { sdp: kDataOffer }],
  ['an unknown type', { type: 'proposal', sdp: kDataOffer }],
])) {
  scenario(
    `setRemoteDescription() with ${label}`,
    { spec: spec.setRemote },
    async ({ pc, attempt, note }) => {
      const b = pc();
      await attempt(() => b.setRemoteDescription(description));
      note('state', b.signalingState);
    },
  );
}

scenario('the error tells the line', { spec: spec.errors }, async ({ pc, outcome }) => {
  const b = pc();
  const sdp = kDataOffer.replace('t=0 0', 'nonsense');
  await outcome('error', () => b.setRemoteDescription({ type: 'offer', sdp }));
});
