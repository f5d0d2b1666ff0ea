// Transceivers, their senders and receivers, and changes of direction.

import { subject } from '../scenario.js';
import { kAudioOffer, kVideoOffer } from './sample-sdp.js';
import { spec } from './specs.js';

const { scenario, all } = subject('transceivers', spec.transceiver);
export const transceivers = all;

const kDirections = /** @type {const} */ (['sendrecv', 'sendonly', 'recvonly', 'inactive']);

scenario(
  'addTransceiver() with a kind, or with a track',
  { spec: spec.addTransceiver },
  async ({ pc, track, table }) => {
    const a = pc();
    a.addTransceiver('audio');
    a.addTransceiver(track('video'), { direction: 'sendonly' });
    table(a);
  },
);

for (const [label, args] of /** @type {[string, any[]][]} */ ([
  ['no argument', []],
  ['an unknown kind', ['smell']],
  ['an unknown direction', ['audio', { direction: 'sideways' }]],
  ['the direction stopped', ['audio', { direction: 'stopped' }]],
  ['a rid that is too long', ['video', { sendEncodings: [{ rid: 'x'.repeat(300) }] }]],
  ['a rid with a bad character', ['video', { sendEncodings: [{ rid: 'a b' }] }]],
  ['a rid twice', ['video', { sendEncodings: [{ rid: 'a' }, { rid: 'a' }] }]],
  ['a rid in one of two encodings', ['video', { sendEncodings: [{ rid: 'a' }, {}] }]],
  ['a scale below one', ['video', { sendEncodings: [{ scaleResolutionDownBy: 0.5 }] }]],
  ['a negative frame rate', ['video', { sendEncodings: [{ maxFramerate: -1 }] }]],
  ['a scale for sound', ['audio', { sendEncodings: [{ scaleResolutionDownBy: 2 }] }]],
])) {
  scenario(
    `addTransceiver() with ${label}`,
    { spec: spec.addTransceiver },
    async ({ pc, attempt, note }) => {
      const a = pc();
      await attempt(() => a.addTransceiver(.../** @type {['audio']} */ (args)));
      note('transceivers', a.getTransceivers().length);
    },
  );
}

scenario(
  'addTrack() takes a transceiver that does not send yet',
  { spec: spec.addTrack },
  async ({ pc, track, table }) => {
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kAudioOffer });
    b.addTrack(track('audio'));
    table(b);
  },
);

scenario(
  'addTrack() leaves what addTransceiver() made alone',
  { spec: spec.addTrack },
  async ({ pc, track, table }) => {
    const a = pc();
    const transceiver = a.addTransceiver('audio');
    await transceiver.sender.replaceTrack(track('audio'));
    await transceiver.sender.replaceTrack(null);
    a.addTrack(track('audio'));
    table(a);
  },
);

scenario(
  'addTrack() with a track that is sent already',
  { spec: spec.addTrack },
  async ({ pc, track, attempt, note }) => {
    const a = pc();
    const sound = track('audio');
    a.addTrack(sound);
    await attempt(() => a.addTrack(sound));
    note('senders', a.getSenders().length);
  },
);

scenario(
  'removeTrack() and what is left of the transceiver',
  { spec: spec.removeTrack },
  async ({ pc, track, table, step, attempt }) => {
    const a = pc();
    const sender = a.addTrack(track('audio'));
    a.removeTrack(sender);
    table(a);
    await step('again');
    await attempt(() => a.removeTrack(sender));
    await step('of another connection');
    const b = pc();
    const other = b.addTrack(track('audio'));
    await attempt(() => a.removeTrack(other));
  },
);

for (const from of kDirections) {
  for (const to of kDirections) {
    if (from === to) continue;
    scenario(
      `an answerer goes from ${from} to ${to}`,
      { spec: spec.direction, lanes: ['media'] },
      async ({ pc, negotiate, step, table, idle, offer, answer }) => {
        const [a, b] = [pc(), pc()];
        a.addTransceiver('audio');
        await offer(a, b);
        b.getTransceivers()[0].direction = from;
        await answer(b, a);
        table(a);
        await step(to);
        b.getTransceivers()[0].direction = to;
        await negotiate(b, a);
        await idle();
        table(a);
        table(b);
      },
    );
  }
}

for (const offered of kDirections) {
  for (const wanted of kDirections) {
    scenario(
      `${offered} is offered to who wants ${wanted}`,
      { spec: spec.jsepAnswer },
      async ({ pc, table, note, offer, answer }) => {
        const [a, b] = [pc(), pc()];
        a.addTransceiver('video', { direction: offered });
        await offer(a, b);
        const [transceiver] = b.getTransceivers();
        note('made with', [transceiver.direction, transceiver.currentDirection]);
        transceiver.direction = wanted;
        await answer(b, a);
        table(a);
        table(b);
      },
    );
  }
}

scenario('a direction that is none', { spec: spec.direction }, async ({ pc, attempt, note }) => {
  const a = pc();
  const transceiver = a.addTransceiver('audio');
  await attempt(() => (transceiver.direction = /** @type {any} */ ('upwards')));
  await attempt(() => (transceiver.direction = /** @type {any} */ ('stopped')));
  note('direction', transceiver.direction);
});

