// Configurations: what a connection is made with, and what can change.

import { subject } from '../scenario.js';
import { spec } from './specs.js';

const { scenario, all } = subject('configuration', spec.configuration);
export const configuration = all;

scenario('what a connection is made with', {}, async ({ pc, note }) => {
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
  scenario(`a connection with ${label}`, {}, async ({ api, outcome }) => {
    await outcome('made', () => {
      const connection = new api.RTCPeerConnection(configuration);
      const { iceServers } = connection.getConfiguration();
      connection.close();
      return iceServers.length;
    });
  });
}

scenario('setConfiguration() and what it does not change', {}, async ({ pc, attempt, note }) => {
  const a = pc();
  await attempt(() => a.setConfiguration({ iceServers: [{ urls: 'stun:stun.example.org' }] }));
  note('servers', a.getConfiguration().iceServers.length);
  await attempt(() => a.setConfiguration({}));
  note('servers', a.getConfiguration().iceServers.length);
  await attempt(() => a.setConfiguration({ bundlePolicy: 'max-bundle' }));
  await attempt(() => /** @type {any} */ (a).setConfiguration());
  a.close();
  await attempt(() => a.setConfiguration({}));
});

scenario('the pool cannot change after a local description', {}, async ({ pc, attempt }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.setLocalDescription();
  await attempt(() => a.setConfiguration({ iceCandidatePoolSize: 2 }));
});
