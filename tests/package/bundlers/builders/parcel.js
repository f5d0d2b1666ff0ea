import { fileURLToPath } from 'node:url';
import { Parcel } from '@parcel/core';
import { job } from './builder.js';

const bundler = new Parcel({
  entries: `${job.app}/${job.entry}.html`,
  // By its path, since Parcel looks for it from where the app is.
  defaultConfig: fileURLToPath(import.meta.resolve('@parcel/config-default')),
  mode: 'production',
  shouldDisableCache: true,
  defaultTargetOptions: { distDir: job.output, publicUrl: './', sourceMaps: false },
});
await bundler.run();
// Its workers' threads stay.
process.exit(0);
