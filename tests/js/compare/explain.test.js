import { explain, knownDifferences, scenarios, summarise } from '../../../js/compare/index.js';

const known = [
  {
    id: 'late',
    verdict: 'browser',
    why: 'It comes late.',
    spec: 'https://w3c.github.io/webrtc-pc/',
    browsers: ['chromium'],
    scenario: /^closing/,
    path: /state/,
    values: (left) => left === 'open',
  },
];
const difference = { path: 'main › note state', step: '', left: 'open', right: 'closed' };
const comparison = (name, ...differences) => ({
  scenario: name,
  same: differences.length === 0,
  differences,
});

test('A difference is explained where browser, scenario, path and values fit', () => {
  const verdict = (name, browser, one) => explain(comparison(name, one), browser, known).verdict;
  expect(verdict('closing', 'chromium', difference)).toBe('explained');
  expect(verdict('closing', 'firefox', difference)).toBe('unexplained');
  expect(verdict('opening', 'chromium', difference)).toBe('unexplained');
  expect(verdict('closing', 'chromium', { ...difference, path: 'x' })).toBe('unexplained');
  expect(verdict('closing', 'chromium', { ...difference, left: 'x' })).toBe('unexplained');
});

test('One difference that nobody knows is enough', () => {
  const result = explain(
    comparison('closing', difference, { ...difference, path: 'x' }),
    'chromium',
    known,
  );
  expect(result).toMatchObject({ known: ['late', null], verdict: 'unexplained' });
});

test('Scenarios and differences are counted', () => {
  const results = [comparison('a'), comparison('closing', difference), comparison('b', difference)];
  expect(summarise(results.map((one) => explain(one, 'chromium', known)))).toEqual({
    scenarios: 3,
    same: 1,
    explained: 1,
    unexplained: 1,
    differences: 2,
    unexplainedDifferences: 1,
  });
});

test('Every known difference has a verdict, a reason and a paragraph, and is about something', () => {
  for (const one of knownDifferences) {
    expect(one.verdict).toMatch(/^(browser|allowed|ours)$/);
    expect(one.why).toMatch(/\.$/);
    expect(one.spec).toMatch(/^https:\/\//);
    expect(one.browsers.length).toBeGreaterThan(0);
    expect(one.scenario ?? one.path).toBeInstanceOf(RegExp);
    if (one.scenario) expect(scenarios.some(({ name }) => one.scenario.test(name))).toBe(true);
  }
  expect(new Set(knownDifferences.map(({ id }) => id)).size).toBe(knownDifferences.length);
});

test('The library has a scenario for each line of its subjects, with names of their own', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(120);
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  for (const { spec } of scenarios) {
    expect(spec).toMatch(/^https:\/\/(w3c\.github\.io\/webrtc-pc\/|www\.rfc-editor\.org\/rfc\/)/);
  }
});
