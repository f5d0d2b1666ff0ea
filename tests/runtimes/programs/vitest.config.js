import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const { ENVIRONMENT_BASE: base, ENVIRONMENT_POOL: pool } = process.env;

export default defineConfig({
  test: {
    globals: true,
    testTimeout: 200_000,
    environment: fileURLToPath(import.meta.resolve('webrtc-wasm/vitest-environment')),
    environmentOptions: { webrtc: { base } },
    pool,
    setupFiles: ['./probe.cjs'],
    // One after the other in one process, so that what the first leaves behind is there for the second.
    fileParallelism: false,
    include: ['*.test.js'],
  },
});
