// RTCConfiguration, getConfiguration() and setConfiguration(): webrtc-pc 4.2 and 4.4.1.6.

import { throws } from './support/errors.js';
import { certificate, connection } from './support/resources.js';
import { credentialsOf } from './support/sdp.js';
import { connectedPair } from './support/session.js';
import { gathered } from './support/waiting.js';

const kTurn = { urls: 'turn:turn.example', username: 'user', credential: 'secret' };

/** Both ways in which a connection gets a configuration. */
const kWays = [
  ['the constructor', (configuration) => connection(configuration)],
  [
    'setConfiguration()',
    (configuration) => {
      const pc = connection();
      pc.setConfiguration(configuration);
      return pc;
    },
  ],
];

test('without a configuration all members have their defaults', () => {
  for (const pc of [connection(), connection(undefined), connection(null), connection({})]) {
    expect(pc.getConfiguration()).toMatchObject({
      iceServers: [],
      iceTransportPolicy: 'all',
      bundlePolicy: 'balanced',
      rtcpMuxPolicy: 'require',
      iceCandidatePoolSize: 0,
      alwaysNegotiateDataChannels: false,
    });
  }
});

test('getConfiguration() gives a dictionary of its own each time', () => {
  const pc = connection({ iceServers: [kTurn] });
  const configuration = pc.getConfiguration();
  expect(Object.getPrototypeOf(configuration)).toBe(Object.prototype);
  configuration.iceServers.length = 0;
  configuration.iceTransportPolicy = 'relay';
  expect(pc.getConfiguration()).toMatchObject({ iceTransportPolicy: 'all' });
  expect(pc.getConfiguration().iceServers).toHaveLength(1);
});

test('getConfiguration() works after close()', () => {
  const pc = connection({ iceTransportPolicy: 'relay' });
  pc.close();
  expect(pc.getConfiguration().iceTransportPolicy).toBe('relay');
});

test('what getConfiguration() gave can be set', () => {
  const pc = connection({ iceServers: [kTurn], bundlePolicy: 'max-bundle' });
  const before = pc.getConfiguration();
  expect(pc.setConfiguration(before)).toBe(undefined);
  expect(pc.getConfiguration()).toEqual(before);
});

test('setConfiguration() throws InvalidStateError when the connection is closed', () => {
  const pc = connection();
  pc.close();
  throws(() => pc.setConfiguration({}), 'InvalidStateError');
});

for (const [way, apply] of kWays) {
  for (const [member, values] of [
    ['iceTransportPolicy', ['all', 'relay']],
    ['iceCandidatePoolSize', [0, 1, 255]],
  ]) {
    for (const value of values) {
      test(`${way} takes ${member} ${value}`, () => {
        expect(apply({ [member]: value }).getConfiguration()[member]).toBe(value);
      });
    }
  }

  for (const [what, configuration] of [
    ['an iceTransportPolicy that is none', { iceTransportPolicy: 'some' }],
    ['iceTransportPolicy null', { iceTransportPolicy: null }],
    ['a bundlePolicy that is none', { bundlePolicy: 'loose' }],
    ['rtcpMuxPolicy negotiate', { rtcpMuxPolicy: 'negotiate' }],
    ['an iceCandidatePoolSize below 0', { iceCandidatePoolSize: -1 }],
    ['an iceCandidatePoolSize above 255', { iceCandidatePoolSize: 256 }],
    ['iceServers null', { iceServers: null }],
    ['iceServers that are no list', { iceServers: kTurn }],
    ['a server that is null', { iceServers: [null] }],
    ['a server without urls', { iceServers: [{}] }],
    ['certificates null', { certificates: null }],
    ['a certificate that is none', { certificates: [{}] }],
  ]) {
    test(`${way} throws a TypeError for ${what}`, () => {
      throws(() => apply(configuration), 'TypeError');
    });
  }

  for (const urls of [
    'stun:stun.example',
    'stuns:stun.example:5349',
    'stun:192.0.2.1:3478',
    'stun:[2001:db8::1]:3478',
    ['stun:a.example', 'stun:b.example'],
  ]) {
    test(`${way} takes the server ${urls}`, () => {
      const [server] = apply({ iceServers: [{ urls }] }).getConfiguration().iceServers;
      expect([server.urls].flat()).toEqual([urls].flat());
    });
  }

  for (const urls of [
    'turn:turn.example',
    'turn:turn.example:3478?transport=udp',
    'turn:turn.example?transport=tcp',
    'turns:turn.example:5349?transport=tcp',
    'turn:[2001:db8::1]',
  ]) {
    test(`${way} takes the server ${urls} with credentials`, () => {
      const [server] = apply({ iceServers: [{ ...kTurn, urls }] }).getConfiguration().iceServers;
      expect([server.urls].flat()).toEqual([urls]);
      expect(server).toMatchObject({ username: 'user', credential: 'secret' });
    });
  }

  for (const urls of [
    [],
    '',
    'stun.example',
    'http://stun.example',
    'relay:stun.example',
    'stun:',
    'stun://stun.example',
    'stun:stun.example/path',
    'stun:user@stun.example',
    'stun:stun.example?transport=udp',
    'stun:stun.example#fragment',
    'stun:stun.example:65536',
    'turn:turn.example?transport=sctp',
    'turn:turn.example?transports=udp',
    ['stun:stun.example', 'not a url'],
  ]) {
    test(`${way} throws SyntaxError for the server ${JSON.stringify(urls)}`, () => {
      throws(() => apply({ iceServers: [{ ...kTurn, urls }] }), 'SyntaxError');
    });
  }

  for (const [what, server] of [
    ['without a username', { credential: 'secret' }],
    ['without a credential', { username: 'user' }],
    ['without both', {}],
    ['with a username of more than 508 bytes', { username: 'u'.repeat(509), credential: 'x' }],
  ]) {
    for (const scheme of ['turn', 'turns']) {
      test(`${way} throws InvalidAccessError for a ${scheme} server ${what}`, () => {
        const iceServers = [{ urls: `${scheme}:turn.example`, ...server }];
        throws(() => apply({ iceServers }), 'InvalidAccessError');
      });
    }
  }
}

