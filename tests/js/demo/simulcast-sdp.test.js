import { putTogether, takeApart } from '../../../demo/call/simulcast-sdp.js';

const kMid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const kRid = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
const kRepairedRid = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

const sdp = (...lines) => `${lines.flat().join('\r\n')}\r\n`;
const session = (mids) => [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  `a=group:BUNDLE ${mids}`,
];
const audio = (...extensions) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', ...extensions];

const offer = sdp(
  session('0 1 2'),
  audio(`a=extmap:4 ${kMid}`),
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:1',
  `a=extmap:4 ${kMid}`,
  `a=extmap:10 ${kRid}`,
  `a=extmap:11 ${kRepairedRid}`,
  'a=msid:stream track',
  'a=sendonly',
  'a=rid:q send',
  'a=rid:f send',
  'a=simulcast:send q;f',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:2',
  `a=extmap:4 ${kMid}`,
  'a=recvonly',
);

describe('an offer of simulcast', () => {
  it('becomes a section for each layer, told apart by the RID in place of the MID', () => {
    const layer = (rid) => [
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      `a=mid:${rid}`,
      `a=extmap:10 ${kMid}`,
      `a=msid:stream layer-${rid}`,
      'a=sendonly',
    ];
    expect(takeApart(offer)).toBe(
      sdp(
        session('0 q f 2'),
        audio(),
        layer('q'),
        layer('f'),
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=mid:2',
        'a=recvonly',
      ),
    );
  });

  it.each([
    ['taken whole', 9, 'q;f', ['a=rid:q recv', 'a=rid:f recv']],
    ['taken in part', 0, 'q', ['a=rid:q recv']],
  ])('is %s by an answer that is put together again', (_, port, list, rids) => {
    const layer = (rid, port) => [
      `m=video ${port} UDP/TLS/RTP/SAVPF 96`,
      `a=mid:${rid}`,
      `a=extmap:10 ${kMid}`,
      'a=recvonly',
    ];
    const answer = sdp(
      session(port ? '0 q f 2' : '0 q 2'),
      audio(),
      layer('q', 9),
      layer('f', port),
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=mid:2',
      'a=sendonly',
    );
    expect(putTogether(answer, offer)).toBe(
      sdp(
        session('0 1 2'),
        audio(),
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=mid:1',
        `a=extmap:10 ${kRid}`,
        `a=extmap:4 ${kMid}`,
        'a=recvonly',
        rids,
        `a=simulcast:recv ${list}`,
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=mid:2',
        'a=sendonly',
      ),
    );
  });

  it('is what changes: one without layers stays as it is, and so does its answer', () => {
    const plain = sdp(session('0'), audio(`a=extmap:4 ${kMid}`));
    expect([takeApart(plain), putTogether(plain, plain)]).toEqual([plain, plain]);
  });
});
