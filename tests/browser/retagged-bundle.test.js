// Audio first, then data, on one transport; the audio is stopped, so that another section speaks for
// the bundle. Browsers move to a new transport then, and begin their SCTP association again on it. The
// channel goes on.

import { useChromium } from './support/browser.js';
import { useFirefox } from './support/firefox.js';

const kSides = ['ours', 'theirs'];

/** Everything that can differ: who offers first, who stops, and who adds something afterwards. */
const kCombinations = kSides.flatMap((first) =>
  kSides.flatMap((stops) => [null, ...kSides].map((adds) => ({ first, stops, adds }))),
);

/** Runs in the page. */
async function play({ first, stops, adds, theirs }) {
  const pair = new harness.Pair({ theirs, configuration: { iceServers: [] } });
  pair[first].addTransceiver('audio');
  const channel = pair.channel(first, 'data');
  await pair.negotiate(first);
  const { near, far } = await channel;
  const heard = [];
  // What was sent just before a move may come again: its acknowledgement is lost with the transport.
  const nameOf = (end) => (end === near ? 'near' : 'far');
  const hear = async (end) => {
    let message = await end.next();
    while (heard.includes(`${nameOf(end)} ${message}`)) message = await end.next();
    heard.push(`${nameOf(end)} ${message}`);
  };
  const say = async (text) => {
    near.send(text);
    far.send(text);
    await hear(far);
    await hear(near);
  };
  await say('before');
  await pair.connected();
  const transports = () => [pair.ours, pair.theirs].map(({ sctp }) => sctp.transport);
  const old = transports();

  pair[stops].getTransceivers()[0].stop();
  await pair.negotiate(stops);
  await say('stopped');
  const moved = transports().map((transport, i) => ({
    isNew: transport !== old[i],
    was: old[i].state,
    is: transport.state,
  }));
  const oldIce = old[0].iceTransport.state;

  if (adds) {
    pair[adds].addTransceiver('video');
    await pair.negotiate(adds);
    await say('added');
  }
  await pair.negotiate('ours');
  await pair.negotiate('theirs');
  await say('settled');
  await pair.connected();
  const late = await pair.channel(stops, 'late');
  late.near.send('on a new channel');
  heard.push(await late.far.next());
  return { heard, moved, oldIce, problems: pair.problems };
}

function expectGoesOn({ heard, moved, oldIce, problems }, { adds }) {
  const texts = ['before', 'stopped', ...(adds ? ['added'] : []), 'settled'];
  const bothWays = texts.flatMap((text) => [`far ${text}`, `near ${text}`]);
  expect(heard).toEqual([...bothWays, 'on a new channel']);
  expect(moved).toEqual([
    { isNew: true, was: 'closed', is: 'connected' },
    { isNew: true, was: 'closed', is: 'connected' },
  ]);
  expect(oldIce).toBe('closed');
  expect(problems).toEqual([]);
}

const title = ({ first, stops, adds }) =>
  `${first} offers first, ${stops} stops, ${adds ?? 'nobody'} adds`;
const named = (list) => list.map((combination) => [title(combination), combination]);

describe('With Chromium, the channel goes on when', () => {
  const suite = useChromium();

  test.each(named(kCombinations))('%s', async (_, combination) => {
    const page = await suite.open();
    const seen = await page.evaluate(play, { ...combination, theirs: 'native' });
    expectGoesOn(seen, combination);
  });
});

describe('With the package itself, the channel goes on when', () => {
  const suite = useChromium();

  test.each(named(kCombinations.filter(({ first }) => first === 'ours')))(
    '%s',
    async (_, combination) => {
      const page = await suite.open();
      const seen = await page.evaluate(play, { ...combination, theirs: 'wasm' });
      expectGoesOn(seen, combination);
    },
  );
});

describe('With Firefox, the channel goes on when', () => {
  const firefox = useFirefox();

  test.each(named(kCombinations))('%s', async (_, combination) => {
    const seen = await firefox.page.evaluate(play, { ...combination, theirs: 'native' });
    expectGoesOn(seen, combination);
  });
});
