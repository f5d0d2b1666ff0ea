// setLocalDescription() and setRemoteDescription(): what they take, in which state, and what they change.

import { subject } from '../scenario.js';
import { kDataOffer, kAudioOffer, withLine } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('descriptions', spec.setDescription);
export const descriptions = all;

scenario(
  'setLocalDescription() without a description offers in stable',
  { spec: spec.setLocal, tasks: true },
  async ({ pc }) => {
    const a = pc();
    a.createDataChannel('x');
    await a.setLocalDescription();
  },
);

scenario(
  'setLocalDescription() without a description answers an offer',
  { spec: spec.setLocal, tasks: true },
  async ({ pc }) => {
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kDataOffer });
    await b.setLocalDescription();
  },
);

scenario('setLocalDescription() with a type alone', { spec: spec.setLocal }, async ({ pc }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.setLocalDescription({ type: 'offer' });
});

scenario(
  'setLocalDescription() with an empty text takes what was created',
  { spec: spec.setLocal },
  async ({ pc, note }) => {
    const a = pc();
    a.createDataChannel('x');
    const offer = await a.createOffer();
    await a.setLocalDescription({ type: 'offer', sdp: '' });
    const ufrag = (/** @type {any} */ { sdp }) => /a=ice-ufrag:(.*)/.exec(sdp)?.[1];
    note('the same', ufrag(a.localDescription) === ufrag(offer));
  },
);

scenario(
  'an exchange, with all that changes',
  { tasks: true },
  async ({ pc, table, step, note }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    await step('the offer');
    await a.setLocalDescription(await a.createOffer());
    await b.setRemoteDescription(a.localDescription);
    table(a);
    table(b);
    await step('the answer');
    await b.setLocalDescription(await b.createAnswer());
    await a.setRemoteDescription(b.localDescription);
    table(a);
    table(b);
    note('pending', [a.pendingLocalDescription, a.pendingRemoteDescription]);
    note('current', [a.currentLocalDescription.type, a.currentRemoteDescription.type]);
  },
);

scenario(
  'track events come before the promise of setRemoteDescription()',
  { spec: spec.setRemote, tasks: true },
  async ({ pc, track, stream }) => {
    const [a, b] = [pc(), pc()];
    const both = stream();
    a.addTrack(track('audio'), both);
    a.addTrack(track('video'), both);
    await b.setRemoteDescription(await a.createOffer());
  },
);

scenario('a provisional answer, then an answer', { tasks: true }, async ({ pc, note, offer }) => {
  const [a, b] = [pc(), pc()];
  a.createDataChannel('x');
  await offer(a, b);
  const answer = await b.createAnswer();
  await b.setLocalDescription({ type: 'pranswer', sdp: answer.sdp });
  await a.setRemoteDescription({ type: 'pranswer', sdp: answer.sdp });
  note('pending types', [b.pendingLocalDescription.type, a.pendingRemoteDescription.type]);
  await b.setLocalDescription({ type: 'answer', sdp: answer.sdp });
  await a.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
});

scenario('offers repeat in have-local-offer', {}, async ({ pc }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.setLocalDescription();
  a.addTransceiver('audio');
  await a.setLocalDescription();
});

scenario('offers repeat in have-remote-offer', {}, async ({ pc, table, offer }) => {
  const [a, b] = [pc(), pc()];
  a.addTransceiver('audio');
  await offer(a, b);
  a.addTransceiver('video');
  await offer(a, b);
  table(b);
});

/** @type {Record<string, (connection: any) => Promise<void>>} */
const kStates = {
  stable: async () => {},
  'have-local-offer': async (a) => {
    a.createDataChannel('x');
    await a.setLocalDescription();
  },
  'have-remote-offer': async (a) => {
    await a.setRemoteDescription({ type: 'offer', sdp: kDataOffer });
  },
  closed: async (a) => a.close(),
};

for (const [state, prepare] of Object.entries(kStates)) {
  for (const type of /** @type {const} */ (['answer', 'pranswer', 'rollback'])) {
    scenario(`a remote ${type} in ${state}`, {}, async ({ pc, attempt, step, note }) => {
      const a = pc();
      await prepare(a);
      await step(type);
      const sdp = type === 'rollback' ? '' : kDataOffer.replace('actpass', 'active');
      await attempt(() => a.setRemoteDescription({ type, sdp }));
      note('state', a.signalingState);
    });
  }
  scenario(
    `a local answer in ${state}`,
    { spec: spec.setLocal },
    async ({ pc, attempt, step, note }) => {
      const a = pc();
      await prepare(a);
      await step('answer');
      await attempt(() => a.setLocalDescription({ type: 'answer' }));
      note('state', a.signalingState);
    },
  );
  scenario(
    `createAnswer() in ${state}`,
    { spec: spec.createAnswer },
    async ({ pc, attempt, step }) => {
      const a = pc();
      await prepare(a);
      await step('createAnswer()');
      await attempt(() => a.createAnswer());
    },
  );
}

