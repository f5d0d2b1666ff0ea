// npm run media-curves: compiles bench/native/media_curves.cpp, which simulates media flows in
// virtual time, and call_curves.cpp, which simulates whole calls, draws docs/images/media-*.svg and
// call-*.svg, and prints the tables of docs/media-congestion.md. The same on every machine. CXX names
// the compiler.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from './chart.js';
import { markdown, root, simulate } from './simulation.js';

const result = simulate('bench/native/media_curves.cpp', ['cpp/congestion', 'cpp/rtp', 'cpp/base']);
const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });
const titles = {
  steps: '2 Mbit/s, then 0.3, then 2 again; 60 ms, buffer of 300 ms',
  loss: '2 Mbit/s, 60 ms, 5 % of random loss',
  outage: '2 Mbit/s, 60 ms; nothing passes for five seconds',
  sharing: 'Two flows on 3 Mbit/s, 60 ms; the second begins after ten seconds',
};
for (const scenario of result.scenarios) {
  writeFileSync(join(images, `media-${scenario.id}.svg`), drawOverTime(scenario));
}
writeFileSync(join(images, 'media-by-loss.svg'), drawByLoss(result.byLoss));
process.stdout.write(`${pathTable(result.table)}\n${sharingTable(result.sharing)}\n`);

const calls = simulate('bench/native/call_curves.cpp', [
  'cpp/media',
  'cpp/payload',
  'cpp/congestion',
  'cpp/rtp',
  'cpp/base',
]);
const callTitles = {
  'loss-5': 'A call with 5 % of random loss: 2 Mbit/s, 60 ms',
  'loss-10': 'A call with 10 % of random loss: 2 Mbit/s, 60 ms',
  jitter: 'A call with jitter of 100 ms: 2 Mbit/s, 60 ms',
  steps: 'A call on 2 Mbit/s, then 0.3, then 2 again; 60 ms, buffer of 300 ms',
};
for (const scenario of calls.scenarios) {
  if (!(scenario.id in callTitles)) continue;
  writeFileSync(join(images, `call-${scenario.id}.svg`), drawCall(scenario));
}
process.stdout.write(callTable(calls.table));

function drawOverTime({ id, time, capacity, queue, flows }) {
  const points = (values) => time.map((at, index) => [at, values[index]]);
  const isShared = flows.length > 1;
  const series = isShared
    ? [
        { key: 'ours', label: 'arrives of the first' },
        { key: 'reno', label: 'arrives of the second' },
      ].map(({ key, label }, index) => ({ key, label, points: points(flows[index].arrived) }))
    : [
        { key: 'reno', label: 'estimate', points: points(flows[0].estimate) },
        { key: 'ours', label: 'arrives', points: points(flows[0].arrived) },
      ];
  const below = { label: 'queueing delay, ms', values: queue };
  return drawPath({ title: titles[id], time, capacity, series, below });
}

/** What flows over a path against what it carries, and one more value below. */
function drawPath({ title, time, capacity, series, below: { label, values } }) {
  const points = (list) => time.map((at, index) => [at, list[index]]);
  const carried = { key: 'cubic', label: 'the path carries', dashed: true };
  return drawChart({
    title,
    legend: [...series, carried],
    x: { label: 'time, s', range: [0, time.at(-1)] },
    panels: [
      {
        label: 'Mbit/s',
        range: [0, Math.max(...capacity) * 1.25],
        series: [{ ...carried, points: points(capacity) }, ...series],
      },
      {
        label,
        range: [0, Math.max(...values) * 1.08],
        series: [{ key: 'ours', points: points(values) }],
      },
    ],
    panelHeight: 190,
  });
}

function drawByLoss({ mbit, loss, single, bursts, reports }) {
  const measured = (values) => values.map((value, index) => [loss[index] * 100, value]);
  const series = [
    { key: 'ours', label: 'each for itself', points: measured(single), marked: true },
    { key: 'reno', label: 'in bursts of 50 ms', points: measured(bursts), marked: true },
    { key: 'cubic', label: 'receiver reports only', points: measured(reports), marked: true },
  ];
  return drawChart({
    title: `What arrives by random loss: ${mbit} Mbit/s, 60 ms`,
    legend: series,
    x: { label: 'packets lost, %', range: [0, loss.at(-1) * 100] },
    panels: [{ label: 'Mbit/s', range: [0, mbit * 1.1], series }],
    panelHeight: 260,
  });
}

function drawCall({ id, time, capacity, target, arrived, age }) {
  const points = (values) => time.map((at, index) => [at, values[index]]);
  const series = [
    { key: 'reno', label: 'told to the encoders', points: points(target) },
    { key: 'ours', label: 'arrives', points: points(arrived) },
  ];
  const below = { label: 'how old the picture becomes, ms', values: age };
  return drawPath({ title: callTitles[id], time, capacity, series, below });
}

function callTable(rows) {
  return markdown(
    [
      'path',
      'Mbit/s',
      'pictures a second',
      'freezes, together',
      'longest still',
      'delay, usual and 95 %',
      'key frames',
      'concealed',
    ],
    rows.map((row) => [
      row.path,
      row.rate.toFixed(2),
      row.fps.toFixed(1),
      `${row.freezes.toFixed(1)}, ${(row.frozenMs / 1000).toFixed(1)} s`,
      `${row.longestMs.toFixed(0)} ms`,
      `${row.delayMs.toFixed(0)} / ${row.highDelayMs.toFixed(0)} ms`,
      row.keyFrames.toFixed(1),
      `${(row.concealed * 100).toFixed(1)} %`,
    ]),
  );
}

function pathTable(rows) {
  const cell = ({ rate, queueMs, highQueueMs, dropped, reached }) =>
    [
      rate.toFixed(rate < 10 ? 2 : 1),
      `${queueMs.toFixed(0)} / ${highQueueMs.toFixed(0)}`,
      `${(dropped * 100).toFixed(1)} %`,
      reached < 80 ? `${reached.toFixed(1)} s` : 'never',
    ].join('; ');
  return markdown(
    ['path', 'transport-wide feedback', 'REMB', 'receiver reports only'],
    rows.map(({ path, runs }) => [path, ...runs.map(cell)]),
  );
}

function sharingTable(rows) {
  return markdown(
    ['path', 'Mbit/s'],
    rows.map(({ mbit, roundTripMs, rates }) => [
      `${mbit} Mbit/s, ${roundTripMs} ms`,
      rates.map((rate) => rate.toFixed(2)).join(' + '),
    ]),
  );
}
