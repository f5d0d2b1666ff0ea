// Offers of audio, video and data in all variants, ours answered by a browser and the browser's by
// us: each side takes what the other one says, round after round, and both see the same session.

import { offers as scenarios } from '../../tools/record-sdp/scenarios.mjs';
import { useChromium } from './support/browser.js';
import { useFirefox } from './support/firefox.js';

const kOfferers = [
  ['the package', 'ours'],
  ['the browser', 'theirs'],
];

/**
 * Plays a scenario of tools/record-sdp between the package and the page's own implementation.
 * Runs in the page.
 */
async function play({ scenario, from, answererSends }) {
  const to = from === 'ours' ? 'theirs' : 'ours';
  let refused = [];
  const withoutKnownCodecs = (sdp) =>
    sdp
      .split(/^(?=m=)/m)
      .map((part, i) =>
        refused.includes(i - 1) ? part.replaceAll(/(?<=^a=rtpmap:\d+ )[^/]+/gm, 'unknown') : part,
      )
      .join('');
  const pair = new harness.Pair({
    configuration: { iceServers: [], ...scenario.configuration },
    trickle: !scenario.gathered,
    alter: ({ type, sdp }) => ({ type, sdp: type === 'offer' ? withoutKnownCodecs(sdp) : sdp }),
  });
  const offerer = pair[from];
  const answerer = pair[to];
  const streams = new Map();
  const streamNamed = (name) => {
    if (!streams.has(name)) streams.set(name, new MediaStream());
    return streams.get(name);
  };
  const camera = () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d');
    return canvas.captureStream().getVideoTracks()[0];
  };
  const prefer = (transceiver, kind, codec) => {
    const { codecs } = transceiver.receiver.constructor.getCapabilities(kind);
    transceiver.setCodecPreferences(
      codecs.filter(({ mimeType }) => mimeType.toLowerCase() === codec.toLowerCase()),
    );
  };
  let channel;
  const add = ({ kind, direction = 'sendrecv', streams: names = ['only'], rids, codec }) => {
    if (kind === 'data') {
      channel = pair.channel(from, 'data');
      return;
    }
    const transceiver = offerer.addTransceiver(kind, {
      direction,
      streams: names.map(streamNamed),
      ...(rids ? { sendEncodings: rids.map((rid) => ({ rid })) } : {}),
    });
    if (codec) prefer(transceiver, kind, codec);
  };
  const seenBy = (pc) => ({
    state: pc.signalingState,
    transceivers: pc
      .getTransceivers()
      .filter(({ currentDirection }) => currentDirection !== 'stopped')
      .map(({ mid, receiver, currentDirection }) => ({
        mid,
        kind: receiver.track.kind,
        currentDirection,
      }))
      .sort((a, b) => Number(a.mid) - Number(b.mid)),
  });

  if (answererSends) answerer.addTrack(camera(), new MediaStream());
  const rounds = [];
  for (const [i, round] of scenario.rounds.entries()) {
    // A candidate that is late for its round has nowhere to go in the next one.
    if (i > 0) await Promise.all([pair.gathered('ours'), pair.gathered('theirs')]);
    for (const section of round.add ?? []) add(section);
    for (const at of round.stop ?? []) offerer.getTransceivers()[at].stop();
    for (const [at, direction] of Object.entries(round.turn ?? {}))
      offerer.getTransceivers()[at].direction = direction;
    for (const at of round.removeTrack ?? [])
      offerer.removeTrack(offerer.getTransceivers()[at].sender);
    refused = round.refuse ?? [];
    await pair.negotiate(from, round.restart ? { iceRestart: true } : undefined);
    rounds.push({ ours: seenBy(pair.ours), theirs: seenBy(pair.theirs) });
  }
  let message;
  if (channel) {
    const { near, far } = await channel;
    near.send('heard');
    message = await far.next();
  }
  return { rounds, message, problems: pair.problems };
}

const kReversed = { sendonly: 'recvonly', recvonly: 'sendonly' };
const reversed = (direction) => kReversed[direction] ?? direction;

function expectAgreement({ rounds, message, problems }, scenario) {
  expect(problems).toEqual([]);
  expect(rounds).toHaveLength(scenario.rounds.length);
  for (const { ours, theirs } of rounds) {
    expect(ours.state).toBe('stable');
    expect(theirs.state).toBe('stable');
    expect(theirs.transceivers).toEqual(
      ours.transceivers.map(({ currentDirection, ...rest }) => ({
        ...rest,
        currentDirection: reversed(currentDirection),
      })),
    );
  }
  const hasData = scenario.rounds.some(({ add = [] }) => add.some(({ kind }) => kind === 'data'));
  expect(message).toBe(hasData ? 'heard' : undefined);
}

const named = (list) =>
  list.map((scenario) => ({ name: scenario.name, what: scenario.what, scenario }));

describe('With Chromium', () => {
  const suite = useChromium();

  describe.each(kOfferers)('when %s offers', (_, from) => {
    test.each(named(scenarios))('$name: $what', async ({ scenario }) => {
      const page = await suite.open();
      const seen = await page.evaluate(play, { scenario, from, answererSends: false });
      expectAgreement(seen, scenario);
    });

    test('a track of the answering side goes the other way', async () => {
      const scenario = scenarios.find(({ name }) => name === 'audio-video-data');
      const page = await suite.open();
      const seen = await page.evaluate(play, { scenario, from, answererSends: true });
      expectAgreement(seen, scenario);
      expect(seen.rounds[0].ours.transceivers[1].currentDirection).toBe('sendrecv');
    });
  });
});

describe('With Firefox', () => {
  const firefox = useFirefox();

  // Its H.264 would have to be downloaded first.
  const fits = scenarios.filter(({ name }) => name !== 'h264');

  describe.each(kOfferers)('when %s offers', (_, from) => {
    test.each(named(fits))('$name: $what', async ({ scenario }) => {
      const seen = await firefox.page.evaluate(play, { scenario, from, answererSends: false });
      expectAgreement(seen, scenario);
    });
  });
});
