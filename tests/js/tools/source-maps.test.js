import { linesOnly } from '../../../tools/build/source-maps.mjs';

test('of each line of the output there is left where a line of the source begins', () => {
  // Columns 0, 5 and 9 from line 0 (and a name), column 12 from line 1; then line 2, twice.
  expect(linesOnly('AAAAA,KAAK,IAAI,GACA;AACA,CAAC')).toBe('AAAA,YACA;AACA');
});

test('what comes from another file begins anew, and empty lines stay', () => {
  expect(linesOnly('AAAA,EACA,ECAA;;AAAA')).toBe('AAAA,EACA,ECAA;;AAAA');
});

test('columns without a source are left out', () => {
  expect(linesOnly('A,CAAC,EAEF')).toBe('CAAA,EAEA');
});

test('long steps, forwards and backwards, are kept', () => {
  expect(linesOnly('AAAA,CAgBA;AAhBA')).toBe('AAAA,CAgBA;AAhBA');
});
