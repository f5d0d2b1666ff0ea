// When negotiation is needed, glare, rollback, and perfect negotiation.

import { subject } from '../scenario.js';
import { kAudioOffer, kDataOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('negotiation', spec.negotiationNeeded);
export const negotiation = all;

/** @type {import('../scenario.js').Lane[]} */
const lanes = ['needed'];

for (const [label, change] of /** @type {[string, (a: any, context: any) => void][]} */ ([
  ['a data channel', (a) => a.createDataChannel('x')],
  ['a negotiated data channel', (a) => a.createDataChannel('x', { negotiated: true, id: 1 })],
  ['a transceiver', (a) => a.addTransceiver('audio')],
  ['an inactive transceiver', (a) => a.addTransceiver('audio', { direction: 'inactive' })],
  ['a track', (a, { track }) => a.addTrack(track('audio'))],
  ['a transceiver that is stopped at once', (a) => a.addTransceiver('audio').stop()],
  ['an ICE restart before anything else', (a) => a.restartIce()],
])) {
  scenario(`negotiation is needed after ${label}`, { lanes }, async (context) => {
    const a = context.pc();
    change(a, context);
    await context.idle();
  });
}

for (const [label, change] of /** @type {[string, (a: any, context: any) => any][]} */ ([
  ['another data channel', (a) => a.createDataChannel('y')],
  ['another transceiver', (a) => a.addTransceiver('video')],
  ['a change of direction', (a) => (a.getTransceivers()[0].direction = 'sendonly')],
  ['a direction that stays', (a) => (a.getTransceivers()[0].direction = 'sendrecv')],
  ['a stopped transceiver', (a) => a.getTransceivers()[0].stop()],
  ['an ICE restart', (a) => a.restartIce()],
  ['a track that is replaced', (a, { track }) => a.getSenders()[0].replaceTrack(track('audio'))],
  ['a track that is removed', (a) => a.removeTrack(a.getSenders()[0])],
  ['other streams', (a, { stream }) => a.getSenders()[0].setStreams(stream())],
  [
    'other codec preferences',
    (a, { api }) => {
      const { codecs } = api.RTCRtpReceiver.getCapabilities('audio');
      const only = codecs.filter((/** @type {any} */ { mimeType }) => mimeType === 'audio/PCMU');
      a.getTransceivers()[0].setCodecPreferences(only);
    },
  ],
])) {
  scenario(`in a session, negotiation is needed after ${label}`, { lanes }, async (context) => {
    const { pc, track, negotiate, step, idle } = context;
    const [a, b] = [pc(), pc()];
    a.addTransceiver(track('audio'));
    a.createDataChannel('x');
    await negotiate(a, b);
    await step('the change');
    await change(a, context);
    await idle();
  });
}

scenario('several changes need negotiation once', { lanes }, async ({ pc, idle }) => {
  const a = pc();
  a.createDataChannel('x');
  a.addTransceiver('audio');
  a.addTransceiver('video');
  await idle();
});

scenario(
  'negotiation that is needed is not said while an offer is made',
  { lanes, spec: '#dfn-update-the-negotiation-needed-flag' },
  async ({ pc, idle }) => {
    const a = pc();
    a.addTransceiver('audio');
    await a.createOffer();
    await idle();
  },
);

scenario(
  'negotiation that becomes needed outside of stable is said in stable',
  { lanes, tasks: true },
  async ({ pc, step, idle, answer }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await a.setLocalDescription();
    await step('a change in have-local-offer');
    a.addTransceiver('audio');
    await step('the answer');
    await b.setRemoteDescription(a.localDescription);
    await answer(b, a);
    await idle();
  },
);

scenario(
  'a change that is taken back needs no negotiation',
  { lanes },
  async ({ pc, negotiate, step, idle }) => {
    const [a, b] = [pc(), pc()];
    const { direction } = a.addTransceiver('audio');
    await negotiate(a, b);
    await step('there and back');
    const [transceiver] = a.getTransceivers();
    transceiver.direction = 'inactive';
    transceiver.direction = direction;
    await idle();
  },
);

scenario(
  'the answerer that wants to send needs a negotiation of its own',
  { lanes },
  async ({ pc, negotiate, track, step, idle }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    await step('a track');
    b.addTrack(track('audio'));
    await idle();
  },
);

scenario(
  'a track that the answerer adds before it answers goes into the answer',
  { lanes },
  async ({ pc, track, table, idle, offer, answer }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    await offer(a, b);
    b.addTrack(track('audio'));
    await answer(b, a);
    await idle();
    table(a);
    table(b);
  },
);

scenario(
  'glare: a remote offer in have-local-offer rolls ours back',
  { lanes, spec: spec.setDescription, tasks: true },
  async ({ pc, note, table, offer }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    b.createDataChannel('x');
    await a.setLocalDescription();
    await offer(b, a);
    note('descriptions', [a.pendingLocalDescription === null, a.pendingRemoteDescription?.type]);
    table(a);
  },
);

scenario(
  'glare: the answer to an offer that was rolled back is refused',
  { spec: spec.setDescription },
  async ({ pc, attempt, note, offer }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await offer(a, b);
    await b.setLocalDescription();
    await a.setLocalDescription({ type: 'rollback' });
    await attempt(() => a.setRemoteDescription(b.localDescription));
    note('state', a.signalingState);
  },
);

scenario(
  'glare: what ours offered is needed again after theirs',
  { lanes, spec: spec.setDescription },
  async ({ pc, step, idle, table, answer }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    b.createDataChannel('x');
    await a.setLocalDescription();
    await b.setLocalDescription();
    await step('theirs goes first');
    await a.setRemoteDescription(b.localDescription);
    await answer(a, b);
    await idle();
    table(a);
  },
);

scenario(
  'glare: a transceiver of ours takes up the section of theirs',
  { spec: spec.jsepParse },
  async ({ pc, track, table }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'));
    b.addTransceiver('audio');
    await a.setLocalDescription();
    await a.setRemoteDescription(await b.createOffer());
    await a.setLocalDescription();
    table(a);
  },
);

scenario(
  'glare: an offer that cannot be parsed leaves ours in place',
  { spec: spec.setDescription },
  async ({ pc, attempt, note, idle }) => {
    const a = pc();
    a.createDataChannel('x');
    await a.setLocalDescription();
    await attempt(() => a.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nbroken' }));
    await idle();
    note('state', a.signalingState);
  },
);

scenario(
  'perfect negotiation: both begin, the polite one gives way',
  { spec: spec.perfect, lanes: ['needed'] },
  async ({ pc, trickle, deliver, announced, opened, connected, idle, note, step, answer }) => {
    const [polite, impolite] = [pc(), pc()];
    trickle(polite, impolite);
    const [atPolite, atImpolite] = [announced(polite), announced(impolite)];
    polite.createDataChannel('from polite');
    impolite.createDataChannel('from impolite');
    await step('both offer');
    await polite.setLocalDescription();
    await impolite.setLocalDescription();
    await step('the impolite one ignores what it gets, the polite one gives way');
    await polite.setRemoteDescription(impolite.localDescription);
    await answer(polite, impolite);
    deliver(polite, impolite);
    await connected(polite, impolite);
    for (const channel of [await atPolite, await atImpolite]) if (channel) await opened(channel);
    await idle();
    note('labels', [(await atPolite)?.label, (await atImpolite)?.label]);
  },
);

scenario(
  'rollback of a local offer',
  { spec: spec.jsepRollback, lanes, tasks: true },
  async ({ pc, table, step, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    await a.setLocalDescription();
    table(a);
    await step('rollback');
    await a.setLocalDescription({ type: 'rollback' });
    table(a);
    note('descriptions', [a.localDescription, a.pendingLocalDescription]);
    await step('afterwards');
  },
);

scenario(
  'rollback of a remote offer takes its transceivers away',
  { spec: spec.jsepRollback, tasks: true },
  async ({ pc, table, step, note }) => {
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kAudioOffer });
    table(b);
    await step('rollback');
    await b.setRemoteDescription({ type: 'rollback' });
    table(b);
    note('remote', b.remoteDescription);
  },
);

scenario(
  'rollback keeps a transceiver that has got a track since',
  { spec: spec.jsepRollback },
  async ({ pc, track, table, step }) => {
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kAudioOffer });
    b.addTrack(track('audio'));
    await step('rollback');
    await b.setRemoteDescription({ type: 'rollback' });
    table(b);
  },
);

