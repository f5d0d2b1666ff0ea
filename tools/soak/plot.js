// A soak as a picture.

import { drawChart } from '../../bench/congestion/chart.js';

/** Round numbers above. @param {number} value */
function above(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= value) ?? value;
}

/** Columns of the picture; more points than four in each show nothing more. */
const kColumns = 660;

/**
 * Without those in the middle of a level; of many in a column its least, its largest and its ends.
 * @param {[number, number][]} points
 */
function essential(points) {
  const perColumn = Math.ceil(points.length / kColumns);
  const shown = [];
  for (let from = 0; from < points.length; from += perColumn) {
    const column = points.slice(from, from + perColumn);
    const byValue = column.toSorted(([, a], [, b]) => a - b);
    const kept = new Set([column[0], byValue[0], byValue[byValue.length - 1], column.at(-1)]);
    shown.push(...column.filter((point) => kept.has(point)));
  }
  return shown.filter(([, y], i) => shown[i - 1]?.[1] !== y || shown[i + 1]?.[1] !== y);
}

/**
 * @param {Record<string, any>[]} samples one a second
 * @param {string} title
 */
export function plot(samples, title) {
  const line = (/** @type {(sample: any) => number} */ value, /** @type {string} */ key) => ({
    key,
    points: essential(samples.map((sample) => [sample.second / 60, value(sample)])),
  });
  const panel = (
    /** @type {string} */ label,
    /** @type {ReturnType<typeof line>[]} */ series,
    /** @type {number} */ least = 1,
  ) => ({
    label,
    range: /** @type {[number, number]} */ ([
      0,
      above(Math.max(least, ...series.flatMap(({ points }) => points.map(([, y]) => y)))),
    ]),
    series,
  });
  const mega = 2 ** 20;
  return drawChart({
    title,
    legend: [
      { key: 'ours', label: 'data, frames, round trip, engine' },
      { key: 'cubic', label: 'video, message, JavaScript' },
      { key: 'reno', label: 'the network: loss, delay' },
    ],
    x: { label: 'minutes', range: [0, (samples.at(-1)?.second ?? 60) / 60] },
    panelHeight: 110,
    panels: [
      panel('loss, %', [line(({ loss }) => loss * 100, 'reno')], 100),
      panel('Mbit/s', [
        line(({ reliableBytes }) => (reliableBytes * 8) / 1e6, 'ours'),
        line(({ videoBytes }) => (videoBytes * 8) / 1e6, 'cubic'),
      ]),
      panel('pictures/s', [line(({ videoFrames }) => videoFrames, 'ours')]),
      panel('ms', [
        line(({ slowestMessageMs }) => Math.min(slowestMessageMs, 10_000), 'cubic'),
        line(({ roundTripMs }) => roundTripMs, 'ours'),
        line(({ delay }) => 2 * delay, 'reno'),
      ]),
      panel('MiB', [
        line(({ engineBytes }) => engineBytes / mega, 'ours'),
        line(({ jsHeapBytes }) => jsHeapBytes / mega, 'cubic'),
      ]),
    ],
  });
}