scenario(
  'stop() of a transceiver that was never negotiated',
  { spec: spec.stop, lanes: ['media'] },
  async ({ pc, table, idle, note, attempt }) => {
    const a = pc();
    const transceiver = a.addTransceiver('audio');
    transceiver.stop();
    note('direction', [transceiver.direction, transceiver.currentDirection]);
    await attempt(() => transceiver.stop());
    await attempt(() => (transceiver.direction = 'sendonly'));
    await idle();
    table(a);
  },
);

scenario(
  'stop() in a session takes two exchanges of states',
  { spec: spec.stop, lanes: ['media'] },
  async ({ pc, negotiate, table, step }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    a.addTransceiver('video');
    await negotiate(a, b);
    await step('stop');
    const stopped = a.getTransceivers()[1];
    stopped.stop();
    table(a);
    await step('negotiated');
    await negotiate(a, b);
    table(a);
    table(b);
  },
);

scenario(
  'a peer that rejects a section stops its transceiver',
  { spec: spec.jsepAnswer, lanes: ['media'] },
  async ({ pc, table, offer, answer }) => {
    const [a, b] = [pc(), pc()];
    a.addTransceiver('audio');
    a.addTransceiver('video');
    await offer(a, b);
    b.getTransceivers()[1].stop();
    await answer(b, a);
    table(a);
    table(b);
  },
);

scenario(
  'a section that was rejected is used again',
  { spec: spec.jsepOffer },
  async ({ pc, negotiate, table }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    a.addTransceiver('audio');
    await negotiate(a, b);
    a.getTransceivers()[0].stop();
    await negotiate(a, b);
    a.addTransceiver('video');
    await negotiate(a, b);
    table(a);
  },
);

scenario(
  'replaceTrack() and what it refuses',
  { spec: spec.replaceTrack, tasks: true },
  async ({ pc, track, table, attempt, step }) => {
    const a = pc();
    const { sender } = a.addTransceiver('audio');
    await sender.replaceTrack(track('audio'));
    table(a);
    await step('another kind');
    await attempt(() => sender.replaceTrack(track('video')));
    await step('nothing');
    await sender.replaceTrack(null);
    table(a);
    await step('when stopped');
    a.getTransceivers()[0].stop();
    await attempt(() => sender.replaceTrack(track('audio')));
  },
);

scenario(
  'replaceTrack() in a session needs no negotiation',
  { spec: spec.replaceTrack, lanes: ['needed'] },
  async ({ pc, track, negotiate, table, step, idle }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'));
    await negotiate(a, b);
    await step('another track');
    await a.getSenders()[0].replaceTrack(track('audio'));
    await idle();
    table(a);
  },
);

scenario(
  'setStreams() shows in the next offer',
  { spec: spec.setStreams },
  async ({ pc, track, stream, negotiate, step }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('audio'), stream());
    await negotiate(a, b);
    await step('other streams');
    a.getSenders()[0].setStreams(stream(), stream());
    await negotiate(a, b);
  },
);

scenario(
  'streams come and go with the directions of the peer',
  { spec: spec.setDescription, tasks: true },
  async ({ pc, track, stream, negotiate, step, note }) => {
    const [a, b] = [pc(), pc()];
    const one = stream();
    a.addTrack(track('audio'), one);
    const sender = a.addTrack(track('video'), one);
    /** @type {any[]} */
    const streams = [];
    b.addEventListener('track', (/** @type {any} */ event) => streams.push(...event.streams));
    await negotiate(a, b);
    note('tracks', streams[0].getTracks().length);
    await step('without the picture');
    a.removeTrack(sender);
    await negotiate(a, b);
    note('tracks', streams[0].getTracks().length);
    await step('with the picture');
    a.getTransceivers()[1].direction = 'sendrecv';
    await negotiate(a, b);
    note('tracks', streams[0].getTracks().length);
  },
);

scenario(
  'a remote offer makes transceivers that do not send',
  { spec: spec.setDescription },
  async ({ pc, table }) => {
    const b = pc();
    await b.setRemoteDescription({ type: 'offer', sdp: kVideoOffer });
    table(b);
  },
);

scenario(
  'a section without a codec in common is rejected',
  { spec: spec.jsepAnswer },
  async ({ pc, table, attempt }) => {
    const b = pc();
    const sdp = kVideoOffer.replace('VP8', 'FANTASY');
    await attempt(() => b.setRemoteDescription({ type: 'offer', sdp }));
    await attempt(() => b.createAnswer());
    table(b);
  },
);

scenario(
  'codec preferences order and limit an offer',
  { spec: spec.codecPreferences },
  async ({ pc, api }) => {
    const a = pc();
    const { codecs } = api.RTCRtpReceiver.getCapabilities('audio');
    const named = (/** @type {string} */ name) =>
      codecs.find((/** @type {any} */ { mimeType }) => mimeType.toLowerCase() === `audio/${name}`);
    a.addTransceiver('audio').setCodecPreferences([named('pcmu'), named('opus')]);
    await a.createOffer();
  },
);

