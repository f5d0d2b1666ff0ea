// Miniflare with workers from out/: prints their addresses as JSON, and runs until its input ends.
//
//   node miniflare.mjs '{ "<worker>": ["<module that it imports>", …], … }'

import { Miniflare } from 'miniflare';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const workers = JSON.parse(process.argv[2]);
const out = join(import.meta.dirname, 'out');
const names = Object.keys(workers);
const miniflare = new Miniflare({
  workers: names.map((name) => ({
    name,
    compatibilityDate: '2026-01-01',
    modulesRoot: out,
    modules: [
      { type: 'ESModule', path: join(out, `${name}.js`) },
      ...workers[name].map((file) => ({
        type: 'CompiledWasm',
        path: join(out, file),
        contents: readFileSync(join(out, file)),
      })),
    ],
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  })),
});
await miniflare.ready;
const addresses = await Promise.all(
  names.map(async (name) => [name, String(await miniflare.unsafeGetDirectURL(name))]),
);
console.log(JSON.stringify(Object.fromEntries(addresses)));
process.stdin.resume().on('end', () => miniflare.dispose());
