import { coverageOf, coverageTable, laterRows } from '../../../tools/lib/fuzz-coverage.mjs';

const log = [
  'INFO: Seed: 1',
  '#2\tINITED cov: 20 ft: 21 corp: 1/1b exec/s: 0 rss: 60Mb',
  '#4096\tpulse  cov: 310 ft: 900 corp: 55/2kb lim: 43 exec/s: 2048 rss: 70Mb',
  '#9000\tDONE   cov: 312 ft: 911 corp: 57/2kb lim: 80 exec/s: 4500 rss: 80Mb',
  'Done 9000 runs in 2 second(s)',
  'stat::number_of_executed_units: 9000',
  'stat::peak_rss_mb:              81',
].join('\n');

test('The coverage of a run is what libFuzzer says last', () => {
  expect(coverageOf(log)).toEqual({
    edges: 312,
    features: 911,
    inputs: 57,
    runs: 9000,
    megabytes: 81,
  });
});

test('A run that crashed has what it reached until then, and is told from the others', () => {
  const crashed = log.split('\n').slice(0, 3).join('\n');
  const coverage = coverageOf(crashed);
  expect(coverage).toMatchObject({ edges: 310, features: 900, runs: 0 });
  const row = { target: 'fuzz_stun_message', seconds: 90, ...coverage };
  const cellsOf = (rows) =>
    coverageTable(rows)
      .split('\n')[2]
      .split(/ *\| */)
      .slice(1, -1);
  const rest = ['0', '310', '900', '55', '0'];
  expect(cellsOf([{ ...row, failed: true }])).toEqual(['stun_message', 'FAILED', ...rest]);
  expect(cellsOf([{ ...row, failed: false }])).toEqual(['stun_message', '1.5', ...rest]);
});

test('Of two ledgers the one that has gone on from the other counts', () => {
  const kept = { target: 'fuzz_sdp_parse', seconds: 1200, runs: 5000, failed: false };
  const later = (here) => laterRows([kept], [{ ...kept, ...here }]).get('fuzz_sdp_parse');
  expect(later({ seconds: 600, runs: 2000 })).toBe(kept);
  expect(later({ seconds: 1800, runs: 7000 })).toMatchObject({ seconds: 1800 });
  // A finding ends the time that counts, and a run that crashed has not told how many inputs it ran.
  expect(later({ seconds: 0, failed: true })).toMatchObject({ failed: true });
  expect(later({ seconds: 60, runs: 5100 })).toMatchObject({ seconds: 60 });

  const other = { ...kept, target: 'fuzz_rtp_rtcp' };
  expect([...laterRows([kept], [other]).keys()]).toEqual(['fuzz_sdp_parse', 'fuzz_rtp_rtcp']);
});
