// Candidates, gathering, states of connections and transports, ICE restarts.

import { subject } from '../scenario.js';
import { kDataOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('ICE', spec.addCandidate);
export const ice = all;

const kCandidate = 'candidate:1 1 udp 2113929471 127.0.0.1 9 typ host';

for (const [label, candidate] of /** @type {[string, any][]} */ ([
  ['a candidate', { candidate: kCandidate, sdpMid: '0' }],
  ['a candidate by index', { candidate: kCandidate, sdpMLineIndex: 0 }],
  ['a candidate with no section', { candidate: kCandidate }],
  ['a candidate of an unknown section', { candidate: kCandidate, sdpMid: 'nowhere' }],
  ['a candidate of an index that is not there', { candidate: kCandidate, sdpMLineIndex: 7 }],
  ['a candidate that cannot be parsed', { candidate: 'candidate:nonsense', sdpMid: '0' }],
  ['text that is no candidate', { candidate: 'hello', sdpMid: '0' }],
  ['the end of candidates', { candidate: '', sdpMid: '0' }],
  [
    'an unknown username fragment',
    { candidate: kCandidate, sdpMid: '0', usernameFragment: 'zzzz' },
  ],
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a section alone', { sdpMid: '0' }],
])) {
  scenario(`addIceCandidate() with ${label}`, { tasks: true }, async ({ pc, attempt, step }) => {
    const b = pc();
    await step('without a description');
    await attempt(() => b.addIceCandidate(candidate));
    await step('with a description');
    await b.setRemoteDescription({ type: 'offer', sdp: kDataOffer });
    await attempt(() => b.addIceCandidate(candidate));
    await step('when closed');
    b.close();
    await attempt(() => b.addIceCandidate(candidate));
  });
}

scenario(
  'RTCIceCandidate is made of its line',
  { spec: spec.candidate },
  async ({ api, outcome }) => {
    const members = (/** @type {any} */ candidate) =>
      [
        'foundation',
        'component',
        'protocol',
        'priority',
        'address',
        'port',
        'type',
        'tcpType',
        'relatedAddress',
        'relatedPort',
      ].map((name) => candidate[name]);
    const make = (/** @type {string} */ line) => () =>
      new api.RTCIceCandidate({ candidate: line, sdpMid: '0' });
    await outcome('host', make(kCandidate), members);
    await outcome(
      'relay',
      make(
        'candidate:2 1 udp 41885439 192.0.2.1 50000 typ relay raddr 10.0.0.1 rport 6 ufrag abcd',
      ),
      members,
    );
    await outcome(
      'tcp',
      make('candidate:3 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active'),
      members,
    );
    await outcome('nonsense', make('candidate:x'), members);
    await outcome('with a=', make(`a=${kCandidate}`), members);
    await outcome('no section', () => new api.RTCIceCandidate({ candidate: kCandidate }));
    await outcome('no argument', () => new api.RTCIceCandidate());
  },
);

scenario('toJSON() of a candidate', { spec: spec.candidate }, async ({ api, note }) => {
  const candidate = new api.RTCIceCandidate({
    candidate: kCandidate,
    sdpMid: '0',
    usernameFragment: 'abcd',
  });
  note('members', Object.keys(candidate.toJSON()).sort());
  note('index', candidate.toJSON().sdpMLineIndex);
});

scenario(
  'gathering ends, and says so in this order',
  { spec: spec.gathering, lanes: ['gathering'] },
  async ({ pc, gathered, idle }) => {
    const a = pc();
    a.createDataChannel('x');
    await a.setLocalDescription();
    await gathered(a);
    await idle();
  },
);

scenario(
  'the states of a session that connects',
  { spec: spec.connectionState, lanes: ['ice', 'connection'] },
  async ({ connect }) => {
    await connect();
  },
);

scenario(
  'the states of the transports of a session that connects',
  { spec: spec.dtls, lanes: ['transport'] },
  async ({ pc, connect, track, note }) => {
    const [a, b] = [pc(), pc()];
    const sender = a.addTrack(track('audio'));
    a.addTransceiver('video');
    await connect(a, b);
    const { transport } = sender;
    // Whether it is completed depends on when the last candidate comes.
    note('states', [
      transport.state,
      transport.iceTransport.state.replace('completed', 'connected'),
    ]);
    note(
      'one transport',
      a.getSenders().every((/** @type {any} */ one) => one.transport === transport),
    );
    note('certificates', transport.getRemoteCertificates().length);
    const pair = transport.iceTransport.getSelectedCandidatePair?.();
    note('a pair', Boolean(pair?.local && pair?.remote));
  },
);

scenario(
  'restartIce() changes both sides’ credentials',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ connect, negotiate, note, connected, step, idle }) => {
    const [a, b] = await connect();
    const ufrags = () =>
      [a, b].map((end) => /a=ice-ufrag:(.*)/.exec(end.localDescription.sdp)?.[1]);
    const before = ufrags();
    await step('restart');
    a.restartIce();
    await idle();
    await negotiate(a, b);
    await connected(a, b);
    note(
      'changed',
      ufrags().map((ufrag, index) => ufrag !== before[index]),
    );
  },
);

scenario(
  'restartIce() is satisfied by one offer',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ pc, negotiate, step, idle, note }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    const ufrag = () => /a=ice-ufrag:(.*)/.exec(a.localDescription.sdp)?.[1];
    a.restartIce();
    await negotiate(a, b);
    const restarted = ufrag();
    await step('the next offer');
    await negotiate(a, b);
    note('kept', ufrag() === restarted);
    await idle();
  },
);

scenario(
  'restartIce() outside of stable waits for it',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ pc, negotiate, step, idle, answer }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    await a.setLocalDescription();
    a.restartIce();
    await step('the answer');
    await b.setRemoteDescription(a.localDescription);
    await answer(b, a);
    await idle();
  },
);

scenario(
  'restartIce() when closed',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ pc, attempt, idle }) => {
    const a = pc();
    a.close();
    await attempt(() => a.restartIce());
    await idle();
  },
);
