// Source maps that say which line something came from, and no more: what breakpoints and stack traces need, in
// a fifth of the bytes. The lines are in js/, which the package has.

import { readFileSync, writeFileSync } from 'node:fs';

const kDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * @param {string} segment in base 64, as ECMA-426 has it
 * @returns {number[]}
 */
function decode(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = kDigits.indexOf(character);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = shift = 0;
  }
  return numbers;
}

/** @param {number} number */
function encode(number) {
  let value = number < 0 ? -2 * number + 1 : 2 * number;
  let text = '';
  do {
    const rest = Math.floor(value / 32);
    text += kDigits[(value % 32) + (rest > 0 ? 32 : 0)];
    value = rest;
  } while (value > 0);
  return text;
}

/**
 * @param {string} mappings
 * @returns {string} of each line, where it begins and where the line that it comes from changes
 */
export function linesOnly(mappings) {
  // All but the column of the output count on from segment to segment, over lines as well.
  let [source, line] = [0, 0];
  let [lastSource, lastLine] = [0, 0];
  const lines = mappings.split(';').map((segments) => {
    let [column, lastColumn] = [0, 0];
    /** @type {string[]} */
    const kept = [];
    for (const segment of segments === '' ? [] : segments.split(',')) {
      const [columns, sources, lines] = decode(segment);
      column += columns;
      if (sources === undefined) continue;
      source += sources;
      line += lines;
      if (kept.length > 0 && source === lastSource && line === lastLine) continue;
      // The column of the source is always 0.
      const fields = [column - lastColumn, source - lastSource, line - lastLine, 0];
      kept.push(fields.map(encode).join(''));
      [lastColumn, lastSource, lastLine] = [column, source, line];
    }
    return kept.join(',');
  });
  return lines.join(';');
}

/** @param {string} file a map, which is replaced */
export function thinMap(file) {
  const { version, sources, mappings } = JSON.parse(readFileSync(file, 'utf8'));
  const thinned = { version, sources, names: [], mappings: linesOnly(mappings) };
  writeFileSync(file, JSON.stringify(thinned));
}
