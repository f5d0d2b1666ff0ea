import { diffValues } from '../../../js/compare/diff.js';

test('Equal values have no differences, whatever the order of their members', () => {
  expect(diffValues({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toEqual([]);
});

test('A difference is told with its path', () => {
  expect(diffValues({ a: { b: 1 } }, { a: { b: 2 } })).toEqual([
    { path: 'a.b', left: 1, right: 2 },
  ]);
});

test('What one side lacks is absent there', () => {
  expect(diffValues({ a: 1 }, {})).toEqual([{ path: 'a', left: 1, right: '(absent)' }]);
  expect(diffValues({ a: null }, { a: undefined })).toEqual([
    { path: 'a', left: null, right: '(absent)' },
  ]);
});

test('Codecs are matched by what they are, not by where they stand', () => {
  const codec = (identity, rtx) => ({ identity, rtx });
  const left = [codec('vp8', true), codec('vp9 profile 0', true)];
  const right = [codec('av1 profile 0', true), codec('vp8', true), codec('vp9 profile 0', false)];
  expect(diffValues(left, right)).toEqual([
    { path: '[av1 profile 0]', left: '(absent)', right: right[0] },
    { path: '[vp9 profile 0].rtx', left: true, right: false },
  ]);
});
