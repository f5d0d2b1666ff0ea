import { packInputs, unpackInputs } from '../../../tools/lib/fuzz-found.mjs';

test('Inputs are what they were, empty ones too', () => {
  const inputs = ['first', '', '\0\xff'].map((text) => Buffer.from(text, 'latin1'));
  expect(unpackInputs(packInputs(inputs))).toEqual(inputs);
  expect(unpackInputs(packInputs([]))).toEqual([]);
});

test('A file that was cut off is none', () => {
  const packed = packInputs([Buffer.from('first'), Buffer.from('second')]);
  for (const length of [packed.length - 1, 11, 2]) {
    expect(() => unpackInputs(packed.subarray(0, length))).toThrow(RangeError);
  }
});
