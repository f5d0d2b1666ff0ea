// npm start: builds what is missing, then serves the demo with the embedded relay on one localhost
// URL. Arguments go to the demo server (demo/server.js).

import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { UserError, runMain } from './lib/run.mjs';

await runMain(async () => {
  await build();
  const server = inRoot('demo/server.js');
  if (!existsSync(server)) throw new UserError('demo/server.js is missing');
  await import(pathToFileURL(server).href);
});
