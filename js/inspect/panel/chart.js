// A line graph as SVG, with its legend; what the pointer is at is read there.

import { el, svg } from './dom.js';

/** @typedef {import('./graphs.js').Graph} Graph */

const kWidth = 300;
const kHeight = 90;

/**
 * @param {Graph} graph
 * @param {number[]} times
 * @returns {HTMLElement}
 */
export function chart({ title, unit, series }, times) {
  const top = niceTop(
    Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0))),
  );
  const [begin, end] = [times[0], times.at(-1) ?? times[0]];
  const x = (/** @type {number} */ time) =>
    end > begin ? ((time - begin) / (end - begin)) * kWidth : kWidth;
  const y = (/** @type {number} */ value) => kHeight - (value / top) * (kHeight - 4);
  const readings = series.map(({ values }) => el('b', {}, reading(lastOf(values))));
  const legend = series.map(({ name }, i) =>
    el('span', { class: `key series-${i % 6}` }, el('i', {}), `${name} `, readings[i]),
  );
  const cursor = svg('line', { class: 'cursor', y1: 0, y2: kHeight, x1: -9, x2: -9 });
  const when = el('span', {}, 'now');
  const show = (/** @type {number | undefined} */ index) => {
    for (const [i, { values }] of series.entries()) {
      readings[i].textContent = reading(index === undefined ? lastOf(values) : values[index]);
    }
    const at = index === undefined ? -9 : x(times[index]);
    cursor.setAttribute('x1', at);
    cursor.setAttribute('x2', at);
    when.textContent = index === undefined ? 'now' : ago(end - times[index]);
  };
  const plot = svg(
    'svg',
    {
      viewBox: `0 0 ${kWidth} ${kHeight}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${title} in ${unit}`,
      pointermove: (/** @type {PointerEvent} */ event) => {
        const box = plot.getBoundingClientRect();
        const time = begin + ((event.clientX - box.left) / box.width) * (end - begin);
        show(nearest(times, time));
      },
      pointerleave: () => show(undefined),
    },
    [0.25, 0.5, 0.75].map((share) =>
      svg('line', { class: 'grid', x1: 0, x2: kWidth, y1: y(top * share), y2: y(top * share) }),
    ),
    series.map(({ values }, i) =>
      svg('path', { class: `line series-${i % 6}`, d: path(values, times, x, y) }),
    ),
    cursor,
  );
  return el(
    'figure',
    {},
    el(
      'figcaption',
      {},
      el('strong', {}, title),
      el('span', { class: 'unit' }, unit),
      el('span', { class: 'top' }, reading(top)),
    ),
    plot,
    el('div', { class: 'span' }, el('span', {}, ago(end - begin)), when),
    el('div', { class: 'legend' }, legend),
  );
}

/**
 * Where a value is missing, so is the line.
 * @param {(number | null)[]} values
 * @param {number[]} times
 * @param {(time: number) => number} x
 * @param {(value: number) => number} y
 */
function path(values, times, x, y) {
  let d = '';
  let isDown = false;
  for (const [i, time] of times.entries()) {
    const value = values[i] ?? null;
    if (value !== null) d += `${isDown ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = value !== null;
  }
  return d;
}

/** @param {number} most */
function niceTop(most) {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}

/** @param {(number | null)[]} values */
const lastOf = (values) => values.findLast((value) => value !== null) ?? null;

/** @param {number | null | undefined} value */
function reading(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en');
  return value.toPrecision(value >= 10 ? 3 : 2);
}

/** @param {number} milliseconds */
function ago(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** @param {number[]} times @param {number} time */
function nearest(times, time) {
  let best = 0;
  for (const [i, each] of times.entries()) {
    if (Math.abs(each - time) < Math.abs(times[best] - time)) best = i;
  }
  return best;
}
