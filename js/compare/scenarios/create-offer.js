// createOffer()'s page, line by line.

import { subject } from '../scenario.js';
import { spec } from './specs.js';

const { scenario, all } = subject('createOffer', spec.createOffer);
export const createOffer = all;

scenario('an offer of a connection that has nothing to say', {}, async ({ pc }) => {
  await pc().createOffer();
});

scenario('an offer of sound to be received', {}, async ({ pc }) => {
  const a = pc();
  a.addTransceiver('audio', { direction: 'recvonly' });
  await a.createOffer();
});

scenario('an offer of a picture to be received', {}, async ({ pc }) => {
  const a = pc();
  a.addTransceiver('video', { direction: 'recvonly' });
  await a.createOffer();
});

scenario('an offer of tracks that are sent', {}, async ({ pc, track, stream }) => {
  const a = pc();
  const [sound, picture] = [track('audio'), track('video')];
  const both = stream(sound, picture);
  a.addTrack(sound, both);
  a.addTrack(picture, both);
  await a.createOffer();
});

scenario(
  'an offer of a data channel',
  { spec: '#dom-peerconnection-createdatachannel' },
  async ({ pc }) => {
    const a = pc();
    a.createDataChannel('x');
    await a.createOffer();
  },
);

scenario('media sections come in the order in which they were asked for', {}, async ({ pc }) => {
  const a = pc();
  a.addTransceiver('video');
  a.createDataChannel('x');
  a.addTransceiver('audio');
  await a.createOffer();
});

for (const direction of /** @type {const} */ (['sendrecv', 'sendonly', 'recvonly', 'inactive'])) {
  scenario(
    `an offer of a transceiver that is ${direction}, without a track`,
    { spec: spec.jsepOffer },
    async ({ pc }) => {
      const a = pc();
      a.addTransceiver('audio', { direction });
      await a.createOffer();
    },
  );
}

scenario('createOffer() changes nothing', {}, async ({ pc, note, table, idle }) => {
  const a = pc();
  a.addTransceiver('audio');
  await a.createOffer();
  await idle();
  note('descriptions', [a.localDescription, a.pendingLocalDescription, a.currentLocalDescription]);
  table(a);
});

scenario('two offers of one state agree', {}, async ({ pc, note }) => {
  const a = pc();
  a.addTransceiver('audio');
  const [first, second] = [await a.createOffer(), await a.createOffer()];
  const part = (/** @type {any} */ offer, /** @type {RegExp} */ line) => line.exec(offer.sdp)?.[1];
  note('same ufrag', part(first, /a=ice-ufrag:(.*)/) === part(second, /a=ice-ufrag:(.*)/));
  note('same session', part(first, /o=\S+ (\d+)/) === part(second, /o=\S+ (\d+)/));
  note('same text', first.sdp === second.sdp);
});

scenario(
  'a second negotiation counts the session version up',
  { spec: spec.jsepOffer },
  async ({ pc, note, negotiate }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    a.addTransceiver('audio');
    const next = await a.createOffer();
    const origin = (/** @type {any} */ { sdp }) => /o=\S+ (\d+) (\d+)/.exec(sdp) ?? [];
    const [, session, version] = origin(a.localDescription);
    const [, nextSession, nextVersion] = origin(next);
    note('one session', session === nextSession);
    note('a later version', BigInt(nextVersion) > BigInt(version));
  },
);

scenario(
  'offers that are asked for at once come one after the other',
  { spec: spec.chain, tasks: true },
  async ({ pc, note }) => {
    const a = pc();
    /** @type {number[]} */
    const order = [];
    await Promise.all([1, 2, 3].map((n) => a.createOffer().then(() => order.push(n))));
    note('order', order);
  },
);

scenario(
  'what is added after the call, before the offer is there',
  { spec: spec.chain },
  async ({ pc }) => {
    const a = pc();
    a.addTransceiver('audio');
    const offer = a.createOffer();
    a.addTransceiver('video');
    await offer;
  },
);

scenario('an offer while one of ours is pending', {}, async ({ pc }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.setLocalDescription();
  await a.createOffer();
});

scenario('an offer while one of theirs is pending', {}, async ({ pc, attempt }) => {
  const [a, b] = [pc(), pc()];
  a.createDataChannel('x');
  await b.setRemoteDescription(await a.createOffer());
  await attempt(() => b.createOffer());
});

scenario('an offer of a connection that is closed', {}, async ({ pc, attempt }) => {
  const a = pc();
  a.close();
  await attempt(() => a.createOffer());
});

scenario('a connection that is closed while its offer is made', {}, async ({ pc, note, idle }) => {
  const a = pc();
  let settled = 'never';
  a.createOffer().then(
    () => (settled = 'fulfilled'),
    () => (settled = 'rejected'),
  );
  a.close();
  await idle();
  note('settled', settled);
});

