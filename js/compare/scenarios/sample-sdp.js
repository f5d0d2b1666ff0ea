// Offers for scenarios that need one from somewhere else.

const kHead = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
`;

const kTransport = `c=IN IP4 0.0.0.0
a=ice-ufrag:4ZcD
a=ice-pwd:2/1muCWoOi3uLifh0NuRHlbn
a=ice-options:trickle
a=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24
a=setup:actpass
a=mid:0
`;

const crlf = (/** @type {string} */ text) => text.replaceAll('\n', '\r\n');

export const kDataOffer = crlf(`${kHead}m=application 9 UDP/DTLS/SCTP webrtc-datachannel
${kTransport}a=sctp-port:5000
a=max-message-size:262144
`);

export const kAudioOffer = crlf(`${kHead}m=audio 9 UDP/TLS/RTP/SAVPF 111 0
${kTransport}a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:0 PCMU/8000
`);

export const kVideoOffer = crlf(`${kHead}m=video 9 UDP/TLS/RTP/SAVPF 96
${kTransport}a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
`);

/**
 * A description with one more line in its first section, where SDP's order has it: behind the `c=` line.
 * @param {string} sdp
 * @param {string} line
 */
export const withLine = (sdp, line) =>
  line.startsWith('i=')
    ? sdp.replace(/(m=.*\r\n)/, `$1${line}\r\n`)
    : sdp.replace(/(c=.*\r\n)/, `$1${line}\r\n`);
