// docs/security.md promises tests; here they are looked up.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../../', import.meta.url));
const kDocument = readFileSync(join(kRoot, 'docs/security.md'), 'utf8');

/** All that stands between backticks. */
const kQuoted = [...kDocument.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text);

function nativeTests() {
  const names = new Set();
  const folder = join(kRoot, 'tests/cpp');
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!String(file).endsWith('.cpp')) continue;
    const source = readFileSync(join(folder, String(file)), 'utf8');
    for (const [, suite, name] of source.matchAll(/^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)/gm)) {
      names.add(`${suite}.${name}`);
    }
  }
  return names;
}

test('Every native test that docs/security.md names is there', () => {
  const known = nativeTests();
  const named = kQuoted.filter((text) => /^[A-Z]\w+\.[A-Z]\w{8,}$/.test(text));
  expect(named.length).toBeGreaterThan(80);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('Every file that docs/security.md names is there', () => {
  const named = kQuoted.filter((text) => /^(cpp|js|tests|tools|wasm)\/[\w./-]+\.\w+$/.test(text));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(kRoot, path)))).toEqual([]);
});

test('Every row of a table of threats, bounds or attacks names a test', () => {
  const sections = kDocument
    .split(/^## /m)
    .filter((section) =>
      /^(A hostile network|A hostile peer|A hostile client|Attacks)/.test(section),
    );
  expect(sections).toHaveLength(4);
  for (const section of sections) {
    const rows = section
      .split('\n')
      .filter((line) => /^\|[^-]*\|.*\|$/.test(line))
      .slice(1);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(row).toMatch(/`([A-Z]\w+\.[A-Z]\w+|tests\/[\w./-]+)`/);
  }
});
