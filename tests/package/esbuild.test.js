// esbuild leaves addresses of files alone, so it is the single file that it takes without being told;
// what tests/package/bundlers does with other bundlers, which are not among the root's packages.

import { useApplications, writePage } from './support/applications.js';
import { kExchanged } from './support/page.js';
import { checkout } from './support/tarball.js';

const suite = useApplications(`${checkout}node_modules`);

test('esbuild takes the single file without being told', async () => {
  const { output, path } = await suite.build('esbuild', 'single');
  writePage(output, 'single.js');
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});

test('esbuild takes the modules once the .wasm files are beside its output', async () => {
  const { output, path } = await suite.build('esbuild', 'main');
  writePage(output, 'main.js');
  const { problems } = await suite.stage.exchange(path('index.html'));
  expect(problems.join('\n')).toMatch(
    /webrtc\.wasm was not found: .* or call init\(\) with its URL/,
  );
  suite.copyWasm(output);
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});

test('A classic script for browsers without top-level await is built from the single file', async () => {
  const { output, path } = await suite.build('esbuild-classic', 'single');
  writePage(output, 'single.js', { module: false });
  expect(await suite.stage.exchange(path('index.html'))).toEqual(kExchanged);
});
