// What the documentation shows is run: blocks behind `<!-- run -->`, as a user of the package would.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// Inside of the checkout, where `webrtc-wasm` is this package.
mkdirSync(join(root, 'build'), { recursive: true });
const directory = mkdtempSync(join(root, 'build', 'snippets-'));
afterAll(() => rmSync(directory, { recursive: true }));

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const snippets = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/<!-- run -->\s*```js\n([\s\S]*?)```/g)];
  return blocks.map(([, code], i) => [`${page} ${i + 1}`, code]);
});

test('pages have snippets to run', () => {
  expect(snippets.map(([name]) => name)).toEqual(
    expect.arrayContaining(['README.md 1', 'docs/migration.md 3', 'docs/api.md 2']),
  );
});

test.each(snippets)('%s runs', async (name, code) => {
  const file = join(directory, `${name.replace(/\W/g, '-')}.mjs`);
  writeFileSync(file, code);
  const run = new Promise((done, failed) => {
    execFile(process.execPath, [file], { cwd: directory }, (error, _, stderr) =>
      error ? failed(new Error(`${error.message}\n${stderr}`)) : done(undefined),
    );
  });
  await expect(run).resolves.toBeUndefined();
});

test.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md', 'docs/README.md'])(
  'links of %s lead to files',
  (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      const target = resolve(root, dirname(page), link);
      expect(() => readFileSync(target)).not.toThrow(/ENOENT/);
    }
  },
);
