import { align } from '../../../js/compare/align.js';

const text = (left, right) =>
  align([...left], [...right])
    .map(([i, j]) => (i < 0 ? `+${right[j]}` : j < 0 ? `-${left[i]}` : left[i]))
    .join(' ');

test('Equal lists are aligned one to one', () => {
  expect(text('abc', 'abc')).toBe('a b c');
});

test('What one side has more stands alone', () => {
  expect(text('abc', 'ac')).toBe('a -b c');
  expect(text('ac', 'abc')).toBe('a +b c');
  expect(text('', 'ab')).toBe('+a +b');
});

test('The longest common part is found', () => {
  expect(text('xabcy', 'abzc')).toBe('-x a b +z c -y');
});
