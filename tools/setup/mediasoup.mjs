// The worker of the npm package mediasoup, which would download it, or what it is made of, while it is installed.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, makeDirOnce } from '../lib/files.mjs';
import { inCache, inRoot } from '../lib/paths.mjs';
import { run, step } from '../lib/run.mjs';
import { ensurePackages, systemName } from './debian.mjs';

const kHeaders = {
  'libabsl-dev': '/usr/include/absl/base/config.h',
  'libsrtp2-dev': '/usr/include/srtp2/srtp.h',
  'libssl-dev': '/usr/include/openssl/ssl.h',
  'libusrsctp-dev': '/usr/include/usrsctp.h',
  'libuv1-dev': '/usr/include/uv.h',
  'nlohmann-json3-dev': '/usr/include/nlohmann/json.hpp',
};

/**
 * Installs what is missing, and builds the worker unless the cache has it.
 * @param {string} modules  node_modules with mediasoup in them
 * @returns {Promise<string>} the program, for MEDIASOUP_WORKER_BIN
 */
export async function mediasoupWorker(modules) {
  await ensurePackages("mediasoup's worker", {
    'build-essential': 'c++',
    cmake: 'cmake',
    'ninja-build': 'ninja',
    ...kHeaders,
  });
  const source = inRoot('tests/ecosystem/mediasoup-worker');
  const folder = join(modules, 'mediasoup');
  const files = [join(source, 'CMakeLists.txt'), join(folder, 'package.json')];
  const built = inCache('mediasoup', keyOf([systemName(), process.arch], files));
  mkdirSync(inCache('mediasoup'), { recursive: true });
  const log = inCache('log', 'mediasoup.log');
  await makeDirOnce(built, (directory) =>
    step("building mediasoup's worker", async () => {
      const worker = `-DWORKER=${join(folder, 'worker')}`;
      await run('cmake', ['-G', 'Ninja', '-S', source, '-B', directory, worker], { log });
      await run('ninja', ['-C', directory, '-j', '2'], { log });
    }),
  );
  return join(built, 'mediasoup-worker');
}
