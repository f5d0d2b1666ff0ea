// npm run sctp-curves: compiles bench/native/congestion_curves.cpp, which simulates the congestion
// controls in virtual time, draws docs/images/congestion-*.svg and prints the tables of
// docs/congestion-control.md. The same on every machine. CXX names the compiler.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from './chart.js';
import { markdown, root, simulate } from './simulation.js';

const names = { ours: 'webrtc-wasm', reno: 'Reno (RFC 9260)', cubic: 'CUBIC (RFC 9438)' };

const result = simulate('bench/native/congestion_curves.cpp', ['cpp/sctp', 'cpp/base']);
const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });
const titles = {
  lossy: '50 Mbit/s, 100 ms, 1 % of random loss, buffer of 100 ms',
  deep: '10 Mbit/s, 100 ms, buffer of one second',
  shallow: '20 Mbit/s, 20 ms, buffer of 5 ms',
};
for (const scenario of result.scenarios) {
  writeFileSync(join(images, `congestion-${scenario.id}.svg`), drawOverTime(scenario));
}
writeFileSync(join(images, 'congestion-by-loss.svg'), drawByLoss(result.byLoss));
process.stdout.write(`${pathTable(result.table)}\n${sharingTable(result.sharing)}`);

/** Payload of a full packet, and that with SCTP, DTLS, UDP and IP around it. */
function payloadShare() {
  return 1160 / (1188 + 37 + 28);
}

/** Megabits per second of a loss-based control (Mathis et al., 1997), whatever the link. */
function mathis(loss, roundTripMs) {
  return ((1160 * 8) / (roundTripMs / 1000) / 1e6) * Math.sqrt(1.5 / loss);
}

/** RFC 9438 section 5.1, where it is not what Reno has. */
function cubicTheory(loss, roundTripMs) {
  const roundTrip = roundTripMs / 1000;
  const packets = ((0.4 * 3.7) / (4 * 0.3)) ** 0.25 * (roundTrip / loss) ** 0.75;
  return Math.max((packets * 1160 * 8) / roundTrip / 1e6, mathis(loss, roundTripMs));
}

function drawOverTime({ id, mbit, roundTripMs, loss, runs }) {
  const series = (field) =>
    runs.map((run) => ({
      key: run.control,
      points: run.time.map((time, index) => [time, run[field][index]]),
    }));
  const most = (field) => Math.max(...runs.flatMap((run) => run[field])) * 1.08;
  const full = mbit * payloadShare();
  const lines = [{ value: full, label: `what the link carries of payload: ${full.toFixed(1)}` }];
  if (loss > 0) {
    const share = mathis(loss, roundTripMs);
    lines.push({ value: share, label: `Mathis: ${share.toFixed(2)}` });
  }
  const product = (mbit * 1000 * roundTripMs) / 8000;
  return drawChart({
    title: titles[id],
    legend: runs.map(({ control }) => ({ key: control, label: names[control] })),
    x: { label: 'time, s', range: [0, runs[0].time.at(-1)] },
    panels: [
      {
        label: 'goodput, Mbit/s',
        range: [0, mbit * 1.2],
        series: series('goodput'),
        lines,
      },
      {
        label: 'window, kB',
        range: [0, Math.max(most('window'), product) * 1.2],
        series: series('window'),
        lines: [
          { value: product, label: `dotted: bandwidth × round trip, ${product}`, atTop: true },
        ],
      },
      {
        label: 'queueing delay, ms',
        range: [0, Math.max(most('queue'), 5)],
        series: series('queue'),
      },
    ],
  });
}

function drawByLoss({ mbit, roundTripMs, loss, runs }) {
  const steps = Array.from({ length: 61 }, (_, index) => 10 ** (-4 + index / 20));
  const capped = (theory) =>
    steps.map((p) => [p, Math.min(theory(p, roundTripMs), mbit * payloadShare() * (1 - p))]);
  const theories = [
    { key: 'ours', points: capped(() => Infinity).filter(([p]) => p <= 0.1), dashed: true },
    { key: 'reno', points: capped(mathis), dashed: true },
    { key: 'cubic', points: capped(cubicTheory), dashed: true },
  ];
  const measured = runs.map(({ control, goodput }) => ({
    key: control,
    points: goodput.map((value, index) => [loss[index], value]),
    marked: true,
  }));
  return drawChart({
    title: `Goodput by random loss: ${mbit} Mbit/s, ${roundTripMs} ms`,
    legend: [
      ...runs.map(({ control }) => ({ key: control, label: names[control] })),
      { key: 'ours', label: 'dashed: theory', dashed: true },
    ],
    x: {
      label: 'packets lost, %',
      range: [0.0001, 0.1],
      log: true,
      format: (value) => String(Number((value * 100).toPrecision(3))),
    },
    panels: [
      {
        label: 'goodput, Mbit/s',
        range: [0.2, 60],
        log: true,
        series: [...theories, ...measured],
      },
    ],
    panelHeight: 330,
  });
}

function pathTable(rows) {
  const cell = ({ goodput, queueMs, mostQueueMs, startDrops, drops }) =>
    `${goodput.toFixed(goodput < 10 ? 2 : 1)}; ${queueMs.toFixed(1)} / ${mostQueueMs.toFixed(0)}; ${startDrops} + ${drops}`;
  return markdown(
    ['path', ...Object.values(names)],
    rows.map(({ path, runs }) => [path, ...runs.map(cell)]),
  );
}

function sharingTable(rows) {
  return markdown(
    ['path', 'buffer', 'first', 'second', 'Mbit/s'],
    rows.map(({ first, second, mbit, roundTripMs, queueMs, goodputs }) => [
      `${mbit} Mbit/s, ${roundTripMs} ms`,
      `${queueMs} ms`,
      names[first],
      names[second],
      goodputs.map((value) => value.toFixed(1)).join(' + '),
    ]),
  );
}
