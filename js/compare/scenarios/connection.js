// Configurations, candidates, ICE restarts, states, certificates, closing, statistics.

import { subject } from '../scenario.js';
import { kDataOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario: config, all: configurations } = subject('configuration', spec.configuration);
const { scenario: ice, all: iceScenarios } = subject('ICE', spec.addCandidate);
const { scenario: certificate, all: certificates } = subject('certificates', spec.certificate);
const { scenario: closing, all: closings } = subject('closing', spec.close);
const { scenario: stats, all: statistics } = subject('statistics', spec.mandatoryStats);
export const connection = [configurations, iceScenarios, certificates, closings, statistics].flat();

config('what a connection is made with', {}, async ({ pc, note }) => {
  const { bundlePolicy, iceCandidatePoolSize, iceServers, iceTransportPolicy, rtcpMuxPolicy } =
    pc().getConfiguration();
  note('defaults', {
    bundlePolicy,
    iceCandidatePoolSize,
    iceServers,
    iceTransportPolicy,
    rtcpMuxPolicy,
  });
});

for (const [label, configuration] of /** @type {[string, any][]} */ ([
  ['null', null],
  ['an empty list of servers', { iceServers: [] }],
  ['servers that are no list', { iceServers: 7 }],
  ['a server without urls', { iceServers: [{}] }],
  ['a server with an empty list of urls', { iceServers: [{ urls: [] }] }],
  ['a url without a scheme', { iceServers: [{ urls: 'stun.example.org' }] }],
  ['an http url', { iceServers: [{ urls: 'http://example.org' }] }],
  ['a stun url with a query', { iceServers: [{ urls: 'stun:example.org?transport=udp' }] }],
  ['a stun url with a port out of range', { iceServers: [{ urls: 'stun:example.org:70000' }] }],
  ['a turn url without credentials', { iceServers: [{ urls: 'turn:example.org' }] }],
  [
    'a turn url with a username alone',
    { iceServers: [{ urls: 'turn:example.org', username: 'u' }] },
  ],
  [
    'a turn url with an empty username',
    { iceServers: [{ urls: 'turn:example.org', username: '', credential: '' }] },
  ],
  ['an unknown bundle policy', { bundlePolicy: 'loose' }],
  ['an unknown transport policy', { iceTransportPolicy: 'some' }],
  ['an unknown RTCP policy', { rtcpMuxPolicy: 'never' }],
  ['a pool of 256', { iceCandidatePoolSize: 256 }],
  ['a pool of -1', { iceCandidatePoolSize: -1 }],
  ['an unknown member', { sdpSemantics: 'plan-q' }],
])) {
  config(`a connection with ${label}`, {}, async ({ api, outcome }) => {
    await outcome('made', () => {
      const connection = new api.RTCPeerConnection(configuration);
      const { iceServers } = connection.getConfiguration();
      connection.close();
      return iceServers.length;
    });
  });
}

config('setConfiguration() and what it does not change', {}, async ({ pc, attempt, note }) => {
  const a = pc();
  await attempt(() => a.setConfiguration({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] }));
  note('servers', a.getConfiguration().iceServers.length);
  await attempt(() => a.setConfiguration({}));
  note('servers', a.getConfiguration().iceServers.length);
  await attempt(() => a.setConfiguration({ bundlePolicy: 'max-bundle' }));
  await attempt(() => /** @type {any} */ (a).setConfiguration());
  a.close();
  await attempt(() => a.setConfiguration({}));
});

