import { Parcel } from '@parcel/core';
import { job } from './builder.js';

const bundler = new Parcel({
  entries: `${job.app}/${job.entry}.html`,
  defaultConfig: '@parcel/config-default',
  mode: 'production',
  shouldDisableCache: true,
  defaultTargetOptions: { distDir: job.output, publicUrl: './', sourceMaps: false },
});
await bundler.run();
// Its workers' threads stay.
process.exit(0);