scenario(
  'codec preferences that name none, or nothing known',
  { spec: spec.codecPreferences },
  async ({ pc, attempt }) => {
    const a = pc();
    const transceiver = a.addTransceiver('audio');
    await attempt(() => transceiver.setCodecPreferences([]));
    await attempt(() => transceiver.setCodecPreferences([{ mimeType: 'audio/x', clockRate: 1 }]));
    await attempt(() => transceiver.setCodecPreferences(/** @type {any} */ (null)));
  },
);

scenario(
  'parameters of a sender that has not been negotiated',
  { spec: spec.setParameters },
  async ({ pc, note }) => {
    const a = pc();
    const { sender } = a.addTransceiver('video', { sendEncodings: [{ maxBitrate: 100000 }] });
    const { encodings, codecs, headerExtensions, rtcp } = sender.getParameters();
    note('encodings', encodings);
    note('nothing negotiated', [codecs.length, headerExtensions.length]);
    note('rtcp', rtcp);
  },
);

scenario('parameters with three encodings', { spec: spec.addTransceiver }, async ({ pc, note }) => {
  const a = pc();
  const { sender } = a.addTransceiver('video', {
    sendEncodings: [{ rid: 'a' }, { rid: 'b', active: false }, { rid: 'c', maxBitrate: 9000 }],
  });
  note('encodings', sender.getParameters().encodings);
});

scenario(
  'setParameters() and what it refuses',
  { spec: spec.setParameters, tasks: true },
  async ({ pc, attempt, step, note }) => {
    const a = pc();
    const { sender } = a.addTransceiver('video');
    const change = async (
      /** @type {string} */ label,
      /** @type {(parameters: any) => void} */ edit,
    ) => {
      await step(label);
      const parameters = sender.getParameters();
      edit(parameters);
      await attempt(() => sender.setParameters(parameters));
    };
    await change('as they are', () => {});
    await change('a bitrate', ({ encodings }) => (encodings[0].maxBitrate = 5000));
    await change('no encodings', (parameters) => (parameters.encodings = []));
    await change('one encoding more', ({ encodings }) => encodings.push({ active: true }));
    await change('another transaction', (parameters) => (parameters.transactionId = 'x'));
    await change(
      'a scale below one',
      ({ encodings }) => (encodings[0].scaleResolutionDownBy = 0.1),
    );
    note('encodings', sender.getParameters().encodings);
  },
);

scenario(
  'setParameters() without getParameters()',
  { spec: spec.setParameters },
  async ({ pc, attempt, idle }) => {
    const a = pc();
    const { sender } = a.addTransceiver('video');
    const parameters = sender.getParameters();
    await sender.setParameters(parameters);
    await idle();
    await attempt(() => sender.setParameters(parameters));
  },
);

scenario(
  'an answer that takes part of a simulcast',
  { spec: spec.setDescription },
  async ({ pc, attempt, note }) => {
    const [a, b] = [pc(), pc()];
    const { sender } = a.addTransceiver('video', { sendEncodings: [{ rid: 'l' }, { rid: 'h' }] });
    await a.setLocalDescription();
    await b.setRemoteDescription({ type: 'offer', sdp: withoutSimulcast(a.localDescription.sdp) });
    await b.setLocalDescription();
    await attempt(() => a.setRemoteDescription(b.localDescription));
    note('encodings', sender.getParameters().encodings.length);
  },
);

/** @param {string} sdp */
const withoutSimulcast = (sdp) => sdp.replace(/a=(?:rid|simulcast):.*\r\n/g, '');

scenario(
  'what receivers tell before anything came',
  { spec: spec.receiver },
  async ({ pc, note }) => {
    const a = pc();
    const { receiver } = a.addTransceiver('audio');
    note('contributing', receiver.getContributingSources());
    note('synchronization', receiver.getSynchronizationSources());
    note('track', [receiver.track.kind, receiver.track.muted, receiver.track.readyState]);
    note('transport', receiver.transport);
  },
);

scenario(
  'tracks unmute when media comes and mute when it ends',
  { spec: spec.receiver, lanes: ['media'] },
  async ({ pc, track, connect, until, negotiate, step }) => {
    const [a, b] = [pc(), pc()];
    const sender = a.addTrack(track('video'));
    await connect(a, b);
    const [receiver] = b.getReceivers();
    await until(receiver.track, 'unmute', () => !receiver.track.muted);
    await step('removed');
    a.removeTrack(sender);
    await negotiate(a, b);
    await until(receiver.track, 'mute', () => receiver.track.muted);
  },
);

scenario(
  'tones that cannot be sent, and their buffer',
  { spec: spec.dtmf },
  async ({ pc, attempt, note, outcome }) => {
    const a = pc();
    const { sender } = a.addTransceiver('audio');
    note('of a picture', a.addTransceiver('video').sender.dtmf);
    note('buffer', sender.dtmf.toneBuffer);
    await outcome('a bad character', () => sender.dtmf.insertDTMF('x!'));
    await attempt(() => sender.dtmf.insertDTMF('1'));
  },
);
