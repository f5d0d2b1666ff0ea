// The testing kit under Vitest: tests of this folder, and the tutorial's, which Jest runs as well.
// `npm run test:vitest` installs Vitest and runs this.

import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default {
  root: inRoot(''),
  cacheDir: inRoot('build/vitest'),
  // As an application that has the package in node_modules finds it: not bundled, not transformed.
  resolve: {
    alias: [{ find: /^webrtc-wasm\/testing$/, replacement: inRoot('dist/testing.node.mjs') }],
  },
  test: {
    globals: true,
    include: ['tests/vitest/**/*.test.js', 'examples/**/*.test.js'],
    server: { deps: { external: [/\/dist\/[\w.-]+\.mjs$/] } },
    // Vitest has a format of its own for them, and Jest takes every .snap for its own.
    resolveSnapshotPath: (path) => inRoot(`tests/vitest/snapshots/${basename(path)}.txt`),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};
