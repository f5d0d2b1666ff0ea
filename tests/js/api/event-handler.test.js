import { interfaces } from '../../../js/api/interfaces.js';
import { configure } from '../../../js/api/runtime.js';
import { FakeNetwork, useFakeEngine } from './fake-engine.js';

const type = 'signalingstatechange';
const attribute = 'onsignalingstatechange';

let pc;

beforeEach(() => {
  useFakeEngine();
  configure({ network: new FakeNetwork() });
  pc = new interfaces.RTCPeerConnection();
});

afterEach(() => pc.close());

test('An event handler attribute is null at first and again for whatever is no object', () => {
  expect(pc[attribute]).toBe(null);
  for (const value of [undefined, 5, 'text', true, Symbol('s')]) {
    pc[attribute] = () => {};
    pc[attribute] = value;
    expect(pc[attribute]).toBe(null);
  }
});

test('An object that cannot be called is kept and does nothing', () => {
  const object = {
    handleEvent() {
      throw new Error('must not be called');
    },
  };
  pc[attribute] = object;
  expect(pc[attribute]).toBe(object);
  pc.dispatchEvent(new Event(type));
});

test('A handler keeps its place among the listeners while it is replaced', () => {
  const calls = [];
  pc.addEventListener(type, () => calls.push('first'));
  pc[attribute] = () => calls.push('old');
  pc.addEventListener(type, () => calls.push('last'));
  pc[attribute] = () => calls.push('new');
  pc.dispatchEvent(new Event(type));
  expect(calls).toEqual(['first', 'new', 'last']);
});

test('A handler that was null meanwhile goes to the end', () => {
  const calls = [];
  pc[attribute] = () => calls.push('handler');
  pc.addEventListener(type, () => calls.push('listener'));
  pc[attribute] = null;
  pc[attribute] = () => calls.push('handler');
  pc.dispatchEvent(new Event(type));
  expect(calls).toEqual(['listener', 'handler']);
});

test('A handler is called with the event on its target, and false cancels', () => {
  let seen;
  pc[attribute] = function (event) {
    seen = [this, event];
    return false;
  };
  const event = new Event(type, { cancelable: true });
  expect(pc.dispatchEvent(event)).toBe(false);
  expect(seen).toEqual([pc, event]);
  expect(event.defaultPrevented).toBe(true);
});
