// What is read of tracefiles (tools/lib/lcov.mjs).

import { addTracefile, linesNotRun, linesTable } from '../../../tools/lib/lcov.mjs';

const first = `SF:/project/cpp/sdp/parser.cpp
FN:3,parse
DA:3,0
DA:4,7
DA:9,0
DA:10,0
DA:11,2
LF:5
end_of_record
SF:/usr/include/c++/12/vector
DA:1,0
end_of_record
`;
const second = `SF:/project/cpp/sdp/parser.cpp
DA:3,1
DA:4,0
DA:9,0
DA:10,0
DA:11,0
end_of_record
SF:/project/cpp/rtp/packet.cpp
DA:7,0
end_of_record
`;

function read() {
  const lines = new Map();
  for (const tracefile of [first, second]) {
    addTracefile(lines, tracefile, (path) => path.split('/project/')[1]);
  }
  return lines;
}

test('A line is run where any tracefile says so, and other files do not count', () => {
  expect(linesNotRun(read())).toEqual(['cpp/rtp/packet.cpp:7', 'cpp/sdp/parser.cpp:9-10']);
});

test('Lines are counted by folder, and in all', () => {
  const cells = linesTable(read())
    .split('\n')
    .slice(2)
    .map((row) => row.split(/ *\| */).slice(1, -1));
  expect(cells).toEqual([
    ['cpp/rtp', '0', '1', '0.0 %'],
    ['cpp/sdp', '3', '5', '60.0 %'],
    ['all', '3', '6', '50.0 %'],
  ]);
});