for (const bundlePolicy of ['balanced', 'max-compat', 'max-bundle']) {
  test(`the constructor takes bundlePolicy ${bundlePolicy}`, () => {
    expect(connection({ bundlePolicy }).getConfiguration().bundlePolicy).toBe(bundlePolicy);
  });
}

test('a configuration that is refused changes nothing', () => {
  const pc = connection({ iceServers: [kTurn] });
  const before = pc.getConfiguration();
  throws(
    () => pc.setConfiguration({ iceTransportPolicy: 'relay', iceServers: [{ urls: 'nonsense' }] }),
    'SyntaxError',
  );
  expect(pc.getConfiguration()).toEqual(before);
});

test('setConfiguration() throws InvalidModificationError for another bundlePolicy', () => {
  const pc = connection({ bundlePolicy: 'max-bundle' });
  throws(() => pc.setConfiguration({ bundlePolicy: 'balanced' }), 'InvalidModificationError');
  throws(() => pc.setConfiguration({}), 'InvalidModificationError');
  pc.setConfiguration({ bundlePolicy: 'max-bundle' });
});

test('setConfiguration() throws InvalidModificationError for other certificates', async () => {
  const [first, second] = [await certificate(), await certificate()];
  const pc = connection({ certificates: [first] });
  throws(() => pc.setConfiguration({ certificates: [second] }), 'InvalidModificationError');
  throws(() => pc.setConfiguration({ certificates: [first, second] }), 'InvalidModificationError');
  pc.setConfiguration({ certificates: [first] });
});

test('setConfiguration() takes another iceCandidatePoolSize before there is a local description, and no more after it', async () => {
  const pc = connection();
  pc.setConfiguration({ iceCandidatePoolSize: 2 });
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  throws(() => pc.setConfiguration({ iceCandidatePoolSize: 3 }), 'InvalidModificationError');
  pc.setConfiguration({ iceCandidatePoolSize: 2 });
});

test('with alwaysNegotiateDataChannels an offer begins with data channels before there is one', async () => {
  const pc = connection({ alwaysNegotiateDataChannels: true });
  pc.addTransceiver('audio');
  const { sdp } = await pc.createOffer();
  expect(sdp.match(/(?<=^m=)\w+/gm)).toEqual(['application', 'audio']);
  expect(pc.sctp).toBe(null);
});

test('a channel that is made after data channels were negotiated needs no negotiation and opens', async () => {
  const a = connection({ alwaysNegotiateDataChannels: true });
  const b = connection();
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  let isNeeded = false;
  a.onnegotiationneeded = () => (isNeeded = true);
  const channel = a.createDataChannel('late');
  await new Promise((resolve) => (channel.onopen = resolve));
  expect(isNeeded).toBe(false);
});

test('setConfiguration() throws InvalidModificationError for another alwaysNegotiateDataChannels', () => {
  const pc = connection({ alwaysNegotiateDataChannels: true });
  throws(
    () => pc.setConfiguration({ alwaysNegotiateDataChannels: false }),
    'InvalidModificationError',
  );
  pc.setConfiguration({ alwaysNegotiateDataChannels: true });
  expect(pc.getConfiguration().alwaysNegotiateDataChannels).toBe(true);
});

test('setConfiguration() changes what the next gathering uses', async () => {
  const { a } = await connectedPair();
  a.setConfiguration({ iceTransportPolicy: 'relay', iceServers: [realm.services.turn] });
  const types = new Set();
  a.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.candidate) types.add(candidate.type);
  });
  const { usernameFragment } = credentialsOf(a.localDescription);
  await a.setLocalDescription(await a.createOffer({ iceRestart: true }));
  expect(credentialsOf(a.localDescription).usernameFragment).not.toBe(usernameFragment);
  await new Promise((resolve) => {
    a.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve());
  });
  expect([...types]).toEqual(['relay']);
});

test('with iceCandidatePoolSize a connection gathers ahead, and tells candidates once there is a description', async () => {
  const pc = connection({ iceCandidatePoolSize: 1 });
  const early = [];
  pc.addEventListener('icecandidate', ({ candidate }) => early.push(candidate));
  pc.createDataChannel('channel');
  await pc.createOffer();
  expect(early).toEqual([]);
  await pc.setLocalDescription();
  await gathered(pc);
  expect(early.length).toBeGreaterThan(0);
});

test('RTCPeerConnection cannot be called without new', () => {
  throws(() => RTCPeerConnection(), 'TypeError');
});

test('a new connection is in its initial states', () => {
  expect(connection()).toMatchObject({
    signalingState: 'stable',
    iceGatheringState: 'new',
    iceConnectionState: 'new',
    connectionState: 'new',
    localDescription: null,
    currentLocalDescription: null,
    pendingLocalDescription: null,
    remoteDescription: null,
    currentRemoteDescription: null,
    pendingRemoteDescription: null,
    canTrickleIceCandidates: null,
    sctp: null,
  });
});