scenario(
  'rollback brings back the direction and mid of before',
  { spec: spec.jsepRollback },
  async ({ pc, negotiate, table, step }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    await negotiate(a, b);
    a.getTransceivers()[0].direction = 'inactive';
    a.addTransceiver('video');
    await a.setLocalDescription();
    await step('rollback');
    await a.setLocalDescription({ type: 'rollback' });
    table(a);
  },
);

scenario(
  'rollback of a remote offer that took sound away brings it back',
  { spec: spec.jsepRollback, lanes: ['media'] },
  async ({ pc, negotiate, track, table, step, idle }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'));
    await negotiate(a, b);
    a.getTransceivers()[0].direction = 'inactive';
    await step('without sound');
    await b.setRemoteDescription(await a.createOffer());
    table(b);
    await step('rollback');
    await b.setRemoteDescription({ type: 'rollback' });
    await idle();
    table(b);
  },
);

scenario('rollback in stable', { spec: spec.jsepRollback }, async ({ pc, attempt }) => {
  const a = pc();
  await attempt(() => a.setLocalDescription({ type: 'rollback' }));
  await attempt(() => a.setRemoteDescription({ type: 'rollback' }));
});

scenario(
  'rollback on the wrong side',
  { spec: spec.setDescription },
  async ({ pc, attempt, note }) => {
    const a = pc();
    a.createDataChannel('x');
    await a.setLocalDescription();
    await attempt(() => a.setRemoteDescription({ type: 'rollback' }));
    note('state', a.signalingState);
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kDataOffer });
    await attempt(() => b.setLocalDescription({ type: 'rollback' }));
    note('state', b.signalingState);
  },
);

scenario(
  'rollback of an ICE restart keeps the old credentials',
  { spec: spec.jsepRollback },
  async ({ pc, negotiate, note }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    const ufrag = () => /a=ice-ufrag:(.*)/.exec(a.localDescription.sdp)?.[1];
    const before = ufrag();
    a.restartIce();
    await a.setLocalDescription();
    note('changed', ufrag() !== before);
    await a.setLocalDescription({ type: 'rollback' });
    note('back', ufrag() === before);
  },
);
