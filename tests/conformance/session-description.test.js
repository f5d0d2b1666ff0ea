// RTCSessionDescription: webrtc-pc 4.6.2.

import { throws } from './support/errors.js';
import { connection } from './support/resources.js';

const kTypes = ['offer', 'answer', 'pranswer', 'rollback'];

for (const type of kTypes) {
  test(`RTCSessionDescription takes the type ${type}`, () => {
    const description = new RTCSessionDescription({ type, sdp: 'v=0\r\n' });
    expect([description.type, description.sdp]).toEqual([type, 'v=0\r\n']);
  });
}

test('sdp is the empty string when it is left out', () => {
  expect(new RTCSessionDescription({ type: 'offer' }).sdp).toBe('');
  expect(new RTCSessionDescription({ type: 'offer', sdp: undefined }).sdp).toBe('');
});

for (const [what, args] of [
  ['no argument', []],
  ['null', [null]],
  ['no type', [{ sdp: '' }]],
  ['a type that is none', [{ type: 'question', sdp: '' }]],
  ['no dictionary', ['offer']],
]) {
  test(`RTCSessionDescription throws a TypeError for ${what}`, () => {
    throws(() => new RTCSessionDescription(...args), 'TypeError');
  });
}

test('toJSON() has type and sdp', () => {
  const description = new RTCSessionDescription({ type: 'offer', sdp: 'v=0\r\n' });
  const json = description.toJSON();
  expect(json).toEqual({ type: 'offer', sdp: 'v=0\r\n' });
  expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
  expect(JSON.parse(JSON.stringify(description))).toEqual(json);
});

test('type and sdp cannot be changed', () => {
  const description = new RTCSessionDescription({ type: 'offer', sdp: 'v=0\r\n' });
  throws(() => (description.type = 'answer'), 'TypeError');
  throws(() => (description.sdp = ''), 'TypeError');
});

test('the attributes are on the prototype, and enumerable', () => {
  expect(Object.keys(new RTCSessionDescription({ type: 'offer' }))).toEqual([]);
  const names = [];
  for (const name in new RTCSessionDescription({ type: 'offer' })) names.push(name);
  expect(names.sort()).toEqual(['sdp', 'toJSON', 'type']);
});

test('RTCSessionDescription cannot be called without new', () => {
  throws(() => RTCSessionDescription({ type: 'offer' }), 'TypeError');
});

test('the descriptions of a connection are RTCSessionDescriptions that go into JSON', async () => {
  const pc = connection();
  pc.createDataChannel('channel');
  await pc.setLocalDescription();
  expect(pc.localDescription instanceof RTCSessionDescription).toBe(true);
  expect(JSON.parse(JSON.stringify({ sdp: pc.localDescription }))).toEqual({
    sdp: { type: 'offer', sdp: pc.localDescription.sdp },
  });
});