for (const [label, options] of /** @type {[string, any][]} */ ([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a number', 7],
  ['a string', 'audio'],
  ['an unknown member', { offerToReceiveSmell: true }],
])) {
  scenario(`options that are ${label}`, {}, async ({ pc, attempt }) => {
    const a = pc();
    a.addTransceiver('audio');
    await attempt(() => a.createOffer(options));
  });
}

for (const kind of /** @type {const} */ (['Audio', 'Video'])) {
  for (const value of [true, false]) {
    scenario(
      `offerToReceive${kind}: ${value} on a new connection`,
      { spec: spec.legacyOptions },
      async ({ pc, table }) => {
        const a = pc();
        await a.createOffer({ [`offerToReceive${kind}`]: value });
        table(a);
      },
    );
  }
  scenario(
    `offerToReceive${kind}: false takes reception from what sends`,
    { spec: spec.legacyOptions },
    async ({ pc, track, table }) => {
      const a = pc();
      a.addTrack(track(/** @type {'audio'} */ (kind.toLowerCase())));
      await a.createOffer({ [`offerToReceive${kind}`]: false });
      table(a);
    },
  );
}

scenario(
  'offerToReceiveAudio: true with a transceiver that receives already',
  { spec: spec.legacyOptions },
  async ({ pc, table }) => {
    const a = pc();
    a.addTransceiver('audio', { direction: 'sendonly' });
    a.addTransceiver('audio', { direction: 'recvonly' });
    await a.createOffer({ offerToReceiveAudio: true });
    table(a);
  },
);

scenario(
  'offerToReceiveVideo as a number',
  { spec: spec.legacyOptions },
  async ({ pc, table, attempt }) => {
    const a = pc();
    await attempt(() => a.createOffer({ offerToReceiveVideo: /** @type {any} */ (2) }));
    table(a);
  },
);

scenario('iceRestart before anything was negotiated', { spec: spec.restart }, async ({ pc }) => {
  const a = pc();
  a.createDataChannel('x');
  await a.createOffer({ iceRestart: true });
});

scenario(
  'iceRestart gives new credentials',
  { spec: spec.jsepRestart },
  async ({ pc, negotiate, step }) => {
    const [a, b] = [pc(), pc()];
    a.createDataChannel('x');
    await negotiate(a, b);
    await step('without');
    await a.createOffer();
    await step('with');
    await a.createOffer({ iceRestart: true });
  },
);

scenario('callbacks instead of a promise', { spec: spec.legacy }, async ({ pc, note, idle }) => {
  const a = pc();
  /** @type {string[]} */
  const told = [];
  const given = a.createOffer(
    (/** @type {any} */ offer) => told.push(offer.type),
    () => told.push('failure'),
  );
  note('resolves with', await given);
  await idle();
  note('told', told);
});

scenario(
  'callbacks when the offer cannot be made',
  { spec: spec.legacy },
  async ({ pc, note, attempt, idle }) => {
    const a = pc();
    a.close();
    /** @type {string[]} */
    const told = [];
    await attempt(() =>
      a.createOffer(
        () => told.push('success'),
        (/** @type {any} */ error) => told.push(error.name),
      ),
    );
    await idle();
    note('told', told);
  },
);

scenario('one callback alone', { spec: spec.legacy }, async ({ pc, attempt }) => {
  const a = pc();
  await attempt(() => /** @type {any} */ (a).createOffer(() => {}));
});

scenario(
  'a transceiver that was stopped is left out',
  { spec: spec.stop },
  async ({ pc, table }) => {
    const a = pc();
    a.addTransceiver('audio');
    a.addTransceiver('video').stop();
    await a.createOffer();
    table(a);
  },
);

scenario('simulcast is offered with its rids', { spec: spec.addTransceiver }, async ({ pc }) => {
  const a = pc();
  a.addTransceiver('video', {
    direction: 'sendonly',
    sendEncodings: [
      { rid: 'q', scaleResolutionDownBy: 4 },
      { rid: 'h', scaleResolutionDownBy: 2 },
      { rid: 'f', active: false },
    ],
  });
  await a.createOffer();
});

scenario('a track in several streams', { spec: spec.jsepOffer }, async ({ pc, track, stream }) => {
  const a = pc();
  const sound = track('audio');
  a.addTrack(sound, stream(), stream());
  await a.createOffer();
});

for (const bundlePolicy of /** @type {const} */ (['balanced', 'max-compat', 'max-bundle'])) {
  scenario(`bundlePolicy ${bundlePolicy} in an offer`, { spec: spec.jsepOffer }, async ({ pc }) => {
    const a = pc({ bundlePolicy });
    a.addTransceiver('audio');
    a.addTransceiver('audio');
    a.addTransceiver('video');
    a.createDataChannel('x');
    await a.createOffer();
  });
}
