import { build } from 'vite';
import { job } from './builder.js';

await build({
  root: job.app,
  base: './',
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: job.output,
    emptyOutDir: true,
    ...(job.server
      ? { ssr: `${job.entry}.js` }
      : { rolldownOptions: { input: `${job.app}/${job.entry}.html` } }),
  },
});