scenario(
  'an offer that script has changed',
  { spec: spec.setLocal },
  async ({ pc, attempt, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    const { type, sdp } = await a.createOffer();
    await attempt(() =>
      a.setLocalDescription({ type, sdp: sdp.replace('a=sendrecv', 'a=inactive') }),
    );
    note('state', a.signalingState);
  },
);

scenario(
  'credentials that script has changed',
  { spec: spec.setLocal },
  async ({ pc, attempt, note }) => {
    const a = pc();
    a.createDataChannel('x');
    const { type, sdp } = await a.createOffer();
    const changed = sdp.replace(/a=ice-ufrag:.*/, 'a=ice-ufrag:abcdefgh');
    await attempt(() => a.setLocalDescription({ type, sdp: changed }));
    note('state', a.signalingState);
  },
);

scenario(
  'an offer that is no longer what createOffer() would give',
  { spec: spec.setLocal },
  async ({ pc, attempt, note, table }) => {
    const a = pc();
    a.addTransceiver('audio');
    const first = await a.createOffer();
    a.addTransceiver('video');
    await attempt(() => a.setLocalDescription(first));
    note('state', a.signalingState);
    table(a);
  },
);

scenario(
  'an older offer that a newer one has replaced',
  { spec: spec.setLocal },
  async ({ pc, attempt, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    const first = await a.createOffer();
    a.addTransceiver('video');
    await a.createOffer();
    await attempt(() => a.setLocalDescription(first));
    note('state', a.signalingState);
  },
);

scenario(
  'an answer with fewer sections than the offer',
  { spec: spec.jsepParse },
  async ({ pc, attempt, note }) => {
    const a = pc();
    a.addTransceiver('audio');
    a.addTransceiver('video');
    await a.setLocalDescription();
    await attempt(() =>
      a.setRemoteDescription({ type: 'answer', sdp: kAudioOffer.replace('actpass', 'active') }),
    );
    note('state', a.signalingState);
  },
);

scenario(
  'an answer with its sections in another order',
  { spec: spec.jsepParse },
  async ({ pc, attempt, note, offer }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    a.addTransceiver('video');
    await offer(a, b);
    const { sdp } = await b.createAnswer();
    const [head, first, second] = sdp.split(/(?=m=)/);
    await attempt(() => a.setRemoteDescription({ type: 'answer', sdp: head + second + first }));
    note('state', a.signalingState);
  },
);

scenario(
  'an answer without a fingerprint',
  { spec: spec.jsepParse },
  async ({ pc, attempt, note, offer }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await offer(a, b);
    const { sdp } = await b.createAnswer();
    await attempt(() =>
      a.setRemoteDescription({ type: 'answer', sdp: sdp.replace(/a=fingerprint.*\r\n/g, '') }),
    );
    note('state', a.signalingState);
  },
);

scenario(
  'an answer that leaves the DTLS role open',
  { spec: spec.jsepParse },
  async ({ pc, attempt, note, offer }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await offer(a, b);
    const { sdp } = await b.createAnswer();
    await attempt(() =>
      a.setRemoteDescription({ type: 'answer', sdp: sdp.replace(/setup:\w+/g, 'setup:actpass') }),
    );
    note('state', a.signalingState);
  },
);

for (const [label, line] of /** @type {[string, string][]} */ ([
  ['an attribute nobody knows', 'a=x-unheard-of:7'],
  ['a bandwidth', 'b=AS:300'],
  ['a title', 'i=title'],
])) {
  scenario(`an offer with ${label}`, { spec: spec.jsepParse }, async ({ pc, attempt }) => {
    const b = pc();
    const sdp = line.startsWith('a=') ? `${kAudioOffer}${line}\r\n` : withLine(kAudioOffer, line);
    await attempt(() => b.setRemoteDescription({ type: 'offer', sdp }));
    await attempt(() => b.createAnswer());
  });
}

scenario(
  'the descriptions are new objects with each exchange, and the same between',
  { spec: spec.pc },
  async ({ pc, note, negotiate }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    const first = a.remoteDescription;
    note('the same object', a.remoteDescription === first);
    note('remote is current', a.remoteDescription === a.currentRemoteDescription);
    await negotiate(a, b);
    note('another object later', a.remoteDescription !== first);
  },
);

scenario(
  'RTCSessionDescription is made of what it is given',
  { spec: `${spec.pc}#rtcsessiondescription-class` },
  async ({ api, outcome }) => {
    const { RTCSessionDescription } = api;
    await outcome('offer', () => new RTCSessionDescription({ type: 'offer', sdp: 'x' }).toJSON());
    await outcome('no sdp', () => new RTCSessionDescription({ type: 'rollback' }).toJSON());
    await outcome('a bad type', () => new RTCSessionDescription({ type: 'bad' }));
    await outcome('not an object', () => new RTCSessionDescription('offer'));
  },
);

scenario(
  'RTCSessionDescription needs a type',
  { spec: `${spec.pc}#dom-rtcsessiondescriptioninit` },
  async ({ api, outcome }) => {
    const { RTCSessionDescription } = api;
    await outcome('no argument', () => new RTCSessionDescription().toJSON());
    await outcome('no type', () => new RTCSessionDescription({ sdp: '' }).toJSON());
  },
);
