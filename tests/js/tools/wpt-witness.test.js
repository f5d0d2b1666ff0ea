import { knownDifferences } from '../../../js/compare/index.js';
import { readExpectations, surprises } from '../../../tools/wpt/expectations.mjs';
import { readWitnesses } from '../../../tools/wpt/witness.mjs';

const testimonies = readWitnesses();
const witnessed = knownDifferences.filter(({ wpt }) => wpt.length > 0);

test('what subtests came to is kept of those that are named, and of no others', () => {
  const named = witnessed.flatMap(({ wpt }) => wpt);
  expect([...new Set(named)].sort()).toEqual(Object.keys(testimonies).sort());
});

test.each(witnessed.map((one) => [one.id, one]))(
  'web-platform-tests decide %s for us, and against Chromium where it differs',
  (_, { wpt, browsers, verdict }) => {
    expect(['browser', 'allowed']).toContain(verdict);
    for (const subtest of wpt) {
      const chromium = browsers.includes('chromium') ? 'fails' : expect.any(String);
      expect({ subtest, ...testimonies[subtest] }).toEqual({ subtest, ours: 'passes', chromium });
    }
  },
);

test('no witness is among the failures that we expect of ours', () => {
  const expectations = readExpectations();
  for (const subtest of Object.keys(testimonies)) {
    const path = subtest.slice(0, subtest.indexOf(': '));
    const tests = [{ name: subtest.slice(path.length + 2), status: 'PASS', message: null }];
    const results = new Map([[path, { status: 'OK', message: null, ms: 0, tests }]]);
    const wrong = surprises(expectations, 'page', results);
    expect(wrong.filter((line) => line.startsWith('unexpected pass'))).toEqual([]);
  }
});