config('the pool cannot change after a local description', {}, async ({ pc, attempt }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.setLocalDescription();
  await attempt(() => a.setConfiguration({ iceCandidatePoolSize: 2 }));
});

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
  ice(`addIceCandidate() with ${label}`, { tasks: true }, async ({ pc, attempt, step }) => {
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

ice('RTCIceCandidate is made of its line', { spec: spec.candidate }, async ({ api, outcome }) => {
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
    make('candidate:2 1 udp 41885439 192.0.2.1 50000 typ relay raddr 10.0.0.1 rport 6 ufrag abcd'),
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
});

ice('toJSON() of a candidate', { spec: spec.candidate }, async ({ api, note }) => {
  const candidate = new api.RTCIceCandidate({
    candidate: kCandidate,
    sdpMid: '0',
    usernameFragment: 'abcd',
  });
  note('members', Object.keys(candidate.toJSON()).sort());
  note('index', candidate.toJSON().sdpMLineIndex);
});

ice(
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

ice(
  'the states of a session that connects',
  { spec: spec.connectionState, lanes: ['ice', 'connection'] },
  async ({ connect }) => {
    await connect();
  },
);

ice(
  'the states of the transports of a session that connects',
  { spec: spec.dtls, lanes: ['transport'] },
  async ({ pc, connect, track, note }) => {
    const [a, b] = [pc(), pc()];
    const sender = a.addTrack(track('audio'));
    a.addTransceiver('video');
    await connect(a, b);
    const { transport } = sender;
    note('states', [transport.state, transport.iceTransport.state]);
    note(
      'one transport',
      a.getSenders().every((/** @type {any} */ one) => one.transport === transport),
    );
    note('certificates', transport.getRemoteCertificates().length);
    const pair = transport.iceTransport.getSelectedCandidatePair();
    note('a pair', Boolean(pair?.local && pair?.remote));
  },
);

ice(
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

ice(
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

ice(
  'restartIce() outside of stable waits for it',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ pc, negotiate, step, idle }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    await a.setLocalDescription();
    a.restartIce();
    await step('the answer');
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await idle();
  },
);

ice(
  'restartIce() when closed',
  { spec: spec.restart, lanes: ['needed'] },
  async ({ pc, attempt, idle }) => {
    const a = pc();
    a.close();
    await attempt(() => a.restartIce());
    await idle();
  },
);

certificate('generateCertificate() of ECDSA', {}, async ({ api, outcome }) => {
  const { RTCPeerConnection } = api;
  await outcome(
    'certificate',
    () => RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }),
    (made) => [
      typeof made.expires,
      made.getFingerprints().map((/** @type {any} */ { algorithm }) => algorithm),
    ],
  );
});

for (const [label, algorithm] of /** @type {[string, any][]} */ ([
  ['a curve nobody has', { name: 'ECDSA', namedCurve: 'P-1' }],
  ['a symmetric algorithm', { name: 'AES-GCM', length: 128 }],
  ['an unknown name', 'FANTASY'],
  ['no name', {}],
  ['a hash', 'SHA-256'],
  ['nothing', undefined],
])) {
  certificate(`generateCertificate() of ${label}`, {}, async ({ api, outcome }) => {
    await outcome('refused', () => api.RTCPeerConnection.generateCertificate(algorithm));
  });
}

certificate('a certificate is the connection’s fingerprint', {}, async ({ api, pc, note }) => {
  const made = await api.RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  });
  const a = pc({ certificates: [made] });
  a.createDataChannel('x');
  const { sdp } = await a.createOffer();
  const [{ value }] = made.getFingerprints();
  note('in the offer', sdp.toLowerCase().includes(String(value).toLowerCase()));
  note('configured', a.getConfiguration().certificates.length);
});

certificate('certificates cannot change', {}, async ({ api, pc, attempt }) => {
  const [one, two] = await Promise.all(
    [1, 2].map(() =>
      api.RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }),
    ),
  );
  const a = pc({ certificates: [one] });
  await attempt(() => a.setConfiguration({ certificates: [two] }));
  await attempt(() => a.setConfiguration({ certificates: [one] }));
});

certificate('an expired certificate', {}, async ({ api, outcome }) => {
  const algorithm = /** @type {any} */ ({ name: 'ECDSA', namedCurve: 'P-256', expires: 0 });
  const made = await api.RTCPeerConnection.generateCertificate(algorithm);
  await outcome('connection', () => {
    new api.RTCPeerConnection({ certificates: [made] }).close();
    return 'made';
  });
});

