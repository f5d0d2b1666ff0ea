// Two values beside each other, line by line; what is the same is folded where it is long.

import { align } from '../align.js';
import { el } from './dom.js';
import { linesOf } from './value-lines.js';

/** How many lines around a difference are shown. */
const kContext = 2;

/** @typedef {import('./value-lines.js').Line} Line */
/** @typedef {{ left?: Line, right?: Line, same: boolean }} Pair */

/**
 * @param {any} left
 * @param {any} right
 * @returns {Pair[]}
 */
export function pairLines(left, right) {
  const [a, b] = [left, right].map((value) => (value === undefined ? [] : linesOf(value)));
  const key = (/** @type {Line} */ { depth, text }) => `${depth} ${text}`;
  /** @type {Pair[]} */
  const pairs = [];
  /** @type {Line[]} */
  let onlyLeft = [];
  /** @type {Line[]} */
  let onlyRight = [];
  const flush = () => {
    // What was there on both sides stands beside each other.
    for (let i = 0; i < Math.max(onlyLeft.length, onlyRight.length); i++) {
      pairs.push({ left: onlyLeft[i], right: onlyRight[i], same: false });
    }
    onlyLeft = [];
    onlyRight = [];
  };
  for (const [i, j] of align(a.map(key), b.map(key))) {
    if (i >= 0 && j >= 0) {
      flush();
      pairs.push({ left: a[i], right: b[j], same: true });
    } else if (i >= 0) onlyLeft.push(a[i]);
    else onlyRight.push(b[j]);
  }
  flush();
  return pairs;
}

/**
 * @param {any} left
 * @param {any} right
 * @returns {HTMLElement}
 */
export function sideBySide(left, right) {
  const pairs = pairLines(left, right);
  const near = pairs.map((_, index) =>
    pairs.slice(Math.max(0, index - kContext), index + kContext + 1).some(({ same }) => !same),
  );
  const body = el('div.pairs', null);
  let folded = 0;
  const unfold = (/** @type {number} */ from, /** @type {number} */ count) => {
    if (count === 0) return;
    const text = `${count} ${count === 1 ? 'line' : 'lines'} the same`;
    const button = el('button.fold', { type: 'button' }, text);
    button.addEventListener('click', () =>
      button.replaceWith(...pairs.slice(from, from + count).map(pairRow)),
    );
    body.append(button);
  };
  for (const [index, pair] of pairs.entries()) {
    if (pair.same && !near[index]) {
      folded++;
      continue;
    }
    unfold(index - folded, folded);
    folded = 0;
    body.append(pairRow(pair));
  }
  unfold(pairs.length - folded, folded);
  return body;
}

/** @param {Pair} pair */
function pairRow({ left, right, same }) {
  const cell = (/** @type {Line | undefined} */ line, /** @type {string} */ side) =>
    el(
      `div.line.${side}`,
      {
        'data-kind': line?.kind ?? 'line',
        style: `--depth: ${line?.depth ?? 0}`,
        'data-empty': line === undefined,
      },
      line?.text ?? '',
    );
  return el(
    'div.pair',
    { 'data-same': same },
    cell(left, 'left'),
    same ? null : cell(right, 'right'),
  );
}
