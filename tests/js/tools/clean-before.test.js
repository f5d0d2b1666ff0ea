// What makes npm run tidy read a file again (tools/lib/clean-before.mjs).

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanBefore, Sources } from '../../../tools/lib/clean-before.mjs';

describe('what was clean before', () => {
  let dir;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'clean-before-'));
    mkdirSync(join(dir, 'cpp'));
    write('cpp/a.cpp', '#include "cpp/a.h"\n#include <vector>\n#include "mbedtls/md.h"\n');
    write('cpp/a.h', '#pragma once\n  #  include "cpp/b.h"\n');
    write('cpp/b.h', '#pragma once\n#include "cpp/a.h"\n');
    write('cpp/c.h', '#pragma once\n');
  });

  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (name, text) => writeFileSync(join(dir, name), text);
  // As a later run does, which has read nothing yet.
  const key = (...settings) => new Sources(dir).key('cpp/a.cpp', settings);

  test('stays so while neither the file nor a header of it changes', () => {
    const before = key('--quiet');
    write('cpp/c.h', 'int other();\n');
    expect(key('--quiet')).toBe(before);
  });

  test.each([
    ['the file', 'cpp/a.cpp', '#include "cpp/a.h" // NOLINT\n'],
    ['a header that it includes', 'cpp/a.h', '#pragma once\n'],
    ['a header that its header includes', 'cpp/b.h', '#pragma once\nint b();\n'],
  ])('is read again when %s changes', (_, name, text) => {
    const before = key('--quiet');
    write(name, text);
    expect(key('--quiet')).not.toBe(before);
  });

  test('is read again with other settings', () => {
    expect(key('--quiet', 'bugprone-*')).not.toBe(key('--quiet', 'performance-*'));
  });

  test('is remembered by the next run', () => {
    const path = join(dir, 'build', 'clean');
    const first = new CleanBefore(path);
    expect(first.has(key())).toBe(false);
    first.add(key());
    first.add(key('performance-*'));
    const next = new CleanBefore(path);
    expect([next.has(key()), next.has(key('performance-*')), next.has('')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
