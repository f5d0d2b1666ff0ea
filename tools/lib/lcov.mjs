// Which lines of which files were run, as lcov's tracefiles say it.

import { markdownTable } from './markdown.mjs';

/** @typedef {Map<string, Map<number, boolean>>} Lines by file: whether a line that can run did */

/**
 * Adds what a tracefile says: a line was run where any of them says so.
 * @param {Lines} lines
 * @param {string} tracefile
 * @param {(path: string) => string | undefined} nameOf what a file is called, or none for one that does not count
 */
export function addTracefile(lines, tracefile, nameOf) {
  /** @type {Map<number, boolean> | undefined} */
  let file;
  for (const record of tracefile.split('\n')) {
    if (record.startsWith('SF:')) {
      const name = nameOf(record.slice(3));
      file = name === undefined ? undefined : (lines.get(name) ?? new Map());
      if (name !== undefined && file) lines.set(name, file);
      continue;
    }
    const [, line, times] = /^DA:(\d+),(\d+)/.exec(record) ?? [];
    if (file && line) file.set(Number(line), file.get(Number(line)) || Number(times) > 0);
  }
}

/**
 * @param {Lines} lines
 * @returns {string[]} "cpp/sdp/parser.cpp:12-14", in the order of files and lines
 */
export function linesNotRun(lines) {
  return sorted(lines).flatMap(([name, file]) => {
    /** @type {[number, number][]} */
    const ranges = [];
    /** @type {[number, number] | undefined} */
    let last;
    for (const [line, isRun] of [...file].sort(([a], [b]) => a - b)) {
      if (isRun) last = undefined;
      else if (last) last[1] = line;
      else ranges.push((last = [line, line]));
    }
    return ranges.map(([from, to]) => `${name}:${from === to ? from : `${from}-${to}`}`);
  });
}

/**
 * @param {Lines} lines
 * @returns {string} in Markdown, a row for each folder, and one for all
 */
export function linesTable(lines) {
  /** @type {Map<string, [number, number]>} */
  const folders = new Map();
  for (const [name, file] of sorted(lines)) {
    const run = [...file.values()].filter(Boolean).length;
    for (const folder of [name.slice(0, name.lastIndexOf('/')), 'all']) {
      const [before, of] = folders.get(folder) ?? [0, 0];
      folders.set(folder, [before + run, of + file.size]);
    }
  }
  const all = folders.get('all') ?? [0, 0];
  folders.delete('all');
  const rows = [...folders, /** @type {const} */ (['all', all])].map(([folder, [run, of]]) => [
    folder,
    String(run),
    String(of),
    `${((100 * run) / of).toFixed(1)} %`,
  ]);
  return markdownTable([['', 'lines reached', 'of', ''], ...rows]);
}

/** @param {Lines} lines */
const sorted = (lines) => [...lines].sort(([a], [b]) => (a < b ? -1 : 1));
