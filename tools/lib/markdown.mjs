// Tables that commands write into documents.

import { readFileSync, writeFileSync } from 'node:fs';
import { UserError } from './run.mjs';

/** @typedef {readonly [begin: string, end: string]} Marks */

/** @type {Marks} */
const kTableMarks = ['<!-- table -->', '<!-- /table -->'];

/**
 * A table as Prettier lays it out; its first row is the head.
 * @param {string[][]} rows
 */
export function markdownTable(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [rows[0], rule, ...rows.slice(1)].map(line).join('\n');
}

/**
 * Replaces what stands between two marks of a document.
 * @param {string} file
 * @param {(before: string) => string} change  gives the new text for what is there
 * @param {Marks} [marks]
 * @throws {UserError} when the document has no such marks
 */
export function writeBetween(file, change, [begin, end] = kTableMarks) {
  const document = readFileSync(file, 'utf8');
  const from = document.indexOf(begin) + begin.length;
  const to = document.indexOf(end, from);
  if (!document.includes(begin) || to < 0) {
    throw new UserError(`${file} has no place for the table: ${begin} ${end}`);
  }
  const text = change(document.slice(from, to));
  writeFileSync(file, `${document.slice(0, from)}\n\n${text}\n\n${document.slice(to)}`);
}