closing(
  'close() tells nobody at home',
  { lanes: ['ice', 'connection', 'gathering', 'transport'] },
  async ({ pc, idle, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    await a.createOffer();
    a.close();
    note('states', [a.signalingState, a.iceConnectionState, a.connectionState]);
    await idle();
  },
);

closing('close() twice', {}, async ({ pc, attempt }) => {
  const a = pc();
  a.close();
  await attempt(() => a.close());
});

closing(
  'close() in the midst of a session',
  { lanes: ['channel', 'media'] },
  async ({ pc, track, connect, opened, table, note, idle }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'));
    const channel = a.createDataChannel('x');
    await connect(a, b);
    await opened(channel);
    const dtls = a.getSenders()[0].transport;
    a.close();
    table(a);
    note('channel', channel.readyState);
    note('transports', [dtls.state, dtls.iceTransport.state, a.sctp?.state]);
    await idle();
  },
);

/** @type {Record<string, (a: any, context: any) => any>} */
const kCalls = {
  'createAnswer()': (a) => a.createAnswer(),
  'setLocalDescription()': (a) => a.setLocalDescription(),
  'setRemoteDescription()': (a) => a.setRemoteDescription({ type: 'offer', sdp: kDataOffer }),
  'addTransceiver()': (a) => a.addTransceiver('audio'),
  'addTrack()': (a, { track }) => a.addTrack(track('audio')),
  'getStats()': async (a) => (await a.getStats()).size >= 0,
};
for (const [label, call] of Object.entries(kCalls)) {
  closing(`${label} when closed`, {}, async (context) => {
    const a = context.pc();
    a.close();
    await context.outcome('outcome', () => call(a, context));
  });
}

closing('promises that close() overtakes', {}, async ({ pc, note, idle }) => {
  const a = pc();
  a.createDataChannel('x');
  /** @type {string[]} */
  const settled = [];
  const tell = (/** @type {string} */ name, /** @type {Promise<any>} */ promise) =>
    promise.then(
      () => settled.push(`${name} fulfilled`),
      () => settled.push(`${name} rejected`),
    );
  tell('setLocalDescription', a.setLocalDescription());
  tell('createOffer', a.createOffer());
  a.close();
  await idle();
  note('settled', settled);
});

closing('an offer that names a closed transceiver’s members', {}, async ({ pc, note }) => {
  const a = pc();
  const transceiver = a.addTransceiver('audio');
  a.close();
  note('direction', [transceiver.direction, transceiver.currentDirection]);
  note('track', transceiver.receiver.track.readyState);
  note('lists', [a.getTransceivers().length, a.getSenders().length, a.getReceivers().length]);
});

stats('statistics of a new connection', {}, async ({ pc, stats }) => {
  await stats(pc());
});

stats('statistics of a session with a data channel', {}, async ({ pc, connect, opened, stats }) => {
  const [a, b] = [pc(), pc()];
  const channel = a.createDataChannel('x');
  await connect(a, b);
  await opened(channel);
  await stats(a);
});

stats(
  'statistics of a session with a picture',
  {},
  async ({ pc, track, connect, until, stats }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('video'));
    await connect(a, b);
    const [receiver] = b.getReceivers();
    await until(receiver.track, 'unmute', () => !receiver.track.muted);
    await stats(a);
    await stats(b);
  },
);

stats(
  'statistics of a sender and of a receiver alone',
  { spec: spec.stats },
  async ({ pc, track, connect, until, stats }) => {
    const [a, b] = [pc(), pc()];
    const sender = a.addTrack(track('video'));
    a.addTrack(track('audio'));
    await connect(a, b);
    const [receiver] = b.getReceivers();
    await until(receiver.track, 'unmute', () => !receiver.track.muted);
    await stats(sender);
    await stats(receiver);
  },
);

stats('statistics with a selector', { spec: spec.stats }, async ({ pc, track, outcome }) => {
  const a = pc();
  const known = track('audio');
  a.addTrack(known);
  const types = (/** @type {any} */ report) =>
    [...new Set([...report.values()].map(({ type }) => type))]
      .filter((type) => type !== 'codec')
      .sort();
  await outcome('a track', () => a.getStats(known), types);
  await outcome('a track of nobody', () => a.getStats(track('audio')), types);
  await outcome('null', () => a.getStats(null), types);
  await outcome('a number', () => a.getStats(/** @type {any} */ (7)), types);
});

stats('a report is a read-only map', { spec: spec.stats }, async ({ pc, note }) => {
  const report = /** @type {any} */ (await pc().getStats());
  note('map', [typeof report.get, typeof report.has, typeof report.forEach, typeof report.set]);
  note(
    'ids',
    [...report].every(([id, record]) => record.id === id),
  );
});
