import { build } from 'esbuild';
import { job } from './builder.js';

await build({
  absWorkingDir: job.app,
  entryPoints: [`${job.entry}.js`],
  outdir: job.output,
  bundle: true,
  format: 'esm',
  minify: true,
  logLevel: 'warning',
});
