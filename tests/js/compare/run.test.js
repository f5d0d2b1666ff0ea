import { compareScenario, runScenario, scenario } from '../../../js/compare/index.js';
import { fakeImplementation } from './fake-implementation.js';

const kSpec = { spec: 'https://w3c.github.io/webrtc-pc/' };
const offers = scenario('offers', kSpec, async ({ pc }) => {
  const a = pc();
  await a.createOffer();
  await a.setLocalDescription();
});

test('A trace has calls, settlements, states and events in the order in which script saw them', async () => {
  const { entries } = await runScenario(offers, fakeImplementation());
  expect(entries.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'call createOffer',
    'settle createOffer',
    'call setLocalDescription',
    'state signalingState',
    'event signalingstatechange',
    'settle setLocalDescription',
    'end end',
  ]);
  const [call, settled] = entries;
  expect(settled.call).toBe(call.call);
  expect(entries.find(({ kind }) => kind === 'state')).toMatchObject({
    on: 'pc1',
    value: 'have-local-offer',
  });
});

test('What comes in one task has one number', async () => {
  const { entries } = await runScenario(offers, fakeImplementation());
  const task = (kind, name) => entries.find((one) => one.kind === kind && one.name === name).task;
  expect(task('event', 'signalingstatechange')).toBe(task('settle', 'setLocalDescription'));
  expect(task('event', 'signalingstatechange')).not.toBe(task('settle', 'createOffer'));
});

test('A trace is JSON', async () => {
  const trace = await runScenario(offers, fakeImplementation(), { name: 'fake' });
  expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
});

test('Two runs of one implementation do not differ, though its offers do', async () => {
  const both = { one: fakeImplementation(), other: fakeImplementation() };
  const { same, traces } = await compareScenario(offers, both);
  expect(same).toBe(true);
  const [one, other] = traces.map(({ entries }) => entries[1].value.value.sdp.$sdp);
  expect(one).not.toBe(other);
});

test('Another state is a difference, with the path to it', async () => {
  const left = fakeImplementation();
  const right = fakeImplementation({ state: 'have-remote-offer' });
  const { same, differences } = await compareScenario(offers, { left, right });
  expect(same).toBe(false);
  expect(differences).toEqual([
    {
      path: 'main › state pc1.signalingState',
      step: '',
      left: 'have-local-offer',
      right: 'have-remote-offer',
      kind: 'changed',
    },
  ]);
});

test('An event that one side alone fires is a difference where it is asked about', async () => {
  const sides = { left: fakeImplementation({ extra: true }), right: fakeImplementation() };
  expect((await compareScenario(offers, sides)).same).toBe(true);
  const asking = scenario('asks', { ...kSpec, lanes: ['needed'] }, offers.body);
  const { differences } = await compareScenario(asking, sides);
  expect(differences).toMatchObject([
    { path: 'main › event negotiationneeded at pc1', kind: 'left only' },
  ]);
});

test('Errors are compared by name and kind, not by their text', async () => {
  const failing = (error) => fakeImplementation({ fails: error });
  const attempts = scenario('attempts', kSpec, ({ pc, attempt }) =>
    attempt(() => pc().setLocalDescription()),
  );
  const compare = (left, right) => compareScenario(attempts, { left, right });
  const state = (text) => failing(new DOMException(text, 'InvalidStateError'));
  expect((await compare(state('one text'), state('another'))).same).toBe(true);
  expect((await compare(state('one'), state(''))).differences).toMatchObject([
    { path: 'main › settled pc1.setLocalDescription › rejected.message', left: 'some' },
  ]);
  const { differences } = await compare(state('x'), failing(new TypeError('x')));
  expect(differences.map(({ left, right }) => [left, right])).toEqual([
    ['InvalidStateError', 'TypeError'],
    ['DOMException', 'TypeError'],
  ]);
});

test('An error that leaves the body ends the trace', async () => {
  const throwing = scenario('throws', kSpec, () => {
    throw new RangeError('too far');
  });
  const { entries } = await runScenario(throwing, fakeImplementation());
  expect(entries.at(-1)).toMatchObject({ kind: 'end', value: { $error: { name: 'RangeError' } } });
});

test('A scenario that does not end is ended', async () => {
  const endless = scenario('endless', { ...kSpec, timeout: 1 }, () => new Promise(() => {}));
  const { entries } = await runScenario(endless, fakeImplementation());
  expect(entries.at(-1).value.$error.message).toBe('it took more than 1 ms');
});

test('A scenario needs a name, a link and a body', () => {
  expect(() => scenario('', kSpec, () => {})).toThrow(TypeError);
  expect(() => scenario('x', { spec: 'nowhere' }, () => {})).toThrow('link');
  expect(() => scenario('x', kSpec)).toThrow('body');
});

test('Two implementations are compared, no more and no less', async () => {
  await expect(compareScenario(offers, { one: fakeImplementation() })).rejects.toThrow(TypeError);
});
