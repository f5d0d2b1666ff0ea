// Each bundler builds an application of the packed tarball, with no configuration about this package,
// and the application runs in a page: two connections talk over the relay.

import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useApplications, writePage } from '../support/applications.js';
import { kExchanged } from '../support/page.js';

/** Two builds that minify, on a machine that is busy. */
jest.setTimeout(600_000);

const modules = process.env.WEBRTC_BUNDLERS ?? '';
if (!existsSync(modules))
  throw new Error('WEBRTC_BUNDLERS names no directory: npm run test:package');

const suite = useApplications(modules);

const wasmFiles = (directory) =>
  readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.wasm'));

describe.each(['vite', 'parcel'])('%s, which begins at a page,', (builder) => {
  test('finds the engine and the codecs without being told', async () => {
    const { output, path } = await suite.build(builder, 'main');
    expect(wasmFiles(output)).toHaveLength(3);
    expect(await suite.stage.exchange(path('main.html'))).toEqual(kExchanged);
  });
});

test('vite takes the single file', async () => {
  const { output, path } = await suite.build('vite', 'single');
  // The codecs alone.
  expect(wasmFiles(output)).toHaveLength(2);
  expect(await suite.stage.exchange(path('single.html'))).toEqual(kExchanged);
});

test('webpack finds the engine and the codecs without being told', async () => {
  const { output, path } = await suite.build('webpack', 'main');
  expect(wasmFiles(output)).toHaveLength(3);
  writePage(output, 'main.js', { module: false });
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});

test('Rollup takes the single file without being told', async () => {
  const { output, path } = await suite.build('rollup', 'single');
  expect(wasmFiles(output)).toEqual([]);
  writePage(output, 'single.js');
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});

test('Rollup takes the modules once the .wasm files are beside its output', async () => {
  const { output, path } = await suite.build('rollup', 'main');
  suite.copyWasm(output);
  writePage(output, 'main.js');
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});

// As frameworks do it that render on the server: vite leaves packages to Node.js to import, webpack
// bundles them for it.
describe.each([
  ['vite', 'server.js'],
  ['webpack', 'server.mjs'],
])('A component that %s builds for the server and for the page', (builder, file) => {
  test('renders on the server, which ends by itself, and comes alive in the page', async () => {
    const server = await suite.build(builder, 'server', { server: true });
    const script = `
      const before = Reflect.ownKeys(globalThis);
      const { render } = await import(process.argv[1]);
      const rendered = render();
      const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
      console.log(JSON.stringify({ rendered, added }));
    `;
    const told = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', script, join(server.output, file)],
      { encoding: 'utf8', cwd: suite.directory },
    );
    const { rendered, added } = JSON.parse(told);
    expect(rendered).toMatch(/function, version/);
    // Of a name: nothing. A symbol lets inspectors find the package (docs/inspect.md).
    const expected = /^onrtctransform$|^Symbol\(webrtc-wasm \S+ inspection\)$/;
    expect(added.filter((name) => !expected.test(name))).toEqual([]);

    const { output, path } = await suite.build(builder, 'client');
    const page = join(output, 'client.html');
    if (builder === 'webpack') {
      writePage(output, 'client.js', { module: false, body: `<main>${rendered}</main>` });
    } else {
      writeFileSync(page, readFileSync(page, 'utf8').replace('<!--rendered-->', rendered));
    }
    const name = builder === 'webpack' ? 'index.html' : 'client.html';
    expect(await suite.stage.exchange(path(name))).toEqual(kExchanged);
  });
});
