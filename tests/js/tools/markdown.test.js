// Tables that commands write into documents.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable, writeBetween } from '../../../tools/lib/markdown.mjs';

let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'markdown-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function document(text) {
  const file = join(directory, 'document.md');
  writeFileSync(file, text);
  return file;
}

test('A table has columns as wide as their widest cell', () => {
  const rows = [
    ['peer', 'x'],
    ['a', 'first'],
  ];
  expect(markdownTable(rows)).toBe('| peer | x     |\n| ---- | ----- |\n| a    | first |');
});

test('What stands between the marks is replaced, to the same effect each time', () => {
  const file = document('before\n\n<!-- table -->\n\nold $& text\n\n<!-- /table -->\n\nafter\n');
  for (const expected of ['old', 'new']) {
    writeBetween(file, (before) => {
      expect(before.trim()).toBe(`${expected} $& text`);
      return 'new $& text';
    });
    expect(readFileSync(file, 'utf8')).toBe(
      'before\n\n<!-- table -->\n\nnew $& text\n\n<!-- /table -->\n\nafter\n',
    );
  }
});

test.each(['no marks', '<!-- table -->', '<!-- /table -->', '<!-- /table --><!-- table -->'])(
  'A document without a place for the table is left as it is: %s',
  (text) => {
    const file = document(text);
    expect(() => writeBetween(file, () => 'new')).toThrow('has no place for the table');
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
