// Gets this machine ready: Debian packages, npm packages, third-party sources, Emscripten.
// Needs nothing but Node.js, since it runs before `npm install`.
//
//   node tools/setup.mjs                      everything that `npm test` needs
//   node tools/setup.mjs --native-deps        mbedTLS and libsrtp for the native build
//   node tools/setup.mjs --wasm               Emscripten, and mbedTLS and libsrtp for WebAssembly
//   node tools/setup.mjs --deps <variant> [--cc <compiler>]
//       only the third parties for native | sanitized | wasm; prints their prefix (CMake asks so)

import { parseArgs } from 'node:util';
import { UserError, runMain, say } from './lib/run.mjs';
import { depsPrefix } from './setup/deps.mjs';
import { emscripten } from './setup/emscripten.mjs';
import * as prepare from './setup/prepare.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      'native-deps': { type: 'boolean' },
      wasm: { type: 'boolean' },
      deps: { type: 'string' },
      cc: { type: 'string' },
    },
  });
  if (values.deps !== undefined) {
    const { deps } = values;
    if (deps !== 'native' && deps !== 'sanitized' && deps !== 'wasm') {
      throw new UserError('--deps takes native, sanitized or wasm');
    }
    process.stdout.write(`${await depsPrefix(deps, values.cc)}\n`);
    return;
  }
  if (values['native-deps']) {
    process.stdout.write(`${await depsPrefix('native', values.cc)}\n`);
    return;
  }
  if (values.wasm) {
    const sdk = await emscripten();
    say(`Emscripten ${sdk.version} in ${sdk.dir}`);
    process.stdout.write(`${await depsPrefix('wasm')}\n`);
    return;
  }
  await prepare.all();
  say('set-up complete');
});
