// Scenarios of js/compare on Chromium's own implementation and on ours: `npm run compare` runs all.

import { useChromium } from './support/browser.js';

const suite = useChromium();

const kNames = [
  'an offer of tracks that are sent',
  'an exchange, with all that changes',
  'track events come before the promise of setRemoteDescription()',
  'an offer that script has changed',
  'rollback of a remote offer takes its transceivers away',
  'streams come and go with the directions of the peer',
  'stop() in a session takes two exchanges of states',
  'a channel that the near side closes',
  'the states of a session that connects',
  'addIceCandidate() with a candidate',
  'an offer with a ufrag that is too short',
];

test('Native and ours differ in nothing that is not explained', async () => {
  const page = await suite.open();
  const results = await page.evaluate(async (names) => {
    const { compareScenario, explain, knownDifferences, scenarios } =
      await import('/js/compare/index.js');
    const ours = await import('/js/index.js');
    const results = [];
    for (const name of names) {
      const scenario = scenarios.find((one) => one.name === name);
      const compared = await compareScenario(scenario, { native: globalThis, ours });
      const { verdict, known, differences, rows } = explain(compared, 'chromium', knownDifferences);
      const unknown = differences.filter((_, index) => known[index] === null);
      results.push({ name, verdict, unknown, rows: rows.length });
    }
    return results;
  }, kNames);
  expect(results.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
  expect(results.every(({ rows }) => rows > 2)).toBe(true);
  const verdictOf = (name) => results.find((one) => one.name === name).verdict;
  expect(verdictOf('an exchange, with all that changes')).toBe('same');
  // Chromium lets scripts do that.
  expect(verdictOf('an offer that script has changed')).toBe('explained');
});

test('A few lines make a scenario, and what differs is told', async () => {
  const page = await suite.open();
  const { same, differences } = await page.evaluate(async () => {
    const { compareScenario, scenario } = await import('/js/compare/index.js');
    const ours = await import('/js/index.js');
    const closing = scenario(
      'the state of a channel in the task of close()',
      { spec: 'https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-close' },
      async ({ connect, note }) => {
        const [a] = await connect();
        const channel = a.createDataChannel('x');
        a.close();
        note('state', channel.readyState);
      },
    );
    return compareScenario(closing, { native: globalThis, ours });
  });
  expect(same).toBe(false);
  expect(differences).toMatchObject([{ path: 'main › note state', right: 'closed' }]);
});
