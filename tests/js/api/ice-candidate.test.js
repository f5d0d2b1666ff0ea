import { parseCandidateLine } from '../../../js/api/candidate-line.js';
import { interfaces } from '../../../js/api/interfaces.js';

const { RTCIceCandidate } = interfaces;

const host =
  'candidate:1905690388 1 udp 2113937151 192.168.0.1 58041 typ host generation 0 ufrag thC8';

test('The fields of a host candidate are parsed', () => {
  const candidate = new RTCIceCandidate({ candidate: host, sdpMid: 'audio' });
  expect(candidate).toMatchObject({
    candidate: host,
    sdpMid: 'audio',
    sdpMLineIndex: null,
    foundation: '1905690388',
    component: 'rtp',
    priority: 2113937151,
    address: '192.168.0.1',
    protocol: 'udp',
    port: 58041,
    type: 'host',
    tcpType: null,
    relatedAddress: null,
    relatedPort: null,
    relayProtocol: null,
    url: null,
  });
});

test('Related address, TCP type and unknown extensions are parsed wherever they stand', () => {
  const line =
    'candidate:4 2 TCP 1685987071 2001:db8::1 9 typ srflx raddr fe80::1 rport 0 tcptype passive x-y z';
  expect(parseCandidateLine(line)).toEqual({
    foundation: '4',
    component: 'rtcp',
    priority: 1685987071,
    address: '2001:db8::1',
    protocol: 'tcp',
    port: 9,
    type: 'srflx',
    tcpType: 'passive',
    relatedAddress: 'fe80::1',
    relatedPort: 0,
  });
});

test('An mDNS name is an address', () => {
  const line = 'candidate:0 1 UDP 2122252543 6aab8bc6-4f67.local 42023 typ host';
  expect(parseCandidateLine(line)?.address).toBe('6aab8bc6-4f67.local');
});

test.each([
  ['an empty line', ''],
  ['another attribute', 'a=mid:0'],
  ['a missing type', 'candidate:1 1 udp 1 10.0.0.1 1'],
  ['a port above 65535', 'candidate:1 1 udp 1 10.0.0.1 65536 typ host'],
  ['a priority above 2^32-1', 'candidate:1 1 udp 4294967296 10.0.0.1 1 typ host'],
  ['an unknown transport', 'candidate:1 1 sctp 1 10.0.0.1 1 typ host'],
  ['an unknown type', 'candidate:1 1 udp 1 10.0.0.1 1 typ server'],
  ['an unknown component', 'candidate:1 3 udp 1 10.0.0.1 1 typ host'],
  [
    'a related port that is no port',
    'candidate:1 1 udp 1 10.0.0.1 1 typ relay raddr 1.1.1.1 rport x',
  ],
  ['an unknown TCP type', 'candidate:1 1 tcp 1 10.0.0.1 1 typ host tcptype simultaneous'],
])('With %s the fields stay null and the line is kept', (_, line) => {
  const candidate = new RTCIceCandidate({ candidate: line, sdpMLineIndex: 0 });
  expect(candidate.candidate).toBe(line);
  expect([candidate.foundation, candidate.port, candidate.type]).toEqual([null, null, null]);
});

test('Without sdpMid and sdpMLineIndex the constructor throws a TypeError', () => {
  expect(() => new RTCIceCandidate({ candidate: host })).toThrow(TypeError);
  expect(() => new RTCIceCandidate()).toThrow(TypeError);
  expect(() => new RTCIceCandidate({ sdpMid: null, sdpMLineIndex: undefined })).toThrow(TypeError);
});

test('What the dictionary says of the relay and the server is kept', () => {
  const candidate = new RTCIceCandidate({
    candidate: '',
    sdpMLineIndex: 65536,
    relayProtocol: 'tls',
    url: 'turns:t.example',
    usernameFragment: 'uF',
  });
  expect(candidate).toMatchObject({
    sdpMLineIndex: 0,
    relayProtocol: 'tls',
    url: 'turns:t.example',
    usernameFragment: 'uF',
  });
});

test('toJSON gives the four members of RTCIceCandidateInit in their order', () => {
  const candidate = new RTCIceCandidate({ candidate: host, sdpMid: '0', usernameFragment: 'u' });
  expect(JSON.stringify(candidate)).toBe(
    `{"candidate":"${host}","sdpMid":"0","sdpMLineIndex":null,"usernameFragment":"u"}`,
  );
});
