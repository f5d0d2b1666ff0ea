import { graphsOf } from '../../../js/inspect/panel/graphs.js';
import { StatsHistory } from '../../../js/inspect/stats-history.js';

/** One sample a second. */
function history(...samples) {
  const stats = new StatsHistory(100);
  samples.forEach((sample, i) => stats.add(1000 * i, sample));
  return stats.view();
}

const graph = (columns, title) => graphsOf(columns).find((each) => each.title === title);

test('bitrates are the growth of all transports together, and a counter that falls begins anew', () => {
  const at = (a, b) => [
    { id: 'T1', type: 'transport', bytesSent: a, bytesReceived: 0 },
    { id: 'T2', type: 'transport', bytesSent: b, bytesReceived: 0 },
  ];
  const { series, unit } = graph(history(at(0, 0), at(1000, 250), at(0, 500)), 'Bitrate');
  expect(unit).toBe('kbit/s');
  expect(series[0]).toEqual({ name: 'sent', values: [null, 10, 2] });
});

test('the round trip is that of the pair that carries the data', () => {
  const pair = (id, bytesSent, currentRoundTripTime) => ({
    id,
    type: 'candidate-pair',
    bytesSent,
    ...(currentRoundTripTime === undefined ? {} : { currentRoundTripTime }),
  });
  const columns = history(
    [pair('A', 100, 0.02), pair('B', 0, 0.5)],
    [pair('A', 200, 0.03), pair('B', 1, 0.5)],
    [pair('A', 200, 0.03), pair('B', 900, 0.25)],
    [pair('A', 200, 0.03), pair('B', 900, 0.25)],
  );
  expect(graph(columns, 'Round trip').series[0].values).toEqual([20, 30, 250, 250]);
});

test('loss is the share of what was lost in each interval', () => {
  const at = (packetsReceived, packetsLost) => [
    { id: 'I', type: 'inbound-rtp', kind: 'video', packetsReceived, packetsLost },
  ];
  const { series } = graph(history(at(0, 0), at(90, 10), at(190, 10), at(190, 10)), 'Loss');
  expect(series).toEqual([{ name: 'received', values: [null, 10, 0, null] }]);
});

test('streams have graphs of their own, and what has nothing to show has none', () => {
  const at = (framesSent) => [
    { id: 'O1', type: 'outbound-rtp', kind: 'video', mid: '0', rid: 'hi', framesSent },
    {
      id: 'O2',
      type: 'outbound-rtp',
      kind: 'video',
      mid: '0',
      rid: 'lo',
      framesSent: framesSent / 2,
    },
  ];
  const columns = history(at(0), at(30));
  expect(graph(columns, 'Frames').series).toEqual([
    { name: 'sent video mid 0 hi', values: [null, 30] },
    { name: 'sent video mid 0 lo', values: [null, 15] },
  ]);
  expect(graphsOf(columns).map(({ title }) => title)).toEqual(['Frames']);
  expect(graphsOf(history())).toEqual([]);
});

test('what comes and goes has gaps, and is forgotten with its last sample', () => {
  const stats = new StatsHistory(10);
  const one = (n) => ({ id: 'A', type: 'x', n });
  stats.add(0, []);
  stats.add(1, [one(1)]);
  stats.add(2, []);
  expect(stats.view().stats.A.values.n).toEqual([null, 1, null]);
  for (let i = 3; i < 20; i++) stats.add(i, []);
  expect(stats.view().stats).toEqual({});
  expect(stats.times.length).toBeLessThanOrEqual(10);
});
